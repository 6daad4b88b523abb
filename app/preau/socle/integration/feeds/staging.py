"""Neutral records as rows of the staging tables, ready for COPY."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import psycopg
from psycopg import sql
from pydantic_core import to_json

from .reader import head_of
from .records import (
    ClassRecord,
    FeedRecord,
    MefRecord,
    PersonRecord,
    ProfileRecord,
    RemovalRecord,
    StructureRecord,
    SubjectRecord,
    Values,
)

COLUMNS: Final = {
    "feed_person": (
        "category key operation head last_name first_name birth_name other_names civility birth_date"
        " mail phones address attributes ine speaks_of"
    ),
    "feed_profile": "category key structure_key kind functions level attributes",
    "feed_membership": "category key structure_key kind code role label",
    "feed_teaching": "category key structure_key kind code subject_code",
    "feed_relation": "key guardian_key link legal financial contact payment lives_with structure_keys",
    "feed_structure": "key operation content",
    "feed_code": "kind key operation label national stat",
    "feed_removal": "target category key",
    "feed_seen": "head",
}
# Which collections a record speaks of: the others are left as they are.
SPEAKS_PROFILES, SPEAKS_MEMBERSHIPS, SPEAKS_TEACHINGS, SPEAKS_RELATIONS = 1, 2, 4, 8

_COLUMN_NAMES: Final = ("last_name", "first_name", "birth_name", "civility", "mail")
_PHONES: Final = {"phone_home": "home", "phone_work": "work", "phone_mobile": "mobile", "phone_sms": "sms"}
_ADDRESS: Final = {
    "address_lines": "lines",
    "postal_code": "postal_code",
    "town": "town",
    "country": "country",
}
_TAKEN: Final = frozenset(
    {*_COLUMN_NAMES, *_PHONES, *_ADDRESS, "other_names", "birth_date", "mef", "level", "class_type"}
)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _dumps(value: object) -> str:
    return to_json(value).decode()


class Stager:
    """Collects the rows of one batch and copies them in the transaction of its connection."""

    def __init__(self, delivery_id: int, batch_size: int = 5000) -> None:
        self._head = f"{delivery_id}\t"
        self._rows: dict[str, list[str]] = {name: [] for name in COLUMNS}
        self._batch_size = batch_size
        self.batch = 0
        self.counts: dict[str, int] = {}
        self._in_batch = 0

    def start(self, batch: int) -> None:
        """Number of the first batch; each `batch_size` persons take the next one."""
        self.batch, self._in_batch = batch, 0

    def add(self, record: FeedRecord) -> None:
        """Stage one record."""
        if isinstance(record, PersonRecord):
            self._person(record)
        elif isinstance(record, StructureRecord):
            self._row("feed_structure", record.key, record.operation, _dumps(_content(record)))
            self._count("structure")
        elif isinstance(record, SubjectRecord | MefRecord):
            kind = "subject" if isinstance(record, SubjectRecord) else "mef"
            stat = record.statistical if isinstance(record, MefRecord) else ""
            self._row("feed_code", kind, record.key, record.operation, record.label, record.national, stat)
            self._count(kind)
        elif isinstance(record, RemovalRecord):
            self._row("feed_removal", record.target, record.category, record.key)
            self._count("removal")

    def seen(self, heads: Iterable[int]) -> None:
        """Stage the heads of records that did not change."""
        head, batch = self._head, self.batch
        self._rows["feed_seen"] += [f"{head}{batch}\t{value}\n" for value in heads]

    def flush(self, connection: psycopg.Connection[Any]) -> None:
        """COPY what was collected."""
        with connection.cursor() as cursor:
            for name, rows in self._rows.items():
                if not rows:
                    continue
                columns = ["delivery_id", "batch", *COLUMNS[name].split()]
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                    sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
                )
                with cursor.copy(statement) as copy:
                    for start in range(0, len(rows), 2000):
                        copy.write("".join(rows[start : start + 2000]))
                rows.clear()

    def _count(self, kind: str) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def _row(self, table: str, *values: str | None) -> None:
        # A NUL stands for NULL until the end: XML and CSV readers let none through.
        cells = "\t".join(["\0" if value is None else value for value in values])
        if "\\" in cells or "\n" in cells or "\r" in cells or cells.count("\t") != len(values) - 1:
            cells = "\t".join(["\0" if value is None else value.translate(_ESCAPES) for value in values])
        cells = cells.replace("\0", "\\N")
        self._rows[table].append(f"{self._head}{self.batch}\t{cells}\n")

    def _person(self, record: PersonRecord) -> None:
        if self._in_batch >= self._batch_size:
            self.batch, self._in_batch = self.batch + 1, 0
        self._in_batch += 1
        self._count(record.category)
        values, key, category = record.values, record.key, record.category
        names = values.get("other_names")
        get = _text_of(values)
        if record.operation != "relate":
            self._row(
                "feed_person",
                category,
                key,
                record.operation,
                str(head_of(record.digest)),
                get("last_name"),
                get("first_name"),
                get("birth_name"),
                ", ".join(names) if names else None,
                get("civility"),
                str(values["birth_date"]) if values.get("birth_date") else None,
                get("mail"),
                _picked(values, _PHONES),
                _picked(values, _ADDRESS),
                _others(values, record.extra),
                get("ine"),
                str(_speaks_of(record)),
            )
        self._links(record, category, key)

    def _links(self, record: PersonRecord, category: str, key: str) -> None:
        level = record.values.get("mef") or ""
        for (structure, kind), functions in _grouped(record.profiles).items():
            self._row(
                "feed_profile",
                category,
                key,
                structure,
                kind,
                _dumps(functions) if functions else "[]",
                level,
                "{}",
            )
        for m in record.memberships or ():
            self._row("feed_membership", category, key, m.structure_key, m.kind, m.code, m.role, m.label)
        for t in record.teachings or ():
            self._row("feed_teaching", category, key, t.structure_key, t.kind, t.code, t.subject_code)
        if record.relations:
            structures = _array(p.structure_key for p in record.profiles or ())
            for r in record.relations:
                flags = ("t" if flag else "f" for flag in (r.financial, r.contact, r.payment, r.lives_with))
                self._row("feed_relation", key, r.person_key, r.link, str(r.legal), *flags, structures)


def _text_of(values: Values) -> Any:
    def text(name: str) -> str | None:
        # Absent: NULL, nothing said. Present and None: empty, erased.
        return (values[name] or "") if name in values else None

    return text


def _picked(values: Values, names: dict[str, str]) -> str | None:
    found = {short: values[name] for name, short in names.items() if name in values}
    return _dumps(found) if found else None


def _others(values: Values, extra: dict[str, list[str]]) -> str | None:
    found = {name: value for name, value in values.items() if name not in _TAKEN}
    if extra:
        found["feed"] = extra
    return _dumps(found) if found else None


def _speaks_of(record: PersonRecord) -> int:
    return (
        (SPEAKS_PROFILES if record.profiles is not None else 0)
        | (SPEAKS_MEMBERSHIPS if record.memberships is not None else 0)
        | (SPEAKS_TEACHINGS if record.teachings is not None else 0)
        | (SPEAKS_RELATIONS if record.relations is not None else 0)
    )


def _grouped(profiles: list[ProfileRecord] | None) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Functions by (structure, profile): two functions under one profile are one row."""
    grouped: dict[tuple[str, str], list[dict[str, str]]] = {}
    for p in profiles or ():
        functions = grouped.setdefault((p.structure_key, p.profile), [])
        if p.function_code:
            functions.append(
                {
                    "code": p.function_code,
                    "label": p.function_label,
                    "discipline": p.discipline_code,
                    "discipline_label": p.discipline_label,
                    "national": p.national,
                }
            )
    return grouped


def _content(record: StructureRecord) -> dict[str, Any]:
    def declared(found: list[ClassRecord] | None) -> list[Any] | None:
        return None if found is None else [[each.code, each.label, list(each.parts)] for each in found]

    return {
        "values": record.values,
        "classes": declared(record.classes),
        "groups": declared(record.groups),
        "attached_to": record.attached_to,
        "extra": record.extra,
    }


def _array(values: Iterable[str]) -> str:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
