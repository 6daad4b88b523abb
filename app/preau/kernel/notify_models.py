"""What people were told, what they chose, and what still has to leave."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Model, Moment, Serial
from preau.kernel.tenancy import ME

MEDIA = ("portal", "mail", "sms", "push")
FREQUENCIES = ("at_once", "daily", "weekly", "never")


class TellingMixin:
    """A row of one person, that nobody else sees."""

    __wall__ = f"person_id = {ME}"


class NotificationRow(TellingMixin, Model):
    """One thing told to one person. ``shown`` is false when the person wants it by other media only."""

    __tablename__ = "notification"

    id: Mapped[Serial]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    event: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(default="", server_default="")
    short: Mapped[str] = mapped_column(default="", server_default="")
    url: Mapped[str] = mapped_column(default="", server_default="")
    shown: Mapped[bool] = mapped_column(default=True, server_default="true")
    created_at: Mapped[Created]
    read_at: Mapped[Moment | None]

    __table_args__ = (
        Index("ix_notification_person_id_id", "person_id", "id"),
        Index("ix_notification_unread", "person_id", postgresql_where=text("read_at IS NULL AND shown")),
        Index("ix_notification_created_at", "created_at"),
    )


class NotificationChoice(TellingMixin, Model):
    """How often a person wants an event by a medium, where that differs from what the school proposes."""

    __tablename__ = "notification_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    medium: Mapped[str] = mapped_column(primary_key=True)
    frequency: Mapped[str]


class NotificationDelivery(TellingMixin, Model):
    """A notification that has to leave by a medium, from ``due_at`` on; with others when ``digest``."""

    __tablename__ = "notification_delivery"

    notification_id: Mapped[int] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    medium: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    due_at: Mapped[datetime]
    digest: Mapped[bool] = mapped_column(default=False, server_default="false")

    __table_args__ = (Index(None, "due_at"),)
