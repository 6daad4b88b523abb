"""Where archives wait and where they are unpacked: a folder of the instance's data that only it reads."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from .archive import Limits
from .authority_csv import MAX_BYTES
from .errors import FeedError
from .naming import TABLE_SUFFIXES


def home() -> Path:
    """The feeds' own folder, readable by this process's user only."""
    path = Path(current_app.config["SETTINGS"].data) / "feeds"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def unpacked(delivery: int) -> Path:
    """Where a delivery's files are while they are read."""
    return home() / f"delivery-{delivery}"


def keep(path: Path, limits: Limits) -> tuple[Path, str, int]:
    """A copy of a delivery under its SHA-256, which is what it is called from now on; with its size."""
    if path.is_dir():
        return (
            path.resolve(),
            _digest_of_folder(path),
            sum(p.stat().st_size for p in path.rglob("*") if p.is_file()),
        )
    size = path.stat().st_size
    if size > limits.unpacked:
        raise FeedError("PRE-FED-103", path.name, limit=limits.unpacked)
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    target = home() / f"{digest}.archive"
    if not target.exists():
        partial = target.with_suffix(f".{os.getpid()}")
        shutil.copyfile(path, partial)
        partial.chmod(0o600)
        partial.replace(target)
    return target, digest, size


@contextmanager
def archived(path: Path, name: str) -> Iterator[Path]:
    """The delivery as an archive: a lone table is packed into one, whose bytes depend on the table only."""
    if not path.is_file() or not name.lower().endswith(TABLE_SUFFIXES):
        yield path
        return
    if path.stat().st_size > MAX_BYTES:
        raise FeedError("PRE-FED-103", name, limit=MAX_BYTES)
    with tempfile.TemporaryDirectory(dir=home()) as folder:
        packed = Path(folder) / "table.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
        yield packed


def _digest_of_folder(path: Path) -> str:
    found = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        with file.open("rb") as source:
            found.update(file.relative_to(path).as_posix().encode() + b"\0")
            found.update(hashlib.file_digest(source, "sha256").digest())
    return found.hexdigest()


def forget(path: str, delivery: int) -> None:
    """Removes a delivery's unpacked files and, when it is ours, its archive."""
    shutil.rmtree(unpacked(delivery), ignore_errors=True)
    kept = Path(path)
    if path and kept.parent == home() and kept.suffix == ".archive":
        kept.unlink(missing_ok=True)


def database() -> str:
    """The database's address as libpq wants it."""
    return str(current_app.config["SQLALCHEMY_ENGINES"]["default"]).replace("+psycopg", "")
