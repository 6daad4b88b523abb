"""From principals to rows: one statement tells everybody, each by the media and at the pace they chose.

A person's own choice wins; then what the person's school proposes; then what the service declares.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    DateTime,
    Integer,
    String,
    and_,
    case,
    column,
    func,
    insert,
    literal,
    select,
    true,
    values,
)

from preau.kernel import jobs, preferences
from preau.kernel.contract import Notification, registry
from preau.kernel.database import db, now
from preau.kernel.identity import Identity
from preau.kernel.notify_models import NotificationChoice, NotificationDelivery, NotificationRow
from preau.kernel.ports.principals import principals
from preau.kernel.preferences import SettingValue
from preau.kernel.tenancy import lifted

PARIS = ZoneInfo("Europe/Paris")
MONDAY = 0
# SMS and push wake people up.
WAKING = ("sms", "push")
HOURS = ["notifications.quiet_from", "notifications.quiet_until", "notifications.summary_hour"]
Proposals = dict[int, dict[str, str]]


def fan_out(
    identity: Identity, name: str, recipients: Collection[str], url: str, data: Mapping[str, Any]
) -> None:
    """Write a notification for each person behind the principals but the actor, and what must leave."""
    if not recipients:
        return
    declared = registry.notification(name)
    words = {key: str(value) for key, value in data.items()}
    title, body, short = (
        str(text).format(**words) for text in (declared.title, declared.body, declared.short)
    )
    moment = now()
    with lifted():  # people of other schools may be told; nobody's rows are shown to the actor
        members = principals().members(list(recipients)).subquery()
        who = select(members.c[0].label("person_id")).where(members.c[0] != identity.person_id).cte("who")
        schools = school_defaults(name)
        shown = frequency(declared, "portal", who.c.person_id, schools) != "never"
        told = (
            insert(NotificationRow)
            .from_select(
                ["person_id", "event", "title", "body", "short", "url", "created_at", "shown"],
                select(
                    who.c.person_id,
                    *(literal(text) for text in (name, title, body, short, url)),
                    literal(moment, DateTime(timezone=True)),
                    literal(True) if declared.mandatory else shown,  # noqa: FBT003 - SQL's true
                ),
                include_defaults=False,
            )
            .returning(NotificationRow.id, NotificationRow.person_id)
            .cte("told")
        )
        leaving = [medium for medium in declared.media if medium != "portal"]
        count = db.session.scalar(
            _deliveries(declared, told, leaving, moment, schools) if leaving else _count(told)
        )
    if count:
        jobs.defer(_deliver_job(), unique="notify.deliver")


def _deliver_job() -> Any:
    from preau.kernel.notify_delivery import deliver_job

    return deliver_job


def _count(told: CTE) -> Any:
    # The rows are written by the CTE; nothing else has to leave.
    return select(literal(0, Integer)).select_from(select(func.count()).select_from(told).subquery())


def _deliveries(
    declared: Notification, told: CTE, media: list[str], moment: datetime, schools: Proposals
) -> Any:
    hours = preferences.resolve(HOURS, None)
    summary = hours["notifications.summary_hour"]
    due = [
        (medium, frequency_, when)
        for medium in media
        for frequency_, when in (
            ("at_once", due_at(medium, moment, hours)),
            ("daily", next_summary(moment, summary)),
            ("weekly", next_summary(moment, summary, weekly=True)),
        )
    ]
    plan = values(
        column("medium", String),
        column("frequency", String),
        column("due_at", DateTime(timezone=True)),
        name="plan",
    ).data(due)
    wanted = case(
        *(
            (plan.c.medium == medium, frequency(declared, medium, told.c.person_id, schools))
            for medium in media
        ),
        else_="never",
    )
    written = (
        insert(NotificationDelivery)
        .from_select(
            ["notification_id", "person_id", "medium", "due_at", "digest"],
            select(told.c.id, told.c.person_id, plan.c.medium, plan.c.due_at, plan.c.frequency != "at_once")
            .select_from(told.join(plan, true()))
            .where(plan.c.frequency == wanted),
            include_defaults=False,
        )
        .returning(NotificationDelivery.medium)
        .cte("written")
    )
    return select(func.count()).select_from(written)


def frequency(declared: Notification, medium: str, person_id: Any, schools: Proposals) -> ColumnElement[str]:
    """How often a person gets the event by the medium, as SQL."""
    chosen = (
        select(NotificationChoice.frequency)
        .where(
            NotificationChoice.person_id == person_id,
            and_(NotificationChoice.event == declared.name, NotificationChoice.medium == medium),
        )
        .scalar_subquery()
    )
    default = literal(default_frequency(declared, medium))
    proposed: ColumnElement[str] = default
    by_frequency: dict[str, list[str]] = {}
    for structure_id, wanted in schools.items():
        if medium in wanted:
            by_frequency.setdefault(wanted[medium], []).append(f"structure:{structure_id}")
    if by_frequency:
        proposed = case(
            *(
                (person_id.in_(principals().members(keys)), wanted)
                for wanted, keys in sorted(by_frequency.items())
            ),
            else_=default,
        )
    return func.coalesce(chosen, proposed)


def default_frequency(declared: Notification, medium: str) -> str:
    """What the service declares for a medium."""
    return declared.default_frequency if medium in declared.default_media else "never"


def school_defaults(event: str) -> Proposals:
    """What schools propose instead: by structure id, by medium."""
    rows = db.session.execute(
        select(SettingValue.scope_id, SettingValue.value[event])
        .where(SettingValue.name == "notifications.defaults", SettingValue.level == "structure")
        .where(SettingValue.value.has_key(event))
    )
    return {structure_id: proposed for structure_id, proposed in rows}


def due_at(medium: str, moment: datetime, hours: Mapping[str, Any]) -> datetime:
    """When a message may leave at once: SMS and push wait for the end of quiet hours."""
    local = moment.astimezone(PARIS)
    quiet_from, quiet_until = hours["notifications.quiet_from"], hours["notifications.quiet_until"]
    if medium not in WAKING or quiet_until <= local.hour < quiet_from:
        return moment
    day = local.date() + timedelta(days=1 if local.hour >= quiet_from else 0)
    return datetime.combine(day, time(quiet_until), PARIS)


def next_summary(moment: datetime, hour: int, *, weekly: bool = False) -> datetime:
    """When the next summary leaves: at that hour in Paris, on a Monday for weekly ones."""
    local = moment.astimezone(PARIS)
    due = datetime.combine(local.date(), time(hour), PARIS)
    if due <= local:
        due += timedelta(days=1)
    while weekly and due.weekday() != MONDAY:
        due += timedelta(days=1)
    return due
