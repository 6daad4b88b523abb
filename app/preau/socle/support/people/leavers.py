"""Those who left: disabled, then erased within three months (SOC-SUP-ABO-01, SOC-SUP-ABO-02)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from preau.kernel import jobs, journal
from preau.kernel.database import db, today
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile
from preau.socle.security.accounts.jobs import purge_due
from preau.socle.security.models import Account
from preau.socle.support.people.scope import PROJECT, within

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Leaver:
    """A person whose account is disabled and the day on which it will be erased."""

    uid: str
    name: str
    purge_on: date | None
    due: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a purge would do today."""

    leavers: list[Leaver]
    waiting: int
    due: int


def rehearse(identity: Identity) -> Rehearsal:
    """The dry run: who waits, who would be erased today; nothing is written."""
    theirs = select(Profile.person_id).where(within(identity, Profile.structure_id))
    disabled = (Account.state == "disabled", Account.purge_on.is_not(None), Account.person_id.in_(theirs))
    with lifted():
        waiting, due = db.session.execute(
            select(func.count(), func.count().filter(Account.purge_on <= today())).where(*disabled)
        ).one()
        rows = db.session.execute(
            select(Person.uid, Person.first_name, Person.last_name, Account.purge_on)
            .join(Account, Account.person_id == Person.id)
            .where(*disabled)
            .order_by(Account.purge_on, Person.last_name)
            .limit(SHOWN)
        ).all()
    leavers = [
        Leaver(uid, f"{first} {last}", day, due=day is not None and day <= today())
        for uid, first, last, day in rows
    ]
    return Rehearsal(leavers, waiting, due)


def run(identity: Identity) -> None:
    """Erase now what is due, rather than tonight."""
    require_permission(identity, PROJECT)
    with atomic():
        journal.record(identity, "people.purge", kind="account")
        jobs.defer(purge_due, unique="security.purge_due")
