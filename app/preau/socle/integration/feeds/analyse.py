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
from .errors import FeedError
from .models import STAGING
from .naming import degree_of, is_data
from .work import Connection, Progress, connect, plan_batches, run_batches
from .worker import known_heads, read_file

# Below this, starting processes costs more than they bring.
SMALL: Final = 24 * 1024**2
WORKERS: Final = 2
_PROGRESS: Final = (
    "SELECT count(*) FILTER (WHERE done), count(*) FROM feed_batch"
    " WHERE delivery_id = %s AND stage = 'analyse'"
)


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
        rows = connection.execute(
            "SELECT e.key, sum(e.value::bigint)::bigint FROM feed_batch b, jsonb_each_text(b.result) e"
            " WHERE b.delivery_id = %s AND b.stage = 'analyse' GROUP BY 1",
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
