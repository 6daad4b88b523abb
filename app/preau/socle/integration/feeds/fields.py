"""Reading the little syntaxes that AAF puts inside values: `$`, dates, booleans, keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from .errors import ProblemLog
from .nomenclature import TITLES
from .reader import Record
from .records import Values

# Characters; beyond, PostgreSQL could not index the value, and nobody is called that.
LONGEST_NAME: Final = 200
LONGEST_CODE: Final = 100
YES_NO: Final = {"O": True, "N": False, "1": True, "0": False}


@dataclass(slots=True)
class Context:
    """What a mapper needs besides the record: where to complain, and the feed's key prefix."""

    problems: ProblemLog
    prefix: str = ""

    def warn(self, code: str, record: Record, **details: str | int) -> None:
        """One line per occurrence, with its place; details name attributes, never values of persons."""
        self.problems.add(code, record.file, record.position, record.key, **details)

    def key(self, value: str) -> str:
        """A join key, made unique between the academies of one delivery."""
        return f"{self.prefix}{value.strip()}"


def split(value: str, count: int) -> list[str] | None:
    """Exactly `count` fields, empties kept; None when there are fewer or more."""
    parts = value.split("$")
    return [part.strip() for part in parts] if len(parts) == count else None


def split_reference(value: str) -> tuple[str, str] | None:
    """`<struct key>$<code>`, the code being free text; None when either is missing."""
    structure, found, code = value.partition("$")
    structure, code = structure.strip(), code.strip()
    return (structure, code) if found and structure and code else None


@lru_cache(maxsize=20_000)
def read_date(value: str) -> date | None:
    """A dd/MM/yyyy date of a plausible year; None for anything else."""
    day, _, rest = value.strip().partition("/")
    month, _, year = rest.partition("/")
    if not (day.isascii() and day.isdigit() and month.isdigit() and year.isdigit()) or len(year) != 4:  # noqa: PLR2004
        return None
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= 1900 else None  # noqa: PLR2004


def filled(values: list[str] | None) -> list[str]:
    """The values that say something."""
    return [value for value in values if value and not value.isspace()] if values else []


class Scalar(NamedTuple):
    """How one attribute becomes one neutral value. `kind`: text, title, date, flag, lines or words."""

    attribute: str
    name: str
    kind: str = "text"
    erase: bool = False


def read_scalars(record: Record, table: tuple[Scalar, ...], context: Context) -> Values:
    """The neutral values of the attributes in the table; empty ones only where emptiness erases.

    In a `modifyRequest` the sender names what changes, so an empty value always erases.
    """
    values: Values = {}
    attributes = record.attributes
    modify = record.operation == "modifyRequest"
    for scalar in table:
        attribute, name, kind, erase = scalar
        found = attributes.get(attribute)
        if found is None:
            continue
        text = found[0].strip()
        if text:
            read = text if kind == "text" else _read(scalar, text, found, record, context)
            if read is not None:
                values[name] = read
        elif erase or modify:
            values.setdefault(name, None)
    return values


def _read(scalar: Scalar, text: str, found: list[str], record: Record, context: Context) -> object:
    if scalar.kind == "title":
        return TITLES.get(text.lower(), text)
    if scalar.kind == "date":
        parsed = read_date(text)
        if parsed is None:
            context.warn("PRE-FED-305", record, name=scalar.attribute)
        return parsed
    if scalar.kind == "flag":
        return YES_NO.get(text.upper())
    if scalar.kind == "lines":
        return "\n".join(line.strip() for line in text.split("$") if line.strip()) or None
    return filled(found)


def warn_unknown(record: Record, known: frozenset[str], context: Context) -> dict[str, list[str]]:
    """Attributes nobody reads: kept raw, said once per name and file."""
    if record.attributes.keys() <= known:
        return {}
    extra = {}
    for name, values in record.attributes.items():
        if name not in known and not name.endswith("Date"):
            context.problems.once("PRE-FED-301", record.file, record.position, name=name)
            if any(values):
                extra[name] = values
    return extra
