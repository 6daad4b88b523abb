"""From the records of a file to the neutral records, whatever the degree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from . import first_degree, second_degree, staff, structures
from .fields import LONGEST_CODE, Context
from .reader import Record
from .records import FeedRecord, RemovalRecord

Mapper = Callable[[Record, Context], FeedRecord | None]

_TARGETS: Final = {
    "Eleve": "person",
    "PersRelEleve": "person",
    "PersEducNat": "person",
    "EtabEducNat": "structure",
    "MatEducNat": "subject",
    "MatiereEducNat": "subject",
    "MefEducNat": "mef",
}
_SECOND: Final[dict[str, Mapper]] = {
    "Eleve": second_degree.read_pupil,
    "PersRelEleve": second_degree.read_guardian,
    "PersEducNat": staff.read_staff,
    "EtabEducNat": structures.read_second_degree,
    "MatEducNat": structures.read_subject,
    "MatiereEducNat": structures.read_subject,
    "MefEducNat": structures.read_mef,
}
_FIRST: Final[dict[str, Mapper]] = {
    **_SECOND,
    "Eleve": first_degree.read_pupil,
    "PersRelEleve": first_degree.read_guardian,
    "PersEducNat": first_degree.read_staff,
    "EtabEducNat": structures.read_first_degree,
}


def map_records(
    records: Iterable[Record], degree: str, context: Context, said: Callable[[], str] = str
) -> Iterator[FeedRecord]:
    """The neutral records of a file. `degree` is "1D" or "2D", as its archive says; `said` as its header does."""
    for record in records:
        category = record.category
        if len(record.key) > LONGEST_CODE:
            context.warn("PRE-FED-315", record, limit=LONGEST_CODE)
            continue
        mappers = _FIRST if (said() or degree) == "1D" else _SECOND
        if record.operation == "deleteRequest":
            if target := _TARGETS.get(category):
                yield RemovalRecord(context.key(record.key), target, category, record.digest)
                continue
        elif (mapper := mappers.get(category)) is not None:
            mapped = mapper(record, context)
            if mapped is not None:
                yield mapped
            continue
        context.warn("PRE-FED-302", record, name=category[:40])
