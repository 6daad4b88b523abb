"""Opens a delivery without trusting it: limits first, nothing written to disk, streams out.

A delivery is a `.tgz`, `.tar`, `.zip` or a folder. Members come in the order of the archive, each
readable until the next one is asked for, so that a region's delivery never sits in memory.
"""

from __future__ import annotations

import gzip
import json
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from .errors import FeedError

IMPORT_DIRECTORIES: Final = "importDirectories.json"
_ARCHIVE_SUFFIXES: Final = (".tgz", ".tar", ".gz", ".zip", ".7z", ".bz2", ".xz", ".rar", ".zst")
_ARCHIVE_MAGIC: Final = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")
_BROKEN: Final = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How big a delivery may be. Bytes, but for `ratio` (unpacked / packed) and `members`."""

    unpacked: int = 20 * 1024**3
    member: int = 2 * 1024**3
    ratio: int = 200
    members: int = 20_000
    depth: int = 4
    name: int = 255
    list_file: int = 64 * 1024

    # A small archive of spaces is no bomb: the ratio counts from this size on.
    ratio_floor: int = 16 * 1024**2


class _Counted:
    """Raw reader that counts what it yields and stops at the limits of the delivery."""

    def __init__(self, raw: IO[bytes], delivery: Delivery) -> None:
        self._raw, self._delivery, self._left = raw, delivery, delivery.limits.member

    def read(self, size: int = 1 << 20) -> bytes:
        try:
            chunk = self._raw.read(size if size > 0 else 1 << 20)
        except _BROKEN as error:
            raise FeedError(_broken(error), self._delivery.name) from error
        self._left -= len(chunk)
        self._delivery.count(len(chunk), self._left)
        return chunk


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the delivery. `folder` is the feed it belongs to in a multi-academy delivery."""

    name: str
    folder: str
    stream: _Counted

    @property
    def basename(self) -> str:
        """The name without its folders."""
        return PurePosixPath(self.name).name


class Delivery:
    """An open delivery; walk it once with `members()`."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self.path, self.limits, self.name = path, limits, path.name
        self.unpacked = 0
        self._packed = path.stat().st_size if path.is_file() else 0
        self._seen: set[str] = set()

    def count(self, size: int, member_left: int) -> None:
        """Adds unpacked bytes and refuses the delivery that goes beyond its limits."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise FeedError("PRE-FED-103", self.name, limit=self.limits.unpacked)
        if member_left < 0:
            raise FeedError("PRE-FED-103", self.name, limit=self.limits.member)
        if self._packed and self.unpacked > max(self.limits.ratio_floor, self._packed * self.limits.ratio):
            raise FeedError("PRE-FED-104", self.name, limit=self.limits.ratio)

    def members(self) -> Iterator[Member]:
        """Every regular file, once, in the archive's order."""
        if self.path.is_dir():
            yield from self._from_folder()
        elif zipfile.is_zipfile(self.path):
            yield from self._from_zip()
        else:
            yield from self._from_tar()

    def feeds(self, folders: frozenset[str] = frozenset()) -> Iterator[Member]:
        """The members that belong to a feed; `folders` comes from the delivery's `Contents`."""
        for member in self.members():
            if member.basename == IMPORT_DIRECTORIES:
                continue
            if not folders:
                yield member
            elif folder := next(
                (part for part in PurePosixPath(member.name).parts[:-1] if part in folders), ""
            ):
                yield Member(member.name, folder, member.stream)

    def _from_folder(self) -> Iterator[Member]:
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise FeedError("PRE-FED-107", self.name, name=name)
            if path.is_file():
                self._admit(name)
                with path.open("rb") as raw:
                    yield self._member(name, raw)

    def _from_zip(self) -> Iterator[Member]:
        with _translated(self.name), zipfile.ZipFile(self.path) as archive:
            for info in archive.infolist():
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                    raise FeedError("PRE-FED-107", self.name, name=info.filename)
                if info.flag_bits & 0x1:
                    raise FeedError("PRE-FED-110", self.name, name=info.filename)
                self._admit(info.filename)
                if not info.is_dir():
                    with archive.open(info) as raw:
                        yield self._member(info.filename, raw)

    def _from_tar(self) -> Iterator[Member]:
        with _translated(self.name), self.path.open("rb") as packed:
            plain = packed.read(2) != b"\x1f\x8b"
            packed.seek(0)
            if plain and self._packed < tarfile.BLOCKSIZE:
                raise FeedError("PRE-FED-101", self.name)
            # gzip checks length and CRC; tarfile's own streaming decoder does neither.
            raw = _HeaderBudget(packed if plain else gzip.GzipFile(fileobj=packed), self.name)  # type: ignore[arg-type]
            with tarfile.open(fileobj=cast("IO[bytes]", raw), mode="r|", bufsize=1 << 18) as archive:
                while (info := archive.next()) is not None:
                    if not (info.isreg() or info.isdir()) or info.issparse():
                        raise FeedError("PRE-FED-107", self.name, name=info.name[:80])
                    self._admit(info.name)
                    if info.isreg() and (stream := archive.extractfile(info)) is not None:
                        raw.budget = None
                        member = self._member(info.name, stream)
                        yield member
                        _drain(member.stream)
                    raw.budget = _HeaderBudget.BYTES
            raw.budget = None
            while chunk := raw.read(1 << 18):
                self.count(len(chunk), self.limits.member)

    def _admit(self, name: str) -> None:
        path = PurePosixPath(name)
        hostile = "\\" in name or "\0" in name or ":" in name or len(name) > self.limits.name
        if hostile or path.is_absolute() or ".." in path.parts or len(path.parts) > self.limits.depth:
            raise FeedError("PRE-FED-106", self.name, name=name[:80])
        key = str(path).casefold()
        if key in self._seen:
            raise FeedError("PRE-FED-108", self.name, name=name)
        self._seen.add(key)
        if len(self._seen) > self.limits.members:
            raise FeedError("PRE-FED-105", self.name, limit=self.limits.members)

    def _member(self, name: str, raw: IO[bytes]) -> Member:
        if name.lower().endswith(_ARCHIVE_SUFFIXES):
            raise FeedError("PRE-FED-109", self.name, name=name)
        return Member(name, "", _Counted(_without_magic(raw, name, self.name), self))


