"""Reading notifications and choosing them (UTI-UTL-NOT)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import journal, preferences
from preau.kernel.contract import Notification, Service, registry
from preau.kernel.database import db, now
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.notify_fanout import default_frequency
from preau.kernel.notify_models import FREQUENCIES, MEDIA, NotificationChoice, NotificationRow
from preau.kernel.transaction import atomic

DEFAULTS = "notifications.defaults"
Grid = dict[tuple[str, str], str]


def told(identity: Identity, *, unread: bool = False) -> Select[tuple[NotificationRow]]:
    """What the person was told, last first."""
    statement = select(NotificationRow).where(
        NotificationRow.person_id == identity.person_id, NotificationRow.shown
    )
    if unread:
        statement = statement.where(NotificationRow.read_at.is_(None))
    return statement.order_by(NotificationRow.id.desc())


def unread_count(identity: Identity) -> int:
    """How many are not read yet: the bell's number."""
    statement = select(func.count()).select_from(told(identity, unread=True).order_by(None).subquery())
    return db.session.scalar(statement) or 0


def whats_new(identity: Identity, limit: int = 5) -> list[NotificationRow]:
    """«Quoi de neuf»: the last things told, for the home page (UTI-UTL-NOT-01)."""
    return list(db.session.scalars(told(identity).limit(limit)))


def mark_read(identity: Identity, ids: Collection[int] | None = None) -> list[int]:
    """Mark these, or everything, as read; return those that were not."""
    statement = update(NotificationRow).where(
        NotificationRow.person_id == identity.person_id,
        NotificationRow.read_at.is_(None),
        NotificationRow.shown,
    )
    if ids is not None:
        statement = statement.where(NotificationRow.id.in_(ids))
    with atomic() as session:
        marked = session.scalars(
            statement.values(read_at=now())
            .returning(NotificationRow.id)
            .execution_options(synchronize_session=False)
        ).all()
    return sorted(marked)


def mark_unread(identity: Identity, ids: Collection[int]) -> None:
    """Undo :func:`mark_read`."""
    with atomic() as session:
        session.execute(
            update(NotificationRow)
            .where(NotificationRow.person_id == identity.person_id, NotificationRow.id.in_(ids))
            .values(read_at=None)
            .execution_options(synchronize_session=False)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the grid: an event, and for each medium how often, or nothing when it does not exist."""

    event: Notification
    media: Mapping[str, str | None]


def events(identity: Identity) -> list[tuple[Service, list[Notification]]]:
    """The events of the services that are open to the person."""
    return [
        (service, list(service.notifications))
        for service in registry
        if service.notifications and service.open_to(identity)
    ]


def grid(identity: Identity) -> list[tuple[Service, list[Choice]]]:
    """What the person gets now, event by event and medium by medium."""
    chosen: Grid = {
        (row.event, row.medium): row.frequency
        for row in db.session.scalars(
            select(NotificationChoice).where(NotificationChoice.person_id == identity.person_id)
        )
    }
    proposed = proposals(identity.structure_id)
    return [
        (service, [Choice(event, _media(event, chosen, proposed)) for event in declared])
        for service, declared in events(identity)
    ]


def _media(event: Notification, chosen: Grid, proposed: Grid) -> dict[str, str | None]:
    return {
        medium: chosen.get(
            (event.name, medium), proposed.get((event.name, medium), default_frequency(event, medium))
        )
        if medium in event.media
        else None
        for medium in MEDIA
    }


def proposals(structure_id: int | None) -> Grid:
    """What a school proposes to its people."""
    value = preferences.value(DEFAULTS, None, structure_id) if structure_id else {}
    return {(event, medium): each for event, media in value.items() for medium, each in media.items()}


def checked(wanted: Grid, known: Mapping[str, Notification]) -> Grid:
    """The choices, or :class:`Invalid` when one of them is not possible."""
    for (name, medium), frequency in wanted.items():
        event = known.get(name)
        if event is None or medium not in event.media or frequency not in FREQUENCIES:
            raise Invalid(_("Ce choix n’existe pas : %(event)s par %(medium)s.", event=name, medium=medium))
        if medium == "portal" and frequency not in ("at_once", "never"):
            raise Invalid(_("Dans l’ENT, une notification s’affiche tout de suite ou jamais."))
        if event.mandatory and medium == "portal" and frequency == "never":
            raise Invalid(_("« %(label)s » s’affiche toujours dans l’ENT.", label=event.label))
    return wanted


def choose(identity: Identity, wanted: Grid) -> None:
    """Keep the person's choices; one that equals what is proposed is not kept, so that it follows the school."""
    known = {event.name: event for _service, declared in events(identity) for event in declared}
    proposed = proposals(identity.structure_id)
    rows = [
        {"person_id": identity.person_id, "event": name, "medium": medium, "frequency": frequency}
        for (name, medium), frequency in checked(wanted, known).items()
        if frequency != proposed.get((name, medium), default_frequency(known[name], medium))
    ]
    with atomic() as session:
        session.execute(
            delete(NotificationChoice)
            .where(NotificationChoice.person_id == identity.person_id, NotificationChoice.event.in_(known))
            .execution_options(synchronize_session=False)
        )
        if rows:
            session.execute(insert(NotificationChoice), rows)
        journal.record(identity, "notifications.choose", kind="notification_choice", count=len(rows))


def propose(identity: Identity, structure_id: int, wanted: Grid) -> None:
    """Set what a school proposes; the caller has checked the right to administer it."""
    known = {event.name: event for service in registry for event in service.notifications}
    value: dict[str, dict[str, str]] = {}
    for (name, medium), frequency in checked(wanted, known).items():
        if frequency != default_frequency(known[name], medium):
            value.setdefault(name, {})[medium] = frequency
    preferences.choose(identity, DEFAULTS, "structure", structure_id, value)


def school_grid(identity: Identity, structure_id: int) -> list[tuple[Service, list[Choice]]]:
    """What the school proposes now."""
    proposed = proposals(structure_id)
    return [
        (service, [Choice(event, _media(event, {}, proposed)) for event in declared])
        for service, declared in events(identity)
    ]
