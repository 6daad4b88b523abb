"""Deliveries, what was last applied of each record, and the staging tables of the import.

Staging tables are unlogged: after a crash of PostgreSQL they are empty and the analysis is done
again; the directory itself is only written by logged, transactional batches.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Document, Model, Serial

STATES = ("received", "analysed", "planned", "held", "approved", "applied", "refused")


class Delivery(Model):
    """One archive received. ``stage`` is the step under way, ``progress`` its figures for the bar.

    ``state``: received, analysed, planned (ready), held (a threshold asks for approval), approved,
    applied, refused (``refusal`` says why; nothing of it was written).
    """

    __tablename__ = "feed_delivery"

    id: Mapped[Serial]
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    source: Mapped[str]  # aaf1d, aaf2d, sapia, authority
    mode: Mapped[str]  # complet, delta
    dated: Mapped[date]
    # The school of the lines of a CSV that name none.
    uai: Mapped[str] = mapped_column(default="", server_default="")
    path: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="received", server_default="received", index=True)
    stage: Mapped[str] = mapped_column(default="", server_default="")
    progress: Mapped[Document]
    counts: Mapped[Document]
    plan: Mapped[Document]
    refusal: Mapped[Document]
    received_by: Mapped[str] = mapped_column(default="", server_default="")
    received_at: Mapped[Created]
    approved_by: Mapped[str] = mapped_column(default="", server_default="")
    applied_at: Mapped[datetime | None]


class AppliedRecord(Model):
    """What was last applied of a record of a source. ``head`` is empty when it must be read again."""

    __tablename__ = "feed_record"

    source: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    head: Mapped[int | None]
    delivery_id: Mapped[int] = mapped_column(BigInteger)


class FeedProblem(Model):
    """One thing wrong in a delivery, with the structure it concerns when that is known."""

    __tablename__ = "feed_problem"

    id: Mapped[Serial]
    delivery_id: Mapped[int] = mapped_column(BigInteger, index=True)
    batch: Mapped[int] = mapped_column(default=0)
    code: Mapped[str]
    file: Mapped[str]
    position: Mapped[int]
    key: Mapped[str]
    structure_key: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")


class FeedBatch(Model):
    """A unit of work that is done whole or not at all; ``result`` are its counts."""

    __tablename__ = "feed_batch"

    delivery_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(default="", server_default="")
    done: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    result: Mapped[Document]


def _staging(name: str, *columns: Column[Any], indexes: tuple[tuple[str, ...], ...]) -> Table:
    return Table(
        name,
        Model.metadata,
        Column("delivery_id", BigInteger, nullable=False),
        Column("batch", BigInteger, nullable=False),
        *columns,
        *(Index(f"ix_{name}_{'_'.join(names)}", "delivery_id", *names) for names in indexes),
        prefixes=["UNLOGGED"],
    )


def _texts(*names: str) -> tuple[Column[Any], ...]:
    return tuple(Column(name, Text) for name in names)


staged_person = _staging(
    "feed_person",
    *_texts("category", "key", "operation"),
    Column("head", BigInteger),
    *_texts("last_name", "first_name", "birth_name", "other_names", "civility"),
    Column("birth_date", Date),
    Column("mail", Text),
    Column("phones", JSONB),
    Column("address", JSONB),
    Column("attributes", JSONB),
    Column("ine", Text),
    Column("speaks_of", SmallInteger),
    indexes=(("batch",),),
)
staged_profile = _staging(
    "feed_profile",
    *_texts("category", "key", "structure_key", "kind"),
    Column("functions", JSONB),
    Column("level", Text),
    Column("attributes", JSONB),
    indexes=(("batch",),),
)
staged_membership = _staging(
    "feed_membership",
    *_texts("category", "key", "structure_key", "kind", "code", "role", "label"),
    indexes=(("batch",),),
)
staged_teaching = _staging(
    "feed_teaching",
    *_texts("category", "key", "structure_key", "kind", "code", "subject_code"),
    indexes=(("batch",),),
)
staged_relation = _staging(
    "feed_relation",
    *_texts("key", "guardian_key", "link"),
    Column("legal", SmallInteger),
    Column("financial", Boolean),
    Column("contact", Boolean),
    Column("payment", Boolean),
    Column("lives_with", Boolean),
    Column("structure_keys", ARRAY(Text)),
    indexes=(("batch",), ("guardian_key",)),
)
staged_structure = _staging(
    "feed_structure",
    *_texts("key", "operation"),
    Column("content", JSONB),
    indexes=(("key",),),
)
staged_code = _staging(
    "feed_code",
    *_texts("kind", "key", "operation", "label", "national", "stat"),
    indexes=(("kind",),),
)
staged_removal = _staging("feed_removal", *_texts("target", "category", "key"), indexes=(("key",),))
seen_record = _staging("feed_seen", Column("head", BigInteger), indexes=())
missing_record = _staging(
    "feed_missing",
    *_texts("category", "key"),
    Column("person_id", BigInteger),
    indexes=(("batch",),),
)
touched_person = _staging("feed_touched", Column("person_id", BigInteger), indexes=(("person_id",),))

STAGING = (
    staged_person,
    staged_profile,
    staged_membership,
    staged_teaching,
    staged_relation,
    staged_structure,
    staged_code,
    staged_removal,
    seen_record,
    missing_record,
    touched_person,
)
