"""Messages of the administrations: targeted by profile, dated, and not to be hidden (SOC-POR-PPO-02/03)."""

import uuid
from datetime import date

from flask_babel import gettext as _
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import ColumnElement, and_, case, or_, select

from preau.kernel import journal, preferences
from preau.kernel.database import db
from preau.kernel.database import today as current_day
from preau.kernel.errors import NotFound
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.portal.models import PortalMessage

SERIOUSNESS = {"danger": 0, "warning": 1, "success": 2, "info": 3}
PROJECT_PERMISSION, SCHOOL_PERMISSION = "portal.project", "portal.appearance"


class MessageIn(BaseModel):
    """What the form of a message posts."""

    title: str = Field(min_length=1, max_length=150)
    body: str = Field(default="", max_length=5000)
    tone: str = Field(default="info", pattern="^(info|success|warning|danger)$")
    audience: list[str] = Field(default_factory=list, max_length=10)
    public: bool = False
    starts_on: date | None = None
    ends_on: date | None = None

    @model_validator(mode="after")
    def dates_in_order(self) -> "MessageIn":
        """A message cannot end before it begins."""
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError(_("La fin est avant le début : corrigez une des deux dates."))
        return self


def showing(today: date) -> ColumnElement[bool]:
    """Whether a message is to be shown that day."""
    return and_(
        or_(PortalMessage.starts_on.is_(None), PortalMessage.starts_on <= today),
        or_(PortalMessage.ends_on.is_(None), PortalMessage.ends_on >= today),
    )


def messages_for(identity: Identity) -> list[PortalMessage]:
    """Messages of the project and of the chosen school for the person's profiles, the most serious first."""
    kinds = sorted(identity.kinds)
    return list(
        db.session.scalars(
            select(PortalMessage)
            .where(
                showing(current_day()),
                or_(
                    PortalMessage.structure_id.is_(None), PortalMessage.structure_id == identity.structure_id
                ),
                or_(PortalMessage.audience == [], PortalMessage.audience.op("&&")(kinds)),
            )
            .order_by(case(SERIOUSNESS, value=PortalMessage.tone), PortalMessage.created_at.desc())
            .limit(10)
        )
    )


def public_messages(profile: str = "") -> list[PortalMessage]:
    """Messages that the project publishes to whoever comes, for one profile or for all."""
    audience = PortalMessage.audience == []
    return list(
        db.session.scalars(
            select(PortalMessage)
            .where(
                showing(current_day()),
                PortalMessage.public,
                PortalMessage.structure_id.is_(None),
                or_(audience, PortalMessage.audience.op("&&")([profile])) if profile else audience,
            )
            .order_by(PortalMessage.created_at.desc())
            .limit(10)
        )
    )


def require_right(identity: Identity, structure_id: int | None) -> None:
    """Refuse who may not write the messages of that structure, or of the project."""
    if structure_id is None:
        require_permission(identity, PROJECT_PERMISSION)
    else:
        require_permission(identity, SCHOOL_PERMISSION, structure_id)


def managed(identity: Identity, structure_id: int | None) -> list[PortalMessage]:
    """All messages of a structure or of the project, for who writes them."""
    require_right(identity, structure_id)
    mine = (
        PortalMessage.structure_id.is_(None)
        if structure_id is None
        else PortalMessage.structure_id == structure_id
    )
    return list(
        db.session.scalars(select(PortalMessage).where(mine).order_by(PortalMessage.created_at.desc()))
    )


def message(identity: Identity, message_id: uuid.UUID) -> PortalMessage:
    """A message that the person may change."""
    found = db.session.get(PortalMessage, message_id)
    if found is None:
        raise NotFound(_("Ce message n’existe pas ou ne vous est pas ouvert."))
    require_right(identity, found.structure_id)
    return found


def write_message(
    identity: Identity, structure_id: int | None, data: MessageIn, existing: PortalMessage | None = None
) -> PortalMessage:
    """Publish a message, or change one."""
    require_right(identity, existing.structure_id if existing else structure_id)
    with atomic() as session:
        written = existing or PortalMessage(structure_id=structure_id, author_id=identity.person_id)
        for name, value in data.model_dump().items():
            setattr(written, name, value)
        if written.structure_id is not None:
            written.public = False
        session.add(written)
        session.flush()
        journal.record(identity, "portal.write_message", written)
        preferences.moved("project", 0)
    return written


def delete_message(identity: Identity, written: PortalMessage) -> None:
    """Withdraw a message."""
    require_right(identity, written.structure_id)
    with atomic() as session:
        journal.record(identity, "portal.delete_message", written)
        session.delete(written)
        preferences.moved("project", 0)
