"""Reads one CSV file of a local authority: bytes to lines, whatever the spreadsheet did to them.

UTF-8 with or without its mark, UTF-16, windows-1252; semicolon, comma, tab or bar; quoted newlines. A line
that is wrong is said with its number and costs itself; a file whose quotes never close is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from .authority_columns import CHILD_COLUMNS, COLUMNS, LEFT_COLUMNS, STRUCTURE_COLUMNS, STRUCTURES, normalise
from .errors import FeedError, ProblemLog

MAX_BYTES: Final = 64 * 1024**2
MAX_LINES: Final = 200_000
MAX_COLUMNS: Final = 200
# Characters of one cell; an address is the longest thing that a cell says.
MAX_CELL: Final = 500
_DELIMITERS: Final = (";", ",", "\t", "|")
_WIDE: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: its cells by neutral name, and those of each child that a responsible names."""

    number: int
    cells: dict[str, str]
    children: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Header:
    columns: dict[str, int]
    children: list[dict[str, int]]
    unknown: list[str]
    width: int

    @property
    def least(self) -> int:
        """Cells that a line must have: those of a second child may be missing at its end."""
        if not self.children:
            return self.width
        return min(self.width, *(min(child.values()) for child in self.children))


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was opened: which columns it has, and its lines."""

    columns: frozenset[str]
    lines: Iterator[Line]


def read_table(content: bytes, file: str, kind: str, problems: ProblemLog) -> Table:
    """The lines of a file about `kind` (a profile, `structure` or empty); `FeedError` when it is no such list."""
    if len(content) > MAX_BYTES:
        raise FeedError("PRE-FED-103", file, limit=MAX_BYTES)
    text = _text(content, file, problems)
    known = STRUCTURE_COLUMNS if kind == STRUCTURES else COLUMNS
    delimiter, header = _header(text, known)
    needed = {"uai", "name"} if kind == STRUCTURES else {"last_name", "first_name"}
    if header is None or not needed <= header.columns.keys():
        raise FeedError("PRE-FED-401", file)
    for name in header.unknown:
        problems.once("PRE-FED-404", file, 1, name=name[:60])
    return Table(frozenset(header.columns), _lines(text, delimiter, header, file, problems))


def _text(content: bytes, file: str, problems: ProblemLog) -> str:
    wide = _WIDE.get(content[:2])
    if wide is not None:
        text = content[2:].decode(wide, "replace")
    else:
        marked = content.startswith(b"\xef\xbb\xbf")
        content = content[3:] if marked else content
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("cp1252", "replace")
            if marked:
                problems.once("PRE-FED-206", file, 0, encoding="windows-1252")
    if _CONTROL.search(text):
        problems.once("PRE-FED-208", file)
        text = _CONTROL.sub("", text)
    return text.lstrip("\n\r")


def _header(text: str, known: dict[str, str]) -> tuple[str, _Header | None]:
    """The delimiter under which most columns are known, and the columns."""
    first = text[: text.find("\n", 4)] if "\n" in text else text
    best: tuple[int, str, _Header | None] = (0, ";", None)
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
        except csv.Error:
            cells = first.split(delimiter)
        header = _columns(cells[:MAX_COLUMNS], known)
        found = len(header.columns) + len(header.children)
        if found > best[0]:
            best = (found, delimiter, header)
    return best[1], best[2]


def _columns(cells: list[str], known: dict[str, str]) -> _Header:
    """Positions by neutral name, and one map per child of a responsible: headers may repeat."""
    columns: dict[str, int] = {}
    children: list[dict[str, int]] = []
    unknown = []
    for position, raw in enumerate(cells):
        name = normalise(raw)
        if known is COLUMNS and (child := CHILD_COLUMNS.get(name)) is not None:
            if not children or child in children[-1]:
                children.append({})
            children[-1][child] = position
        elif (column := known.get(name)) is not None:
            columns.setdefault(column, position)
        elif name and name not in LEFT_COLUMNS:
            unknown.append(raw.strip())
    for other in ("usual_name", "birth_name"):
        if known is COLUMNS and other in columns:
            columns.setdefault("last_name", columns[other])
    return _Header(columns, children, unknown, len(cells))


def _lines(text: str, delimiter: str, header: _Header, file: str, problems: ProblemLog) -> Iterator[Line]:
    rows = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    number, count = 1, 0
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise FeedError("PRE-FED-407", file, line=number) from error
        if number == 1 or not any(cell.strip() for cell in row):
            continue
        count += 1
        if count > MAX_LINES:
            raise FeedError("PRE-FED-412", file, limit=MAX_LINES)
        if len(row) < header.least or any(cell.strip() for cell in row[header.width :]):
            problems.add("PRE-FED-403", file, number)
            continue
        if any(len(cell) > MAX_CELL for cell in row):
            problems.add("PRE-FED-315", file, number, limit=MAX_CELL)
            continue
        yield Line(
            number,
            _cells(row, header.columns),
            [_cells(row, child) for child in header.children],
        )


def _cells(row: list[str], columns: dict[str, int]) -> dict[str, str]:
    return {
        name: text for name, at in columns.items() if at < len(row) and (text := " ".join(row[at].split()))
    }
