"""From a line of an archive to an object to import (SOC-INT-IED-16, -18, -20)."""

from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError

from preau.kernel.errors import Invalid, PreauError
from preau.kernel.exchange import Exchangeable, Imported, ImportedFile, Item
from preau.kernel.exchange_manifest import Line


def imported(line: Line, data: Any) -> Imported:
    """A line of an archive as importers take it."""
    return Imported(
        key=line.key,
        data=data,
        title=line.title,
        path=line.path,
        rights=tuple(line.rights),
        created_at=line.created_at,
        updated_at=line.updated_at,
        files=tuple(
            ImportedFile(
                file.name,
                file.sha256,
                file.size,
                file.media_type,
                file.path,
                file.description,
                tuple(file.rights),
            )
            for file in line.files
        ),
    )


def same(mine: Item, item: Imported) -> bool:
    """Whether an object says what is there already; one with files is written again."""
    same_data = mine.data.model_dump(mode="json") == item.data.model_dump(mode="json")
    same_dates = mine.updated_at == item.updated_at and mine.created_at == item.created_at
    return same_data and same_dates and not item.files


def upgraded(each: Exchangeable, version: int, data: dict[str, Any]) -> dict[str, Any]:
    """The data of a former version in the present one, step by step."""
    while version != each.version:
        schema, upgrade = each.older[version]
        data = upgrade(schema.model_validate(data).model_dump(mode="json", by_alias=True))
        version += 1
    return data


def key_of(obj: Any) -> str:
    """The identifier under which an object is exported."""
    return str(getattr(obj, "uid", None) or getattr(obj, "id", ""))


def failure(each: Exchangeable, number: int, line: Line, error: Exception) -> Invalid:
    """Where an import stopped and why, in words."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        why = _("le champ « %(field)s » ne convient pas", field=".".join(map(str, first["loc"])) or "data")
    elif isinstance(error, PreauError):
        why = error.message
    else:
        why = _("il ne peut pas être écrit ici")
    return Invalid(
        _(
            "Import arrêté à « %(title)s » (%(kind)s, ligne %(number)s) : %(why)s. Rien n’a été modifié.",
            title=line.title or line.key, kind=each.label, number=number, why=why.rstrip("."),
        ),
        code="PRE-ECH-021",
    )  # fmt: skip
