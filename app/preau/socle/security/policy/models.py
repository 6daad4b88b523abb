"""The charter that people accept, and the alerts that detection raises."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Moment, Serial
from preau.kernel.tenancy import MINE, through


class Charter(Model):
    """One version of the charter of the project (no structure) or of a structure. Never changed, only followed."""

    __tablename__ = "charter"

    id: Mapped[Serial]
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id", ondelete="CASCADE"))
    version: Mapped[int]
    text: Mapped[str]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (UniqueConstraint("structure_id", "version", postgresql_nulls_not_distinct=True),)


class CharterAcceptance(Model):
    """A person accepted a version of the charter on a date."""

    __tablename__ = "charter_acceptance"
    __wall__ = through("person", "person_id")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    charter_id: Mapped[int] = mapped_column(ForeignKey("charter.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[Created]


class SecurityAlert(Model):
    """A deviation seen by detection: locked, spraying, unusual_origin. SOC-SEC-DVS-01."""

    __tablename__ = "security_alert"
    __wall__ = f"structure_id = ANY({MINE})"

    id: Mapped[Key]
    kind: Mapped[str]
    structure_id: Mapped[int | None] = mapped_column(
        ForeignKey("structure.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    origin: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[Created]
    handled_at: Mapped[Moment | None]
    handled_by_id: Mapped[int | None] = mapped_column(BigInteger)
