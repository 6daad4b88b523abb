"""The journal: who did what, on what, from where, when. Append-only, sealed by a hash chain.

An operation writes its line in its own transaction; :mod:`preau.kernel.journal_seals` seals the lines
afterwards, so that no operation waits for another. SOC-SUP-EXP-01, SOC-SUP-EXP-02, SOC-SEC-APS-03/04.
"""

from typing import Any

from sqlalchemy import DDL, BigInteger, ForeignKey, Index, event, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Model, Serial, db, now
from preau.kernel.identity import Identity
from preau.kernel.tenancy import ME, MINE


class JournalEntry(Model):
    """One line. ``object_key`` is a public key (uuid, uid, uai); ``details`` holds no content."""

    __tablename__ = "journal_entry"
    __wall__ = f"actor_id = {ME} OR structure_id = ANY({MINE})"

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
