"""Contents on their way into an archive and out of it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TypeVar

from sqlalchemy import func, select

from preau.kernel import files
from preau.kernel.database import db
from preau.kernel.exchange import File, Imported
from preau.kernel.exchange_context import Context
from preau.kernel.ports.antivirus import INFECTED
from preau.kernel.ports.blobs import Stored
from preau.kernel.tenancy import lifted
from preau.services.utilities.files.models import Version

T = TypeVar("T")


def attached(held: Iterable[tuple[str, str, str]]) -> list[File]:
    """Name, hash and type of contents as files of an archive; those without a hash are none."""
    paths = ((name, files.path_of(sha256), kind) for name, sha256, kind in held if sha256)
    return [File(name, path, kind) for name, path, kind in paths if path]


def contents(item: Imported, context: Context, known: Mapping[str, int]) -> dict[str, Stored]:
    """The contents that an object may hold, by hash: those of the archive, and those it holds already.

    Never any other that is in the store: whoever knows a hash has no right to what it names.
    """
    held = {sha256: Stored(sha256, size) for sha256, size in known.items()}
    for each in item.files:
        if each.sha256 not in held:
            with lifted():  # the content's row is nobody's
                held[each.sha256] = files.store(context.open(each))
    return held


def former_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Version]]:
    """The former contents of files, oldest first; never one with a virus."""
    found: dict[uuid.UUID, list[Version]] = {}
    statement = (
        select(Version)
        .outerjoin(files.Blob, files.Blob.sha256 == Version.blob)
        .where(Version.node_id.in_(ids), func.coalesce(files.Blob.state, "") != INFECTED)
        .order_by(Version.written_at, Version.blob)
    )
    for each in db.session.scalars(statement):
        found.setdefault(each.node_id, []).append(each)
    return found


def batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows, some at a time."""
    left = iter(rows)
    while several := list(islice(left, size)):
        yield several
