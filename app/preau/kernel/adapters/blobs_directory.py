"""Blobs in a directory, ``ab/abcd…``, on a local disk or a shared one (NFS).

A content appears under its name by one rename, complete or not at all.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from flask_babel import gettext as _

from preau.kernel.errors import NotFound, TooLarge
from preau.kernel.ports.blobs import Readable, Stored

CHUNK = 1024 * 1024
INCOMING = "incoming"
QUARANTINE = "quarantine"


class BlobDirectory:
    """Implements :class:`preau.kernel.ports.blobs.Blobs`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._made: set[str] = set()
        for name in (INCOMING, QUARANTINE):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        # Another host of a shared disk may have the same process number, and so may the one that crashed.
        self._prefix = f"{self.root}/{INCOMING}/{secrets.token_hex(8)}-"
        self._count = iter(range(1, 1 << 62))

    def put(self, stream: Readable, limit: int) -> Stored:
        """Hash while writing; what exists already is only marked as wanted again."""
        first = stream.read(CHUNK)
        if len(first) < CHUNK:
            # Some sources give less than asked: only an empty read is the end.
            second = stream.read(CHUNK)
            if not second:
                return self._put_bytes(first, limit)
            first += second
        return self._put_stream(first, stream, limit)

    def _put_bytes(self, content: bytes, limit: int) -> Stored:
        _within(len(content), limit)
        stored = Stored(hashlib.sha256(content).hexdigest(), len(content))
        if not self._wanted_again(stored.sha256):
            incoming = self._incoming()
            descriptor = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
            try:
                os.write(descriptor, content)
            finally:
                os.close(descriptor)
            self._settle(incoming, stored.sha256)
        return stored

    def _put_stream(self, first: bytes, stream: Readable, limit: int) -> Stored:
        digest, size, incoming = hashlib.sha256(), 0, self._incoming()
        try:
            with open(incoming, "xb") as file:  # noqa: PTH123 - the path is made for each upload, as text
                chunk = first
                while chunk:
                    size += len(chunk)
                    _within(size, limit)
                    digest.update(chunk)
                    file.write(chunk)
                    chunk = stream.read(CHUNK)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            os.unlink(incoming)  # noqa: PTH108
            raise
        stored = Stored(digest.hexdigest(), size)
        if self._wanted_again(stored.sha256):
            os.unlink(incoming)  # noqa: PTH108
        else:
            self._settle(incoming, stored.sha256)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """The file itself."""
        try:
            return open(self._place(sha256), "rb")  # noqa: PTH123
        except FileNotFoundError:
            raise NotFound(_("Le contenu de ce fichier n’est plus là."), code="PRE-FIC-001") from None

    def path(self, sha256: str) -> Path | None:
        """Its place, whether or not something is there."""
        return Path(self._place(sha256))

    def delete(self, sha256: str, older_than: timedelta) -> bool:
        """Remove the file by its age on disk: an upload of the same content in between keeps it."""
        place = self._place(sha256)
        try:
            if time.time() - os.stat(place).st_mtime < older_than.total_seconds():  # noqa: PTH116
                return False
            os.unlink(place)  # noqa: PTH108
        except FileNotFoundError:
            return False
        return True

    def quarantine(self, sha256: str) -> None:
        """Move it out of the tree that is served."""
        try:
            os.replace(self._place(sha256), self.root / QUARANTINE / sha256)  # noqa: PTH105
        except FileNotFoundError:
            return

    def keys(self) -> Iterator[str]:
        """Walk the 256 folders."""
        for folder in self.root.glob("??"):
            for entry in os.scandir(folder):
                yield entry.name

    def _place(self, sha256: str) -> str:
        return f"{self.root}/{sha256[:2]}/{sha256}"

    def _incoming(self) -> str:
        return f"{self._prefix}{next(self._count)}"

    def _wanted_again(self, sha256: str) -> bool:
        try:
            os.utime(self._place(sha256))
        except FileNotFoundError:
            return False
        return True

    def _settle(self, incoming: str, sha256: str) -> None:
        folder = sha256[:2]
        if folder not in self._made:
            os.makedirs(f"{self.root}/{folder}", exist_ok=True)  # noqa: PTH103
            self._made.add(folder)
        os.replace(incoming, self._place(sha256))  # noqa: PTH105


def _within(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(
            _("Ce fichier dépasse %(limit)s Mo, le plus que l’on accepte ici.", limit=limit // 1024**2)
        )
