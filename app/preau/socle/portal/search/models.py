"""What a person keeps of searching: a history, and searches or results saved under a name (SOC-POR-MDR-06)."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Moment, Serial, Updated
from preau.kernel.tenancy import ME, Personal


class SearchHistory(Model):
    """A search that was made. Only its author sees it, and may erase it."""

    __tablename__ = "search_history"
    __wall__ = f"person_id = {ME}"

    id: Mapped[Serial]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    words: Mapped[str]
    results: Mapped[int] = mapped_column(BigInteger, default=0)
    at: Mapped[Moment]

    __table_args__ = (Index(None, "person_id", "at"),)


class SavedSearch(Personal, Model):
    """A search kept under a name, with the results chosen from it, if any were."""

    __tablename__ = "saved_search"

    id: Mapped[Key]
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSONB)
    results: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]
