"""Read the journal of authentication and rights: by its authorised readers, in their schools. SOC-SEC-APS-03/04."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Select, delete, or_, select, text

from preau.kernel import preferences
from preau.kernel.database import SCHOOL_ZONE, db, now
from preau.kernel.identity import Identity
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person
from preau.socle.security.models import Account
from preau.socle.security.policy.models import SecurityAlert
from preau.socle.security.words import ACTIONS

PERMISSION = "security.journal"
MOST_EXPORTED = 50_000
SUBJECTS = {
    "sign_in": ("sign_in", "sign_out", "step_up", "device", "unusual", "locked", "spraying"),
    "accounts": ("account", "activation", "batch", "sheets", "class_door"),
    "means": ("password", "second_factor", "recovery", "app_password", "code_sent", "charter"),
    "rights": ("grant", "delegate", "permission", "role"),
}


class JournalFilter(BaseModel):
    """What is looked for."""

    q: str = Field("", max_length=100)
    subject: str = Field("", max_length=20)
    since: date | None = None
    until: date | None = None


WATCHED = ("security", "partners")


def entries(identity: Identity, wanted: JournalFilter) -> Select[JournalEntry]:
    """Lines of authentication, rights and sign-on in the schools where the identity may read them, last first."""
    statement = select(JournalEntry).where(
        or_(*(JournalEntry.action.startswith(f"{service}.") for service in WATCHED))
    )
    if not identity.everywhere:
        statement = statement.where(JournalEntry.structure_id.in_(identity.structures_with(PERMISSION)))
    if wanted.subject in SUBJECTS:
        prefixes = SUBJECTS[wanted.subject]
        statement = statement.where(
            or_(*(JournalEntry.action.startswith(f"security.{prefix}") for prefix in prefixes))
        )
    if wanted.since:
        statement = statement.where(JournalEntry.at >= _start(wanted.since))
    if wanted.until:
        statement = statement.where(JournalEntry.at < _start(wanted.until + timedelta(days=1)))
    if wanted.q:
        people = _people(wanted.q)
        statement = statement.where(
            or_(
                JournalEntry.actor_id.in_([person.id for person in people]),
                JournalEntry.object_key.in_([wanted.q, *(person.uid for person in people)]),
                JournalEntry.origin == wanted.q,
            )
        )
    return statement.order_by(JournalEntry.id.desc())


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), SCHOOL_ZONE)


def _people(typed: str) -> list[Person]:
    words = typed.lower().translate(str.maketrans("%_\\", "   ")).split()[:4]
    statement = select(Person).outerjoin(Account, Account.person_id == Person.id)
    for word in words:
        statement = statement.where(
            or_(
                Person.last_name.ilike(f"%{word}%"),
                Person.first_name.ilike(f"%{word}%"),
                Account.login == word,
            )
        )
    return list(db.session.scalars(statement.limit(200))) if words else []


def names_of(lines: list[JournalEntry]) -> dict[str, str]:
    """Names by uid of the people that lines speak of, as far as the reader may see them."""
    uids = {line.object_key for line in lines} | {line.actor for line in lines}
    return {
        row.uid: f"{row.first_name} {row.last_name}"
        for row in db.session.execute(
            select(Person.uid, Person.first_name, Person.last_name).where(Person.uid.in_(uids))
        )
    }


def as_csv(statement: Select[JournalEntry]) -> Iterator[str]:
    """The lines as CSV (RFC 4180, semicolon and UTF-8 with its mark, as a French spreadsheet opens it)."""
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow(["date", "action", "libellé", "auteur", "objet", "adresse", "détails"])
    for line in db.session.scalars(statement.limit(MOST_EXPORTED)).all():
        details = ", ".join(f"{name}={value}" for name, value in line.details.items())
        label = str(ACTIONS.get(line.action, line.action))
        cells = [line.at.isoformat(), line.action, label, line.actor, line.object_key, line.origin, details]
        writer.writerow([_harmless(cell) for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet does not run."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def alerts(identity: Identity, *, handled: bool) -> Select[SecurityAlert]:
    """Alerts that the identity watches over, last first."""
    statement = select(SecurityAlert)
    if not identity.everywhere:
        statement = statement.where(SecurityAlert.structure_id.in_(identity.structures_with(PERMISSION)))
    done = SecurityAlert.handled_at.is_not(None) if handled else SecurityAlert.handled_at.is_(None)
    return statement.where(done).order_by(SecurityAlert.created_at.desc())


def forget_old() -> int:
    """Drop alerts, counters and origins whose time is over (CNIL: six months to a year)."""
    limit = now() - timedelta(days=preferences.value("security.alert_days"))
    with lifted(), atomic() as session:
        session.execute(text("DELETE FROM throttle WHERE since < :day"), {"day": now() - timedelta(days=2)})
        session.execute(text("DELETE FROM known_origin WHERE seen_at < :limit"), {"limit": limit})
        gone = session.execute(delete(SecurityAlert).where(SecurityAlert.created_at < limit))
        return int(gone.rowcount)  # type: ignore[attr-defined]
