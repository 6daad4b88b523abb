"""What is new for a person: their latest notifications, news of the school and of the académie first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, url_for
from sqlalchemy import ColumnElement, func, select

from preau.kernel.contract import Service, registry
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.notify_models import NotificationRow
from preau.socle.security.authentication import sessions
from preau.socle.security.models import SignInSession

SHOWN = 6
FIRST = "news."


@dataclass(frozen=True, slots=True)
class NewThing:
    """One line of «Quoi de neuf»."""

    title: str
    body: str
    url: str
    icon: str
    at: datetime
    unread: bool


@dataclass(frozen=True, slots=True)
class Since:
    """How many things a service told the person since their last visit."""

    label: str
    icon: str
    url: str
    count: int


def listen() -> None:
    """Have the bell's number and the latest notification read with the session."""
    sessions.read_along("unread", _unread)
    sessions.read_along("latest", _latest)


def _unread() -> ColumnElement[Any]:
    return (
        select(func.count())
        .where(
            NotificationRow.person_id == SignInSession.person_id,
            NotificationRow.read_at.is_(None),
            NotificationRow.shown,
        )
        .scalar_subquery()
    )


def _latest() -> ColumnElement[Any]:
    return (
        select(func.max(NotificationRow.id))
        .where(NotificationRow.person_id == SignInSession.person_id)
        .scalar_subquery()
    )


def mark() -> tuple[Any, Any]:
    """What moves when :func:`whats_new` would answer something else."""
    along = g.get("along", {})
    return along.get("unread"), along.get("latest")


def whats_new(identity: Identity) -> Sequence[NewThing]:
    """The latest things told to the person; none is asked for when none was ever told."""
    if g.get("along", {}).get("latest") is None:
        return ()
    rows = db.session.scalars(
        select(NotificationRow)
        .where(NotificationRow.person_id == identity.person_id, NotificationRow.shown)
        .order_by(NotificationRow.id.desc())
        .limit(SHOWN)
    ).all()
    found = [
        NewThing(row.title, row.body, row.url, _icon(row.event), row.created_at, row.read_at is None)
        for row in rows
    ]
    first = [row.event.startswith(FIRST) for row in rows]
    return [thing for _first, thing in sorted(zip(first, found, strict=True), key=lambda pair: not pair[0])]


def last_visit() -> datetime | None:
    """When the person signed in before this time, on whatever device."""
    said = g.session_row.data.get("since") if g.get("session_row") else None
    return datetime.fromisoformat(said) if said else None


def since_last_visit(identity: Identity) -> Sequence[Since]:
    """What each service told since then, in the order of the services."""
    since = last_visit()
    if since is None or g.get("along", {}).get("latest") is None:
        return ()
    name = func.split_part(NotificationRow.event, ".", 1)
    rows = db.session.execute(
        select(name, func.count())
        .where(
            NotificationRow.person_id == identity.person_id,
            NotificationRow.shown,
            NotificationRow.created_at > since,
        )
        .group_by(name)
    )
    counts = {service: count for service, count in rows}
    return [
        Since(str(service.label), service.icon, _entrance(service), counts[service.name])
        for service in registry
        if service.name in counts
    ]


def _entrance(service: Service) -> str:
    return url_for(service.tile.endpoint) if service.tile else "/notifications/"


def _icon(event: str) -> str:
    service = registry.services.get(event.partition(".")[0])
    return service.icon if service else "bell"
