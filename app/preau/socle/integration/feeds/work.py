"""Connections and batches of an import: units of work that are done whole or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import errors as pg

from preau.kernel.adapters.postgres_provision import SYSTEM_ROLE

Connection = psycopg.Connection[Any]
Progress = Callable[[str, int, int], None]
Do = Callable[[Connection, int, str], dict[str, Any]]

IMPORT_LOCK: Final = 7_203_001
_ATTEMPTS: Final = 5
_CLAIM = """
SELECT number, name FROM feed_batch
WHERE delivery_id = %(delivery)s AND stage = %(stage)s AND NOT done
ORDER BY number LIMIT 1 FOR UPDATE {wait}
"""
_DONE = """
UPDATE feed_batch SET done = true, result = %(result)s
WHERE delivery_id = %(delivery)s AND stage = %(stage)s AND number = %(number)s
"""


@contextmanager
def connect(address: str) -> Iterator[Connection]:
    """A connection of its own, over the walls: an import writes for every school."""
    # Nothing is prepared: a plan made while the tables were empty must not serve once they are full.
    with psycopg.connect(
        address, autocommit=True, application_name="preau-feed", prepare_threshold=None
    ) as connection:
        connection.execute(f"SET ROLE {SYSTEM_ROLE}")
        # The import is replayed from its last batch after a crash: no batch needs its own disk flush.
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET work_mem = '64MB'")
        # What a batch looks up was written a moment ago.
        connection.execute("SET random_page_cost = 1.1")
        yield connection


@contextmanager
def only_one(address: str) -> Iterator[bool]:
    """Whether this process is the one that imports, for the time of the block."""
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK]).fetchone()
        alone = bool(row and row[0])
        yield alone
        if alone:
            # The server notices a closed connection a little later; what comes next may be quicker.
            connection.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


def plan_batches(connection: Connection, delivery: int, stage: str, batches: list[tuple[int, str]]) -> None:
    """Declare the batches of a stage; those that exist keep their state."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO feed_batch (delivery_id, stage, number, name, done, result)"
            " VALUES (%s, %s, %s, %s, false, '{}') ON CONFLICT DO NOTHING",
            [(delivery, stage, number, name) for number, name in batches],
        )


def run_batches(
    address: str,
    delivery: int,
    stage: str,
    do: Do,
    progress: Progress,
    workers: int = 2,
) -> None:
    """Do every batch of a stage that is not done, several at once; each commits with its own mark."""
    with connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE done), count(*) FROM feed_batch WHERE delivery_id = %s AND stage = %s",
            [delivery, stage],
        ).fetchone()
    done, total = row or (0, 0)
    progress(stage, done, total)
    state = {"done": done}

    def loop() -> None:
        with connect(address) as connection:
            while _one(connection, delivery, stage, do):
                state["done"] += 1
                progress(stage, state["done"], total)

    if workers < 2 or total - done < 2:  # noqa: PLR2004
        loop()
        return
    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(loop) for _ in range(workers)]:
            future.result()


def _one(connection: Connection, delivery: int, stage: str, do: Do) -> bool:
    for attempt in range(_ATTEMPTS):
        try:
            with connection.transaction():
                return _claimed(connection, delivery, stage, do)
        except (pg.DeadlockDetected, pg.SerializationFailure):
            if attempt == _ATTEMPTS - 1:
                raise
            time.sleep(0.05 * (attempt + 1))
    return False


def _claimed(connection: Connection, delivery: int, stage: str, do: Do) -> bool:
    names = {"delivery": delivery, "stage": stage}
    row = connection.execute(_CLAIM.format(wait="SKIP LOCKED"), names).fetchone()
    if row is None:
        # Whoever holds the last ones may die: wait for the lock, not for the process.
        row = connection.execute(_CLAIM.format(wait=""), names).fetchone()
    if row is None:
        return False
    result = do(connection, row[0], row[1])
    connection.execute(_DONE, {**names, "number": row[0], "result": json.dumps(result)})
    return True
