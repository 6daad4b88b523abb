"""The content of files: kept once whatever the number of copies, scanned, forgotten once nobody refers to it.

A service keeps the hash in a column that it declares with :func:`refer`; it never deletes a content.
"""

import io
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import BigInteger, Index, delete, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, aliased, mapped_column

from preau.kernel import events, jobs, thumbnails
from preau.kernel.adapters.antivirus import antivirus_of
from preau.kernel.adapters.blobs_directory import BlobDirectory
from preau.kernel.database import Created, Model, Moment, db, now
from preau.kernel.errors import Refused
from preau.kernel.identity import system
from preau.kernel.ports.antivirus import INFECTED
from preau.kernel.ports.blobs import Blobs, Readable, Stored
from preau.kernel.transaction import atomic

PENDING = "pending"
GRACE = timedelta(days=1)
AT_ONCE = 200


class Blob(Model):
    """One content. ``state`` is what the antivirus said: pending, unscanned, clean or infected."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default=PENDING, server_default=PENDING)
    signature: Mapped[str] = mapped_column(default="", server_default="")
    thumbnail: Mapped[str | None]
    created_at: Mapped[Created]
    wanted_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (
        Index("ix_blob_pending", "sha256", postgresql_where=text("state = 'pending'")),
        Index("ix_blob_wanted_at", "wanted_at"),
    )


_references: list[InstrumentedAttribute[Any]] = []


def refer(*columns: InstrumentedAttribute[Any]) -> None:
    """Declare columns that hold hashes: what they name is kept."""
    _references.extend(column for column in columns if column not in _references)


def blobs() -> Blobs:
    """The store of this installation."""
    held: dict[str, Any] = current_app.extensions
    if "blobs" not in held:
        held["blobs"] = BlobDirectory(current_app.config["SETTINGS"].data / "blobs")
    store: Blobs = held["blobs"]
    return store


def store(stream: Readable | bytes, limit: int | None = None) -> Stored:
    """Keep a content and enqueue its scan, in the current transaction. At most ``limit`` octets."""
    source = io.BytesIO(stream) if isinstance(stream, bytes) else stream
    stored = blobs().put(source, limit or current_app.config["SETTINGS"].max_upload_bytes)
    register(stored)
    return stored


def register(stored: Stored) -> None:
    """Write the row of a content that is in the store."""
    statement = insert(Blob).values(sha256=stored.sha256, size=stored.size, wanted_at=now())
    db.session.execute(statement.on_conflict_do_update(index_elements=["sha256"], set_={"wanted_at": now()}))
    jobs.defer(prepare, unique="blobs.prepare")


def opened(sha256: str) -> BinaryIO:
    """The content, unless it is in quarantine."""
    require_safe(sha256)
    return blobs().open(sha256)


def require_safe(sha256: str) -> None:
    """Raise :class:`Refused` when a virus was found in the content."""
    if db.session.scalar(select(Blob.state).where(Blob.sha256 == sha256)) == INFECTED:
        raise Refused(
            _("Ce fichier contient un virus : il a été mis à l’écart et ne peut pas être ouvert."),
            code="PRE-FIC-002",
        )


def path_of(sha256: str) -> Path | None:
    """The content as a file of this machine, when the store has one."""
    return blobs().path(sha256)


@jobs.task("blobs.prepare")
def prepare() -> None:
    """Scan every content that waits, and make the thumbnails of pictures."""
    antivirus = antivirus_of(current_app.config["SETTINGS"].antivirus)
    waiting = select(Blob).where(Blob.state == PENDING).order_by(Blob.created_at).limit(AT_ONCE)
    while found := db.session.scalars(waiting).all():
        for blob in found:
            with atomic():
                _prepare_one(blob, antivirus)


def _prepare_one(blob: Blob, antivirus: Any) -> None:
    with blobs().open(blob.sha256) as content:
        verdict = antivirus.scan(content)
        blob.state, blob.signature = verdict.state, verdict.signature
        if blob.state == INFECTED:
            blobs().quarantine(blob.sha256)
            events.publish("blob.infected", system("antivirus"), blob)
            return
        content.seek(0)
        picture = thumbnails.of(content, blob.size)
    if picture:
        kept = blobs().put(io.BytesIO(picture), len(picture))
        db.session.execute(
            insert(Blob)
            .values(sha256=kept.sha256, size=kept.size, state=blob.state, wanted_at=now())
            .on_conflict_do_nothing()
        )
        blob.thumbnail = kept.sha256


@jobs.task("blobs.collect")
def collect_garbage(grace_seconds: float = GRACE.total_seconds()) -> int:
    """Forget what nobody refers to since the grace period; return how many contents went."""
    grace, kept = timedelta(seconds=grace_seconds), blobs()
    gone = _forget_orphans(now() - grace)
    keys = kept.keys()
    while batch := list(islice(keys, 1000)):
        known = set(db.session.scalars(select(Blob.sha256).where(Blob.sha256.in_(batch))))
        gone.update(set(batch) - known)
    return sum(kept.delete(sha256, grace) for sha256 in gone)


def _forget_orphans(before: datetime) -> set[str]:
    # A thumbnail is an orphan at the turn after the picture it was made from.
    other = aliased(Blob)
    wanted = [exists().where(column == Blob.sha256) for column in _references]
    wanted.append(exists().where(other.thumbnail == Blob.sha256))
    with atomic() as session:
        return set(
            session.scalars(delete(Blob).where(Blob.wanted_at < before, ~or_(*wanted)).returning(Blob.sha256))
        )
