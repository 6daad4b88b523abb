"""The journal: who did what, on what, from where, when. Append-only, sealed by a hash chain.

An operation writes its line in its own transaction; lines are sealed afterwards, in order, by one
writer at a time, so that no operation waits for another. An altered, removed or reordered line breaks
the chain and ``preau journal verify`` says where. SOC-SUP-EXP-01, SOC-SUP-EXP-02, SOC-SEC-APS-03/04.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, event, func, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Model, Serial, db, now
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic

GENESIS = "0" * 64
SEAL_LOCK = 7_201_001


class JournalEntry(Model):
    """One line. ``object_key`` is a public key (uuid, uid, uai); ``details`` holds no content."""

    __tablename__ = "journal_entry"
    __wall__ = (
        "actor_id = (SELECT nullif(current_setting('preau.person', true), '')::bigint)"
        " OR structure_id = ANY((SELECT current_setting('preau.structures', true)::bigint[])::bigint[])"
    )

    id: Mapped[Serial]
    at: Mapped[Created]
    actor_id: Mapped[int] = mapped_column(BigInteger, index=True)
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(index=True)
    object_kind: Mapped[str] = mapped_column(default="")
    object_key: Mapped[str] = mapped_column(default="")
    structure_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    origin: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    __table_args__ = (Index("ix_journal_entry_at", "at"),)


class JournalSeal(Model):
    """The seal of one line: its hash chained to the line before."""

    __tablename__ = "journal_seal"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entry.id"), unique=True)
    hash: Mapped[str]


APPEND_ONLY = """
CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('preau.journal_purge', true) = 'on' AND TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'PRE-JOU-001: the journal is append-only';
END $$
"""

event.listen(JournalEntry.__table__, "after_create", DDL(APPEND_ONLY))  # type: ignore[no-untyped-call]
for _table in ("journal_entry", "journal_seal"):
    event.listen(
        Model.metadata.tables[_table],
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {_table}"
            " FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()"
        ),
    )


def record(
    identity: Identity,
    action: str,
    obj: Any = None,
    *,
    structure_id: int | None = None,
    kind: str = "",
    key: str = "",
    **details: Any,
) -> None:
    """Write a line in the current transaction. ``details`` are keys and figures, never content."""
    if obj is not None:
        kind = kind or obj.__tablename__
        key = key or str(getattr(obj, "uid", None) or getattr(obj, "id", ""))
        structure_id = structure_id if structure_id is not None else getattr(obj, "structure_id", None)
    db.session.execute(
        insert(JournalEntry).values(
            at=now(),
            actor_id=identity.person_id,
            actor=identity.uid if not identity.is_system else identity.name,
            action=action,
            object_kind=kind,
            object_key=key,
            structure_id=structure_id if structure_id is not None else identity.structure_id,
            origin=identity.origin,
            details=details,
        ),
    )


def digest(previous: str, entry: Any) -> str:
    """Hash of a line chained to the previous hash (SHA-256 of canonical JSON)."""
    content = json.dumps(
        [
            previous,
            entry.id,
            entry.at.isoformat(),
            entry.actor_id,
            entry.actor,
            entry.action,
            entry.object_kind,
            entry.object_key,
            entry.structure_id,
            entry.origin,
            entry.details,
        ],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def seal(limit: int = 10_000) -> int:
    """Seal the lines that wait; return how many."""
    with lifted(), atomic() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEAL_LOCK})
        last = session.execute(
            select(JournalSeal.sequence, JournalSeal.hash).order_by(JournalSeal.sequence.desc()).limit(1)
        ).first()
        sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
        sealed = select(JournalSeal.entry_id).where(JournalSeal.entry_id == JournalEntry.id).exists()
        waiting = session.scalars(
            select(JournalEntry).where(~sealed).order_by(JournalEntry.id).limit(limit)
        ).all()
        rows = []
        for entry in waiting:
            sequence, previous = sequence + 1, digest(previous, entry)
            rows.append({"sequence": sequence, "entry_id": entry.id, "hash": previous})
        if rows:
            session.execute(insert(JournalSeal), rows)
        session.expunge_all()
        return len(rows)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: the head of the chain and each fault, as (sequence, what)."""

    lines: int
    head: str
    waiting: int
    faults: tuple[tuple[int, str], ...]
    last: datetime | None

    @property
    def intact(self) -> bool:
        """Whether nothing was altered, removed or reordered."""
        return not self.faults


def verify() -> Verdict:
    """Recompute the whole chain, in constant memory."""
    with lifted():
        session = db.session
        rows = session.execute(
            select(JournalSeal.sequence, JournalSeal.hash, JournalEntry)
            .join(JournalEntry, JournalEntry.id == JournalSeal.entry_id, isouter=True)
            .order_by(JournalSeal.sequence)
            .execution_options(yield_per=2000)
        )
        previous, lines, faults = GENESIS, 0, []
        expected: int | None = None
        last: datetime | None = None
        for sequence, stored, entry in rows:
            lines += 1
            if expected is not None and sequence != expected:
                faults.append((sequence, "missing"))
                previous = ""
            if not entry:
                faults.append((sequence, "removed"))
            elif previous and digest(previous, entry) != stored:
                faults.append((sequence, "altered"))
            expected, previous = sequence + 1, stored
            last = entry.at if entry else last
        sealed = select(JournalSeal.entry_id).where(JournalSeal.entry_id == JournalEntry.id).exists()
        waiting = session.scalar(select(func.count()).select_from(JournalEntry).where(~sealed)) or 0
        return Verdict(lines, previous, waiting, tuple(faults), last)
