"""Reading usage: by service, profile, day and hour, for the structures one administers (SDET 10.2.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.statistics import PAGES, UsageHour

PARIS = ZoneInfo("Europe/Paris")
PERMISSION = "statistics.read"
PERIODS = {"jour": 1, "semaine": 7, "mois": 31, "annee": 366}


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show: the days, and one structure or all those of the reader."""

    since: date
    until: date
    structure_id: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart."""

    key: str
    label: str
    value: int
    share: float


def asked(identity: Identity, period: str, structure_id: int | None, today: date | None = None) -> Asked:
    """The request of a page, if the identity may read it."""
    today = today or datetime.now(PARIS).date()
    if not identity.everywhere or structure_id is None:
        require_permission(identity, PERMISSION, structure_id)
    days = PERIODS.get(period, PERIODS["mois"])
    return Asked(today - timedelta(days=days - 1), today, structure_id)


def where(identity: Identity, what: Asked) -> list[ColumnElement[bool]]:
    """Conditions on the counts that may be read."""
    start = datetime.combine(what.since, time.min, PARIS)
    end = datetime.combine(what.until + timedelta(days=1), time.min, PARIS)
    conditions: list[ColumnElement[bool]] = [UsageHour.hour >= start, UsageHour.hour < end]
    if what.structure_id is not None:
        conditions.append(UsageHour.structure_id == what.structure_id)
    elif not identity.everywhere:
        conditions.append(UsageHour.structure_id.in_(identity.structures_with(PERMISSION)))
    return conditions


def by(
    identity: Identity, what: Asked, column: Any, labels: dict[str, str], counter: str = PAGES
) -> list[Bar]:
    """Totals by a column, largest first, each with its share of the largest."""
    total = func.sum(UsageHour.count)
    rows = db.session.execute(
        select(column, total)
        .where(*where(identity, what), UsageHour.counter.endswith(f".{counter}"))
        .group_by(column)
        .order_by(total.desc())
    ).all()
    return bars([(str(key), labels.get(str(key), str(key)), int(value)) for key, value in rows])


def by_hour(identity: Identity, what: Asked) -> list[Bar]:
    """Pages by hour of the day in Paris, the twenty-four of them."""
    hour = func.extract("hour", func.timezone("Europe/Paris", UsageHour.hour))
    rows = db.session.execute(
        select(hour, func.sum(UsageHour.count))
        .where(*where(identity, what), UsageHour.counter.endswith(f".{PAGES}"))
        .group_by(hour)
    ).all()
    found = {int(key): int(value) for key, value in rows}
    return bars([(str(each), f"{each} h", found.get(each, 0)) for each in range(24)])


def counters(identity: Identity, what: Asked) -> list[Bar]:
    """What services count beside their pages."""
    labels = {
        counter.name: f"{service.label} – {counter.label}"
        for service in registry
        for counter in service.counters
    }
    rows = db.session.execute(
        select(UsageHour.counter, func.sum(UsageHour.count))
        .where(*where(identity, what), UsageHour.counter.in_(labels))
        .group_by(UsageHour.counter)
        .order_by(UsageHour.counter)
    ).all()
    return bars([(name, labels[name], int(value)) for name, value in rows])


def bars(rows: Sequence[tuple[str, str, int]]) -> list[Bar]:
    """Bars, each with its share of the largest (0 to 1)."""
    largest = max((value for _key, _label, value in rows), default=0)
    return [Bar(key, label, value, value / largest if largest else 0.0) for key, label, value in rows]


def lines(identity: Identity, what: Asked) -> list[tuple[Any, ...]]:
    """Every count of the request, for a spreadsheet: hour, service, counter, profile, structure, channel, count."""
    return [
        (
            row.hour.astimezone(PARIS),
            row.service,
            row.counter,
            row.profile,
            row.structure_id,
            row.channel,
            row.count,
        )
        for row in db.session.scalars(
            select(UsageHour)
            .where(*where(identity, what))
            .order_by(
                UsageHour.hour,
                UsageHour.service,
                UsageHour.counter,
                UsageHour.profile,
                UsageHour.structure_id,
            )
        )
    ]
