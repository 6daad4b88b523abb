"""Format of what a person wants to be told (UTI-UTL-NOT, SOC-INT-IED)."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import select

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.kernel.notify_models import NotificationChoice
from preau.services.utilities.notifications.operations import checked


class NotificationChoiceV1(BaseModel):
    """How often a person wants an event by a medium: at_once, daily, weekly or never."""

    owner: str
    event: str = Field(max_length=100)
    medium: str = Field(max_length=20)
    frequency: str = Field(max_length=20)


def export_choices(identity: Identity, scope: Scope) -> Iterator[Item]:
    """The choices of the people in scope."""
    del identity
    rows = select(NotificationChoice).where(scope.owned(NotificationChoice.person_id))
    for row in db.session.scalars(rows):
        owner = scope.refs.person_uid(row.person_id)
        yield Item(
            key=f"{owner}/{row.event}@{row.medium}",
            data=NotificationChoiceV1(
                owner=owner, event=row.event, medium=row.medium, frequency=row.frequency
            ),
            title=f"{row.event} ({row.medium})",
            path="/notifications/preferences",
            rights=[f"person:{owner}"],
        )


def find_choice(identity: Identity, item: Imported, context: Context) -> NotificationChoice | None:
    """What that person chose for that event and medium."""
    del identity
    owner_id = context.owner(item.data.owner)
    return db.session.get(NotificationChoice, (owner_id, item.data.event, item.data.medium))


def import_choice(identity: Identity, item: Imported, context: Context) -> NotificationChoice | None:
    """Choose so, unless the event does not exist here; an impossible choice stops the import."""
    del identity
    data: NotificationChoiceV1 = item.data
    owner_id = context.owner(data.owner)
    known = {event.name: event for service in registry for event in service.notifications}
    if owner_id is None or data.event not in known:
        return None
    checked({(data.event, data.medium): data.frequency}, known)
    row = item.existing or NotificationChoice(person_id=owner_id, event=data.event, medium=data.medium)
    row.frequency = data.frequency
    db.session.add(row)
    return row


FORMATS = (
    Exchangeable(
        "notification-choice", 1, NotificationChoiceV1, export_choices, import_choice,
        model=NotificationChoice, label=_l("Notifications choisies"), find=find_choice,
        scopes=("person", "structure", "everything"), merge={"frequency": "imported"},
    ),
)  # fmt: skip
