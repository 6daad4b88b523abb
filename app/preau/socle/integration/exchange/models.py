"""An export or an import under way, or done: its archive, how far it is, what it reports."""

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Moment
from preau.kernel.tenancy import Personal

STATES = ("waiting", "running", "ready", "done", "failed")


class ExchangeRun(Personal, Model):
    """``kind`` is export or import; an import that is *ready* was rehearsed and waits for a decision.

    ``request`` holds the scope, the formats chosen, the policy; ``report`` what was, or would be, done.
    """

    __tablename__ = "exchange_run"

    id: Mapped[Key]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    request: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    error: Mapped[str] = mapped_column(default="", server_default="")
    done: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    total: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    blob: Mapped[str | None]
    name: Mapped[str] = mapped_column(default="", server_default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    created_at: Mapped[Created]
    finished_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "owner_id", "created_at"), Index(None, "blob"))
