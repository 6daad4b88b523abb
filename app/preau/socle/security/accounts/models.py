"""What the administration of accounts keeps: batches of work, and the doors of classes."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Ids, Key, Model, Moment
from preau.kernel.tenancy import InStructure


class AccountBatch(InStructure, Model):
    """One action on many accounts, done by a job: its progress, and its file when it makes one.

    ``kind``: sheets, suspend, reactivate, reset. The file of a batch of sheets holds codes: it is encrypted,
    given to its author only, and erased after a day.
    """

    __tablename__ = "account_batch"

    id: Mapped[Key]
    kind: Mapped[str]
    label: Mapped[str]
    person_ids: Mapped[Ids]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(
        default="waiting", server_default="waiting"
    )  # waiting, running, done, failed
    done: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    changed: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment | None]

    @property
    def total(self) -> int:
        """Accounts concerned."""
        return len(self.person_ids)


class ClassDoor(InStructure, Model):
    """The sign-in page of a class, behind an opaque address that the school shares and can change."""

    __tablename__ = "class_door"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[Created]