class _Peeked:
    """A stream whose first bytes were already read."""

    def __init__(self, head: bytes, raw: IO[bytes]) -> None:
        self._head, self._raw = head, raw

    def read(self, size: int = -1) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head + self._raw.read(max(1, size - len(head)))
        return self._raw.read(size)


def _without_magic(raw: IO[bytes], name: str, archive: str) -> IO[bytes]:
    head = raw.read(8)
    if head.startswith(_ARCHIVE_MAGIC):
        raise FeedError("PRE-FED-109", archive, name=name)
    return _Peeked(head, raw)  # type: ignore[return-value]


class _HeaderBudget:
    """Bounds what a tar header may make us read: tarfile loads extended headers whole."""

    BYTES: Final = 4 * 1024**2

    def __init__(self, raw: IO[bytes], name: str) -> None:
        self._raw, self._name = raw, name
        self.budget: int | None = self.BYTES

    def read(self, size: int) -> bytes:
        chunk = self._raw.read(size)
        if self.budget is not None:
            self.budget -= len(chunk)
            if self.budget < 0:
                raise FeedError("PRE-FED-101", self._name)
        return chunk


def _drain(stream: _Counted) -> int:
    size = 0
    while chunk := stream.read(1 << 20):
        size += len(chunk)
    return size


def _broken(error: BaseException) -> str:
    cut = (
        isinstance(error, EOFError | zlib.error)
        or "unexpected end" in str(error)
        or "truncated" in str(error)
    )
    return "PRE-FED-102" if cut else "PRE-FED-101"


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise FeedError(_broken(error), name) from error


@dataclass(frozen=True, slots=True)
class Contents:
    """What a delivery holds, once it was walked whole within its limits."""

    sizes: dict[str, int]
    folders: frozenset[str]


def inspect(path: Path, limits: Limits | None = None) -> Contents:
    """Reads the delivery to its end and throws the bytes away; `FeedError` when it cannot be trusted."""
    delivery = open_delivery(path, limits)
    sizes: dict[str, int] = {}
    folders: frozenset[str] = frozenset()
    for member in delivery.members():
        if member.basename == IMPORT_DIRECTORIES:
            folders = _import_directories(member, delivery.limits.list_file)
        sizes[member.name] = _drain(member.stream)
    known = {part for name in sizes for part in PurePosixPath(name).parts[:-1]}
    for missing in sorted(folders - known):
        raise FeedError("PRE-FED-114", delivery.name, name=missing)
    return Contents(sizes, folders)


def _import_directories(member: Member, limit: int) -> frozenset[str]:
    text = bytearray()
    while chunk := member.stream.read(limit):
        text += chunk
        if len(text) > limit:
            raise FeedError("PRE-FED-111", member.name)
    try:
        names = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FeedError("PRE-FED-111", member.name) from error
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise FeedError("PRE-FED-111", member.name)
    return frozenset(names)


def open_delivery(path: Path, limits: Limits | None = None) -> Delivery:
    """A delivery ready to be walked; `FeedError` when the path is not one."""
    if not path.exists():
        raise FeedError("PRE-FED-101", path.name)
    return Delivery(path, limits or Limits())


def discover(path: Path) -> list[Path]:
    """The deliveries found at a path: itself, or the archives lying in a folder, oldest name first."""
    if path.is_dir():
        archives = sorted(
            p for p in path.iterdir() if p.is_file() and p.name.lower().endswith(_ARCHIVE_SUFFIXES)
        )
        return archives or [path]
    return [path]
