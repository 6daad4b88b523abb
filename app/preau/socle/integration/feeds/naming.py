"""What the names of archives and files say: degree, mode, date, category."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Final

_TAIL: Final = re.compile(
    r"(?:^|_)(EtabEducNat|MatiereEducNat|MatEducNat|MefEducNat|Eleve|PersRelEleve|PersEducNat)_\d{4}\.xml$",
    re.IGNORECASE,
)
TABLE_SUFFIXES: Final = (".csv",)
_DATED: Final = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)")


def is_data(basename: str) -> bool:
    """Whether a file of a delivery is one of the AAF's."""
    return _TAIL.search(basename) is not None


def is_table(basename: str) -> bool:
    """Whether a file of a delivery is a local authority's table."""
    return basename.lower().endswith(TABLE_SUFFIXES)


def degree_of(name: str) -> str:
    """1D when the archive's name says so, otherwise 2D; SAPIA has the second's form."""
    return "1D" if "ENT1D" in name.upper() or "1D." in name.upper() else "2D"


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of a delivery before it is read."""

    source: str
    mode: str
    dated: date | None


def read_name(name: str, members: list[str]) -> Named:
    """From the archive's name, completed by its files' names."""
    basenames = [PurePosixPath(member).name for member in members]
    names = [name, *(each for each in basenames if is_data(each))]
    sapia = any("SAPIA" in each.upper() for each in names)
    source = "sapia" if sapia else "aaf1d" if any(degree_of(each) == "1D" for each in names[:1]) else "aaf2d"
    if len(names) == 1 and any(map(is_table, [name, *basenames])):
        source = "authority"
        names += basenames
    delta = any("delta" in each.lower() for each in names)
    dated = next((found for each in names if (found := _date(each)) is not None), None)
    return Named(source, "delta" if delta else "complet", dated)


def _date(name: str) -> date | None:
    for year, month, day in _DATED.findall(name):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None
