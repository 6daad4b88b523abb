"""What directory administration remembers: merges, so that they can be undone, and changes of year."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Moment
from preau.kernel.tenancy import InStructure, through


class Merge(Model):
    """Two records of one human made one. ``moved`` says row by row what went from ``gone`` to ``kept``."""

    __tablename__ = "person_merge"
    __wall__ = through("person", "kept_id")

    id: Mapped[Key]
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    moved: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    undone_at: Mapped[Moment | None]


class YearChange(InStructure, Model):
    """A change of school year: its dry run, then what was done. ``state``: rehearsed, waiting, done."""

    __tablename__ = "year_change"

    id: Mapped[Key]
    year: Mapped[str]
    state: Mapped[str] = mapped_column(default="rehearsed")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    done_groups: Mapped[int] = mapped_column(default=0)
    total_groups: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    done_at: Mapped[Moment | None]
