"""Port: where the content of files is kept, by its SHA-256 and never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol


class Readable(Protocol):
    """What content is read from: a file, a request's body."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` octets, none at the end."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A content that is kept: its hash (64 hexadecimal digits) and its size in octets."""

    sha256: str
    size: int


class Blobs(Protocol):
    """Content-addressed, immutable store."""

    def put(self, stream: Readable, limit: int) -> Stored:
        """Keep what the stream gives, never all in memory; :class:`TooLarge` beyond ``limit`` octets."""

    def open(self, sha256: str) -> BinaryIO:
        """The content, readable and seekable; :class:`NotFound` when it is not there."""

    def path(self, sha256: str) -> Path | None:
        """The file on this machine, when there is one: what a front server can send by itself."""

    def delete(self, sha256: str, older_than: timedelta) -> bool:
        """Forget a content, unless it was put (again) more recently than that."""

    def quarantine(self, sha256: str) -> None:
        """Set a content aside: kept for the operator, opened by nobody."""

    def keys(self) -> Iterator[str]:
        """Every hash that is kept."""
