"""Folders as ZIP archives, made while they are sent: nothing is held in memory nor on disk."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import func, select

from preau.kernel import files, rights
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.ports.antivirus import INFECTED
from preau.kernel.ports.blobs import Blobs
from preau.services.utilities.files.models import Node

CHUNK = 256 * 1024
# Already compressed: deflating them again costs time and gains nothing.
COMPRESSED = ("image/", "audio/", "video/", "application/zip", "application/vnd.o")
Entry = tuple[str, datetime, str | None, str]


class _Outlet:
    """What zipfile writes to; what it wrote is taken out as it comes."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._position = 0

    def write(self, data: bytes) -> int:
        self._chunks.append(bytes(data))
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None:
        """Nothing waits here."""

    def take(self) -> bytes:
        taken = b"".join(self._chunks)
        self._chunks.clear()
        return taken


def entries(identity: Identity, nodes: Iterable[Node]) -> list[Entry]:
    """Path in the archive, date, hash and type of all that the nodes hold and the identity may read."""
    found: list[Entry] = []
    for node in nodes:
        rights.require(identity, "read", node)
        paths = {node.parent_id: ""}
        inside = db.session.scalars(
            rights.allowed(identity, Node)
            .outerjoin(files.Blob, files.Blob.sha256 == Node.blob)
            .where(
                Node.path.contains([node.id]),
                Node.trashed_at.is_(None),
                func.coalesce(files.Blob.state, "") != INFECTED,
            )
            .order_by(func.cardinality(Node.path), Node.name)
        )
        for each in inside:
            if each.parent_id in paths:
                path = paths[each.parent_id] + each.name + ("/" if each.is_folder else "")
                paths[each.id] = path if each.name else ""
                if path != "/":
                    found.append((path, each.updated_at, each.blob, each.media_type))
    return found


def stream(contents: Iterable[Entry], store: Blobs) -> Iterator[bytes]:
    """The octets of the archive; nothing of the request is needed any more."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", allowZip64=True) as archive:  # type: ignore[arg-type]
        for path, moment, sha256, media_type in contents:
            header = zipfile.ZipInfo(path, moment.timetuple()[:6])
            if sha256 is None:
                archive.writestr(header, b"")
                continue
            kept = media_type.startswith(COMPRESSED)
            header.compress_type = zipfile.ZIP_STORED if kept else zipfile.ZIP_DEFLATED
            with store.open(sha256) as content:
                yield from _add(archive, outlet, header, content)
    yield outlet.take()


def _add(
    archive: zipfile.ZipFile, outlet: _Outlet, header: zipfile.ZipInfo, content: BinaryIO
) -> Iterator[bytes]:
    with archive.open(header, "w", force_zip64=True) as entry:
        while chunk := content.read(CHUNK):
            entry.write(chunk)
            yield outlet.take()


def unique(contents: Iterable[Entry]) -> list[Entry]:
    """The same, with a number added to names that come twice."""
    seen: dict[str, int] = {}
    kept = []
    for path, *rest in contents:
        seen[path] = seen.get(path, 0) + 1
        stem, dot, extension = path.rpartition(".")
        numbered = f"{stem} ({seen[path]}){dot}{extension}" if dot else f"{path} ({seen[path]})"
        kept.append((path if seen[path] == 1 else numbered, *rest))
    return kept


def total(identity: Identity, node: Node) -> tuple[int, int]:
    """How many files a folder holds, and their octets."""
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Node.size), 0)).where(
            rights.access_of(Node).read.where(identity, Node),
            Node.path.contains([node.id]),
            ~Node.is_folder,
            Node.trashed_at.is_(None),
        )
    ).one()
    return row[0], int(row[1])
