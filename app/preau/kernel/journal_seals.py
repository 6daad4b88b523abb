"""The seals of the journal: a hash chain that shows any hand laid on a line, and what retention took away.

Lines are sealed in order by one writer at a time. An altered, removed or reordered line breaks the chain
and ``preau journal verify`` says where. Retention removes the oldest lines with their seals, whole, and
writes a line that holds the last hash removed: the first seal that remains is chained to it.
SOC-SUP-EXP-02, SOC-SUP-EXP-03, SOC-SEC-APS-04.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.identity import system
from preau.kernel.journal import JournalEntry, JournalSeal
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic

GENESIS = "0" * 64
SEAL_LOCK = 7_201_001
# Nothing waits longer than the longest transaction: older lines are not looked through at each sealing.
LATEST = timedelta(days=7)
PURGED = "journal.purged"
PURGED_AT_ONCE = 10_000
# What nobody may shorten: the CNIL's six months. A line that claims to have purged younger ones is a fault.
SHORTEST = timedelta(days=180)


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
            select(JournalSeal.sequence, JournalSeal.hash, JournalEntry.at)
            .join(JournalEntry, JournalEntry.id == JournalSeal.entry_id)
            .order_by(JournalSeal.sequence.desc())
            .limit(1)
        ).first()
        sequence, previous = (last.sequence, last.hash) if last else (0, GENESIS)
        waiting = select(JournalEntry).where(~_sealed())
        if last:
            waiting = waiting.where(JournalEntry.at > last.at - LATEST)
        rows = []
        for entry in session.scalars(waiting.order_by(JournalEntry.id).limit(limit)).all():
            sequence, previous = sequence + 1, digest(previous, entry)
            rows.append({"sequence": sequence, "entry_id": entry.id, "hash": previous})
        if rows:
            session.execute(insert(JournalSeal), rows)
        session.expunge_all()
        return len(rows)


def purge(days: int) -> int:
    """Remove sealed lines older than ``days`` (180 at least), the oldest first; return how many, some at a time.

    Only an unbroken run from the start of the chain leaves: what verification faults stays to be looked at.
    """
    limit = now() - max(timedelta(days=days), SHORTEST)
    while seal():
        pass
    with lifted(), atomic() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SEAL_LOCK})
        removable, held = _unbroken(limit)
        if not removable:
            return 0
        last = removable[-1]
        session.execute(text("SELECT set_config('preau.journal_purge', 'on', true)"))
        session.execute(delete(JournalSeal).where(JournalSeal.sequence <= last.sequence))
        ids = [row.JournalEntry.id for row in removable]
        session.execute(delete(JournalEntry).where(JournalEntry.id.in_(ids)))
        session.execute(text("SELECT set_config('preau.journal_purge', '', true)"))
        journal.record(
            system("conservation"),
            PURGED,
            kind="journal",
            through=last.sequence,
            hash=held,
            lines=len(removable),
            until=last.JournalEntry.at.isoformat(),
        )
    seal()
    return len(removable)


def _unbroken(limit: datetime) -> tuple[list[Any], str]:
    """The first lines, older than ``limit`` and as they were sealed; and the hash of the last of them."""
    rows = db.session.execute(
        select(JournalSeal.sequence, JournalSeal.hash, JournalEntry)
        .join(JournalEntry, JournalEntry.id == JournalSeal.entry_id)
        .order_by(JournalSeal.sequence)
        .limit(PURGED_AT_ONCE)
    ).all()
    previous = _hash_before(rows[0].sequence) if rows else None
    kept: list[Any] = []
    for row in rows:
        follows = not kept or row.sequence == kept[-1].sequence + 1
        if not follows or row.JournalEntry.at >= limit or previous is None:
            break
        if digest(previous, row.JournalEntry) != row.hash:
            break
        previous = row.hash
        kept.append(row)
    return kept, previous or ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found: the head of the chain and each fault, as (sequence, what).

    ``purged`` is the last sequence that retention removed, 0 when it removed none.
    """

    lines: int
    head: str
    waiting: int
    faults: tuple[tuple[int, str], ...]
    last: datetime | None
    purged: int = 0

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
        previous, lines, purged, faults = GENESIS, 0, 0, []
        expected = 1
        last: datetime | None = None
        for sequence, stored, entry in rows:
            lines += 1
            if sequence != expected:
                anchor = _hash_before(sequence) if lines == 1 else None
                previous, purged = anchor or "", sequence - 1 if anchor else 0
                if not anchor:
                    faults.append((sequence, "missing"))
            if not entry:
                faults.append((sequence, "removed"))
            elif previous and digest(previous, entry) != stored:
                faults.append((sequence, "altered"))
            expected, previous = sequence + 1, stored
            last = entry.at if entry else last
        waiting = session.scalar(select(func.count()).select_from(JournalEntry).where(~_sealed())) or 0
        return Verdict(lines, previous, waiting, tuple(faults), last, purged)


def _hash_before(sequence: int) -> str | None:
    """The hash that ``sequence`` is chained to when it is the first that remains; nothing if nobody purged there."""
    if sequence == 1:
        return GENESIS
    mark = db.session.execute(
        select(JournalEntry.at, JournalEntry.details)
        .where(JournalEntry.action == PURGED, JournalEntry.details["through"].as_integer() == sequence - 1)
        .order_by(JournalEntry.id.desc())
        .limit(1)
    ).first()
    if mark is None or datetime.fromisoformat(mark.details["until"]) > mark.at - SHORTEST:
        return None
    return str(mark.details["hash"])


def _sealed() -> Any:
    return select(JournalSeal.entry_id).where(JournalSeal.entry_id == JournalEntry.id).exists()
