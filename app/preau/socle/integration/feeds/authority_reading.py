"""A whole delivery of a local authority into the staging tables: schools, pupils, staff, then responsibles."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from .authority_columns import STRUCTURES, kind_of, uai_of
from .authority_csv import Line, read_table
from .authority_people import People
from .errors import FeedError, ProblemLog
from .nomenclature import UAI, structure_kind, valid_uai
from .reader import head_of
from .records import StructureRecord
from .staging import Stager
from .work import Connection
from .worker import is_known, known_heads, save_problems

# Responsibles name pupils, and pupils are in a school: each kind of file after those that it speaks of.
_ORDER: Final = (STRUCTURES, "pupil", "head", "teacher", "staff", "authority", "external", "", "guardian")
_KNOWN: Final = "SELECT uai FROM structure WHERE uai IS NOT NULL"


def read_delivery(
    folder: Path, delivery: int, files: list[tuple[int, str]], default_uai: str, connection: Connection
) -> dict[str, int]:
    """Stages every CSV file in the caller's transaction; the counts of what was found."""
    problems, counts = ProblemLog(), {"records": 0}
    names = {number: name.partition("|")[2] for number, name in files}
    listed = sorted(names, key=lambda number: (_ORDER.index(kind_of(names[number])), names[number]))
    described: dict[str, StructureRecord] = {}
    for number in listed:
        if kind_of(names[number]) == STRUCTURES:
            _schools(_content(folder, number), names[number], described, problems, counts)
    known = frozenset(row[0] for row in connection.execute(_KNOWN)) | described.keys()
    people, responsibles = People(problems, known), False
    for number in listed:
        file, kind = names[number], kind_of(names[number])
        if kind == STRUCTURES:
            continue
        table = read_table(_content(folder, number), file, kind, problems)
        if not kind and "profile" not in table.columns:
            raise FeedError("PRE-FED-414", file)
        responsibles |= kind == "guardian"
        for line in table.lines:
            counts["records"] += 1
            people.add(line, file, uai_of(file) or default_uai, kind)
    if responsibles:
        people.children_without_responsible()
    return counts | _stage(delivery, described, people, problems, connection)


def _stage(
    delivery: int,
    described: dict[str, StructureRecord],
    people: People,
    problems: ProblemLog,
    connection: Connection,
) -> dict[str, int]:
    stager = Stager(delivery)
    for uai in sorted(described.keys() | people.uais):
        stager.add(described.get(uai) or StructureRecord(uai, "modifyRequest", b"", {"uai": uai}))
    heads, seen = known_heads(connection, "authority"), []
    said: dict[str, int] = {}
    for record in people.found.values():
        told = replace(record, digest=blake2b(repr(record).encode(), digest_size=16).digest())
        said |= {f"said:{each.structure_key}:{each.profile}": 1 for each in record.profiles or ()}
        if is_known(heads, head := head_of(told.digest)):
            seen.append(head)
        else:
            stager.add(told)
    stager.seen(seen)
    stager.flush(connection)
    save_problems(connection, delivery, 0, problems.kept)
    connection.execute(
        "UPDATE feed_problem SET structure_key = key, key = '' WHERE delivery_id = %s AND key <> ''",
        [delivery],
    )
    wrong = {"dropped": problems.dropped_records, "problems": sum(problems.counts.values())}
    return {**stager.counts, **wrong, **said, "unchanged": len(seen)}


def _content(folder: Path, number: int) -> bytes:
    return (folder / f"{number}.xml").read_bytes()


def _schools(
    content: bytes,
    file: str,
    described: dict[str, StructureRecord],
    problems: ProblemLog,
    counts: dict[str, int],
) -> None:
    for line in read_table(content, file, STRUCTURES, problems).lines:
        counts["records"] += 1
        record = _school(line, file, problems)
        if record is None:
            continue
        if record.key in described:
            problems.add("PRE-FED-313", file, line.number, record.key)
        else:
            described[record.key] = record


def _school(line: Line, file: str, problems: ProblemLog) -> StructureRecord | None:
    values: dict[str, Any] = dict(line.cells)
    uai = values["uai"] = values.get("uai", "").upper()
    for name, label in (("uai", "UAI"), ("name", "Nom")):
        if not values.get(name):
            problems.add("PRE-FED-402", file, line.number, uai, name=label)
            return None
    if not UAI.fullmatch(uai):
        problems.add("PRE-FED-415", file, line.number, uai=uai[:12])
        return None
    if not valid_uai(uai):
        problems.add("PRE-FED-306", file, line.number, uai, uai=uai)
    values["kind"] = structure_kind(values.get("type_label", ""), values["name"])
    values["degree"] = {"ecole": 1, "college": 2, "lycee": 2, "cfa": 2}.get(values["kind"])
    digest = blake2b(repr(sorted(line.cells.items())).encode(), digest_size=16).digest()
    return StructureRecord(uai, "addRequest", digest, values)
