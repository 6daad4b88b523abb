"""Reads a delivery into the staging tables: several files at once, each in its own transaction."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Final

from .archive import Contents, open_delivery
from .authority_reading import read_delivery
from .errors import FeedError, ProblemLog
from .models import STAGING
from .naming import degree_of, is_data, is_table
from .work import Connection, Progress, connect, plan_batches, run_batches
from .worker import known_heads, read_file

# Below this, starting processes costs more than they bring.
SMALL: Final = 24 * 1024**2
WORKERS: Final = 2
_PROGRESS: Final = (
    "SELECT count(*) FILTER (WHERE done), count(*) FROM feed_batch"
    " WHERE delivery_id = %s AND stage = 'analyse'"
)


# Not read, and not worth a remark.
_COMPANIONS: Final = ("ficalimmenesr.dtd", "importdirectories.json")


def unpack(
    path: Path, contents: Contents, folder: Path, source: str, left: ProblemLog
) -> list[tuple[int, str]]:
    """Copies the data files out under names of ours; number and feed-relative name of each.

    The files that nobody reads are noted in `left`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    files: list[tuple[int, str]] = []
    for member in open_delivery(path).feeds(contents.folders):
        wanted = is_table(member.basename) if source == "authority" else is_data(member.basename)
        if not wanted:
            if member.basename.lower() not in _COMPANIONS:
                left.add("PRE-FED-113", member.name, name=member.basename)
            continue
        number = len(files)
        with (folder / f"{number}.xml").open("wb") as target:
            while chunk := member.stream.read(1 << 20):
                target.write(chunk)
        told = member.name if source == "authority" else PurePosixPath(member.name).name
        files.append((number, f"{member.folder}|{told}"))
    if not files:
        raise FeedError("PRE-FED-112", path.name)
    return files


def clear(connection: Connection) -> None:
    """Empties the staging tables: one delivery is staged at a time."""
    for table in STAGING:
        connection.execute(f"TRUNCATE {table.name}")


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
        with connect(address) as connection, connection.transaction():
            heads = known_heads(connection, source)
        do = partial(read_file, folder, delivery, degree, heads)
        run_batches(address, delivery, "analyse", do, progress, workers=1)
    else:
        task = {"folder": str(folder), "delivery": delivery, "source": source, "degree": degree}
        _in_processes(address, delivery, {"address": address, **task}, progress)
    with connect(address) as connection:
        return _sums(connection, delivery)


def analyse_tables(
    address: str,
    delivery: int,
    uai: str,
    files: list[tuple[int, str]],
    folder: Path,
    progress: Progress,
) -> dict[str, int]:
    """Stages the files of a local authority, in one batch: responsibles are read beside the pupils they name."""

    def read(connection: Connection, _number: int, _name: str) -> dict[str, int]:
        return read_delivery(folder, delivery, files, uai, connection)

    with connect(address) as connection:
        plan_batches(connection, delivery, "analyse", [(0, "")])
    run_batches(address, delivery, "analyse", read, progress, workers=1)
    with connect(address) as connection:
        return _sums(connection, delivery)


def _sums(connection: Connection, delivery: int) -> dict[str, int]:
    """What the batches found, and statistics for what comes next."""
    rows = connection.execute(
        "SELECT e.key, sum(e.value::bigint)::bigint FROM feed_batch b, jsonb_each_text(b.result) e"
        " WHERE b.delivery_id = %s AND b.stage = 'analyse' AND e.key NOT LIKE 'said:%%' GROUP BY 1",
        [delivery],
    ).fetchall()
    connection.execute("RESET ROLE")
    for table in STAGING:
        connection.execute(f"ANALYZE {table.name}")
    return dict(rows)


def _in_processes(address: str, delivery: int, task: dict[str, Any], progress: Progress) -> None:
    command = [sys.executable, "-m", "preau.socle.integration.feeds.worker"]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    try:
        for process in running:
            assert process.stdin is not None  # noqa: S101 - asked for by PIPE
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
        with connect(address) as connection:
            while any(process.poll() is None for process in running):
                row = connection.execute(_PROGRESS, [delivery]).fetchone()
                progress("analyse", *(row or (0, 0)))
                _wait(running)
        for process in running:
            _check(process)
    finally:
        for process in running:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _wait(running: list[subprocess.Popen[str]]) -> None:
    for process in running:
        if process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
            return


def _check(process: subprocess.Popen[str]) -> None:
    said = process.stdout.read() if process.stdout is not None else ""
    if process.returncode == 1 and said:
        refusal = json.loads(said)
        raise FeedError(refusal["code"], refusal["file"], **refusal["details"])
    if process.returncode:
        raise FeedError("PRE-FED-510")
