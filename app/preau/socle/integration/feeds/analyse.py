"""Reads a delivery into the staging tables: several files at once, each in its own transaction."""

from __future__ import annotations

import multiprocessing
import shutil
from array import array
from bisect import bisect_left
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import asdict
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from psycopg.types.json import Json

from .archive import Contents, open_delivery
from .errors import FeedError, Problem, ProblemLog
from .fields import Context
from .mapping import map_records
from .models import STAGING
from .naming import degree_of, is_data
from .reader import RecordReader
from .staging import Stager
from .work import Connection, Progress, connect, plan_batches, run_batches

# Below this, starting processes costs more than they bring.
SMALL: Final = 24 * 1024**2
# Rows are numbered file by file; no file of a delivery holds that many batches.
BATCHES_PER_FILE: Final = 100_000
_FLUSH: Final = 4000


def unpack(path: Path, contents: Contents, folder: Path) -> list[tuple[int, str]]:
    """Copies the data files out under names of ours; number and feed-relative name of each."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files: list[tuple[int, str]] = []
    for member in open_delivery(path).feeds(contents.folders):
        if not is_data(member.basename):
            continue
        number = len(files)
        with (folder / f"{number}.xml").open("wb") as target:
            while chunk := member.stream.read(1 << 20):
                target.write(chunk)
        files.append((number, f"{member.folder}|{PurePosixPath(member.name).name}"))
    if not files:
        raise FeedError("PRE-FED-112", path.name)
    return files


def clear(connection: Connection) -> None:
    """Empties the staging tables: one delivery is staged at a time."""
    for table in STAGING:
        connection.execute(f"TRUNCATE {table.name}")


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
        for rank, record in enumerate(map_records(reader, degree, context), start=1):
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


_worker: dict[str, Any] = {}


def _start_worker(address: str, source: str) -> None:
    with connect(address) as connection, connection.transaction():
        _worker["heads"] = known_heads(connection, source)


def _work(address: str, folder: Path, delivery: int, degree: str) -> None:
    run_batches(
        address,
        delivery,
        "analyse",
        partial(read_file, folder, delivery, degree, _worker["heads"]),
        lambda *_: None,
        workers=1,
    )


def analyse(
    address: str,
    delivery: int,
    source: str,
    files: list[tuple[int, str]],
    folder: Path,
    name: str,
    progress: Progress,
) -> dict[str, int]:
    """Stages every file of an unpacked delivery; the sums of what was found."""
    degree = degree_of(name)
    size = sum((folder / f"{number}.xml").stat().st_size for number, _ in files)
    with connect(address) as connection:
        plan_batches(connection, delivery, "analyse", files)
        if size < SMALL:
            with connection.transaction():
                heads = known_heads(connection, source)
    if size < SMALL:
        do = partial(read_file, folder, delivery, degree, heads)
        run_batches(address, delivery, "analyse", do, progress, workers=1)
    else:
        _in_processes(address, delivery, source, folder, degree, progress)
    with connect(address) as connection:
        rows = connection.execute(
            "SELECT e.key, sum(e.value::bigint)::bigint FROM feed_batch b, jsonb_each_text(b.result) e"
            " WHERE b.delivery_id = %s AND b.stage = 'analyse' GROUP BY 1",
            [delivery],
        ).fetchall()
        connection.execute("RESET ROLE")
        for table in STAGING:
            connection.execute(f"ANALYZE {table.name}")
    return dict(rows)


def _in_processes(
    address: str, delivery: int, source: str, folder: Path, degree: str, progress: Progress
) -> None:
    spawn = multiprocessing.get_context("spawn")
    with (
        connect(address) as connection,
        ProcessPoolExecutor(2, spawn, _start_worker, (address, source)) as pool,
    ):
        running = [pool.submit(_work, address, folder, delivery, degree) for _ in range(2)]
        while any(not future.done() for future in running):
            row = connection.execute(
                "SELECT count(*) FILTER (WHERE done), count(*) FROM feed_batch"
                " WHERE delivery_id = %s AND stage = 'analyse'",
                [delivery],
            ).fetchone()
            if row:
                progress("analyse", *row)
            _wait(running, 0.5)
        for future in running:
            future.result()


def _wait(running: list[Future[None]], seconds: float) -> None:
    wait([future for future in running if not future.done()], timeout=seconds, return_when=FIRST_COMPLETED)
