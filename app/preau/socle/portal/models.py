"""What the portal keeps: texts of the public pages, messages of the administrations, logos."""

import uuid
from datetime import date

from sqlalchemy import BigInteger, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Updated, Words
from preau.kernel.tenancy import MINE

OF_THE_PROJECT_OR_MINE = f"structure_id IS NULL OR structure_id = ANY({MINE})"


class PortalText(Model):
    """A public page's text as the project rewrote it (Markdown); without a row the default one is shown."""

    __tablename__ = "portal_text"

    name: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    updated_at: Mapped[Updated]


class PortalMessage(Model):
    """A message of an administration, of the project when ``structure_id`` is empty.

    ``audience`` holds kinds of profiles; empty is everybody. ``public`` shows it to those not signed in
    too, who choose their profile. People cannot hide these messages (SOC-POR-PPO-02/03).
    """

    __tablename__ = "portal_message"
    __wall__ = OF_THE_PROJECT_OR_MINE

    id: Mapped[Key]
    structure_id: Mapped[int | None] = mapped_column(
        ForeignKey("structure.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str]
    body: Mapped[str]
    tone: Mapped[str] = mapped_column(default="info")
    audience: Mapped[Words]
    public: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]


class PortalLogo(Model):
    """A logo, re-encoded when it was received. ``kind``: academy, authority or structure."""

    __tablename__ = "portal_logo"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(index=True)
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id", ondelete="CASCADE"))
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(BigInteger)
    height: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[Created]
