"""Reads the files of a delivery into the staging tables; run as a process of its own for large ones.

    python -m preau.socle.integration.feeds.worker < task.json

The task comes on standard input, which stays open: when it closes, whoever asked is gone and the
process ends at once, its open transaction with it. It loads nothing of the application.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from array import array
from bisect import bisect_left
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from psycopg.types.json import Json

from .errors import FeedError, Problem, ProblemLog
from .fields import Context
from .mapping import map_records
from .reader import RecordReader
from .records import PersonRecord
from .staging import Stager
from .work import Connection, connect, run_batches

# Rows are numbered file by file; no file of a delivery holds that many batches.
BATCHES_PER_FILE: Final = 100_000
_FLUSH: Final = 2000


def known_heads(connection: Connection, source: str) -> array[int]:
    """Heads of what was last applied of a source, sorted: eight bytes each, searched by bisection."""
    heads = array("q")
    with connection.cursor(name="heads") as cursor:
        cursor.itersize = 50_000
        cursor.execute(
            "SELECT head FROM feed_record WHERE source = %s AND head IS NOT NULL ORDER BY head", [source]
        )
        heads.extend(row[0] for row in cursor)
    return heads


def is_known(heads: array[int], head: int) -> bool:
    """Whether the head is in the sorted array."""
    at = bisect_left(heads, head)
    return at < len(heads) and heads[at] == head


def read_file(
    folder: Path,
    delivery: int,
    degree: str,
    heads: array[int],
    connection: Connection,
    number: int,
    name: str,
) -> dict[str, Any]:
    """Stages one file in the caller's transaction; its counts. Problems go to feed_problem."""
    prefix, _, file = name.partition("|")
    problems = ProblemLog()
    context = Context(problems, f"{prefix}-" if prefix else "")
    stager = Stager(delivery)
    stager.start(number * BATCHES_PER_FILE)
    with (folder / f"{number}.xml").open("rb") as source:
        known = partial(is_known, heads) if heads else None
        reader = RecordReader(source, file, problems, known=known)
        given: set[tuple[str, str]] = set()
        records = map_records(reader, degree, context, lambda: reader.header.degree)
        for rank, record in enumerate(records, start=1):
            if isinstance(record, PersonRecord) and record.operation == "addRequest":
                if (mark := (record.category, record.key)) in given:
                    problems.add("PRE-FED-313", file, reader.position, record.key)
                    continue
                given.add(mark)
            stager.add(record)
            if rank % _FLUSH == 0:
                stager.flush(connection)
    stager.seen(reader.seen)
    stager.flush(connection)
    save_problems(connection, delivery, number, problems.kept)
    dropped = {"dropped": problems.dropped_records, "problems": sum(problems.counts.values())}
    return {**stager.counts, **dropped, "unchanged": len(reader.seen), "records": reader.position}


def save_problems(connection: Connection, delivery: int, batch: int, problems: list[Problem]) -> None:
    """Writes the problems of a batch."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO feed_problem (delivery_id, batch, code, file, position, key, details)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [
                (delivery, batch, p.code, p.file, p.position, p.key, Json(asdict(p)["details"]))
                for p in problems
            ],
        )


def main() -> int:
    """Does the batches of the task until none is left; a refusal is written on standard output."""
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    address, folder, delivery = task["address"], Path(task["folder"]), int(task["delivery"])
    with connect(address) as connection, connection.transaction():
        heads = known_heads(connection, task["source"])
    do = partial(read_file, folder, delivery, task["degree"], heads)
    try:
        run_batches(address, delivery, "analyse", do, lambda *_: None, workers=1)
    except FeedError as error:
        json.dump({"code": error.code, "file": error.file, "details": error.details}, sys.stdout)
        return 1
    return 0


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(2)


if __name__ == "__main__":
    sys.exit(main())
