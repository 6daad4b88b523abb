"""What leaves: due deliveries, grouped by person and medium, handed to the port of outgoing messages."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import delete, or_, select, tuple_

from preau.kernel import jobs
from preau.kernel.database import db, now
from preau.kernel.notify_models import NotificationDelivery, NotificationRow
from preau.kernel.ports.addresses import addresses
from preau.kernel.ports.mail_out import Message, mail_out
from preau.kernel.transaction import atomic

AT_ONCE = 500
# Read notifications are forgotten first.
KEPT_READ, KEPT = timedelta(days=60), timedelta(days=180)


@jobs.task("notify.deliver", lock="notify.deliver")
def deliver_job() -> None:
    """Send everything that is due, people by people."""
    while deliver(AT_ONCE):
        pass


def deliver(limit: int) -> int:
    """Send what is due to at most ``limit`` people; one transaction, so nothing leaves twice. Return how many."""
    due = NotificationDelivery.due_at <= now()
    with atomic() as session:
        people = session.execute(
            select(NotificationDelivery.person_id, NotificationDelivery.medium)
            .where(due)
            .distinct()
            .limit(limit)
        ).all()
        if not people:
            return 0
        which = tuple_(NotificationDelivery.person_id, NotificationDelivery.medium).in_(
            [tuple(each) for each in people]
        )
        rows = session.execute(
            select(
                NotificationDelivery.medium,
                NotificationDelivery.person_id,
                NotificationDelivery.digest,
                NotificationRow,
            )
            .join(NotificationRow, NotificationRow.id == NotificationDelivery.notification_id)
            .where(due, which)
            .order_by(NotificationDelivery.medium, NotificationDelivery.person_id, NotificationRow.id)
        ).all()
        for medium, of_medium in groupby(rows, key=lambda row: row.medium):
            _send(medium, list(of_medium))
        session.execute(
            delete(NotificationDelivery).where(due, which).execution_options(synchronize_session=False)
        )
    return len(people)


def _send(medium: str, rows: Sequence[Any]) -> None:
    reached = addresses().addresses(medium, {row.person_id for row in rows})
    messages: list[Message] = []
    for person_id, of_person in groupby(rows, key=lambda row: row.person_id):
        if person_id in reached:
            messages += compose(medium, reached[person_id], list(of_person))
    mail_out().send(*messages)


def compose(medium: str, to: str, rows: Sequence[Any]) -> list[Message]:
    """The messages of one person: each notification by itself, those of a summary together."""
    alone = [row.NotificationRow for row in rows if not row.digest]
    together = [row.NotificationRow for row in rows if row.digest]
    messages = [_alone(medium, to, each) for each in alone]
    if together:
        messages.append(_summary(medium, to, together))
    return messages


def _alone(medium: str, to: str, told: NotificationRow) -> Message:
    if medium == "mail":
        text = "\n\n".join(filter(None, [told.body or told.title, _link(told.url), _footer()]))
        return Message("mail", to, text, subject=told.title, person_id=told.person_id, kind=told.event)
    text = told.short if medium == "sms" else told.title
    return Message(medium, to, text, person_id=told.person_id, kind=told.event)


def _summary(medium: str, to: str, told: list[NotificationRow]) -> Message:
    subject = ngettext("%(num)s nouveauté dans votre ENT", "%(num)s nouveautés dans votre ENT", len(told))
    person_id, kind = told[0].person_id, "notifications.summary"
    if medium != "mail":
        return Message(
            medium, to, f"{subject}{_(' :')} {_link('/notifications/')}", person_id=person_id, kind=kind
        )
    lines = ["\n".join(filter(None, [f"• {each.title}", _link(each.url)])) for each in told]
    return Message(
        "mail", to, "\n\n".join([*lines, _footer()]), subject=subject, person_id=person_id, kind=kind
    )


def _link(url: str) -> str:
    site: str = current_app.config["SETTINGS"].public_url
    return site.rstrip("/") + url if url.startswith("/") else url


def _footer() -> str:
    choose: str = _("Choisir ce que vous recevez : %(url)s", url=_link("/notifications/preferences"))
    return f"--\n{choose}"


@jobs.task("notify.purge")
def purge_job() -> None:
    """Forget old notifications, those that were read first."""
    moment = now()
    old = or_(NotificationRow.read_at < moment - KEPT_READ, NotificationRow.created_at < moment - KEPT)
    with atomic():
        db.session.execute(delete(NotificationRow).where(old).execution_options(synchronize_session=False))
