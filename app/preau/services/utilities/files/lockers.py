"""Hand-in lockers («casiers»): a teacher opens one for a group, each pupil hands in and sees only their own."""

import uuid
from datetime import datetime, timedelta

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel import events, jobs, journal, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity, system
from preau.kernel.notify import notify
from preau.kernel.transaction import atomic
from preau.services.utilities.files.archives import Entry
from preau.services.utilities.files.models import HandIn, HandInFile, Locker
from preau.services.utilities.files.rules import groups_of, managed_groups
from preau.services.utilities.files.schemas import LockerIn
from preau.socle.directory.models import Group, Membership, Person

SOON = timedelta(hours=24)


def groups_to_open_for(identity: Identity) -> list[Group]:
    """Groups that the identity teaches or manages."""
    statement = select(Group).where(Group.id.in_(managed_groups(identity))).order_by(Group.name)
    return list(db.session.scalars(statement))


def open_locker(identity: Identity, data: LockerIn) -> Locker:
    """A locker for a group; its members are told."""
    rights.require_permission(identity, "files.lockers")
    group = _group(identity, data.group_id)
    with atomic() as session:
        locker = Locker(owner_id=identity.person_id, open_to=group.open_to, **data.model_dump())
        session.add(locker)
        session.flush()
        journal.record(identity, "files.open_locker", locker, structure_id=group.structure_id)
        _tell_group(identity, locker, "files.locker_opened")
        events.publish("files.locker_opened", identity, locker)
    return locker


def _group(identity: Identity, group_id: int) -> Group:
    if db.session.scalar(managed_groups(identity).where(Membership.group_id == group_id)) is None:
        message = _("Choisissez un groupe dont vous êtes responsable.")
        raise Invalid(message, {"group_id": [message]})
    return db.session.get_one(Group, group_id)


def _tell_group(speaker: Identity, locker: Locker, name: str) -> None:
    told = [f"group:{locker.group_id}"] if name == "files.locker_opened" else _late_pupils(locker)
    notify(
        speaker,
        name,
        told,
        url=f"/fichiers/casiers/{locker.id}",
        title=locker.title,
        due=format_datetime(locker.due_at, "EEEE d MMMM à HH:mm"),
        actor=speaker.name,
    )


def _late_pupils(locker: Locker) -> list[str]:
    handed = select(HandIn.owner_id).where(HandIn.locker_id == locker.id)
    waiting = _pupils(locker).where(Membership.person_id.not_in(handed))
    return [f"person:{person.id}" for person in db.session.scalars(waiting)]


def change_locker(identity: Identity, locker: Locker, data: LockerIn) -> None:
    """Change the title, the instructions, the date."""
    rights.require(identity, "write", locker)
    if data.group_id != locker.group_id:
        raise Invalid(_("Le groupe d’un casier ne se change pas : ouvrez-en un autre."))
    with atomic():
        for name, value in data.model_dump().items():
            setattr(locker, name, value)
        locker.reminded_at = None
        journal.record(identity, "files.change_locker", locker)


def close_locker(identity: Identity, locker: Locker) -> None:
    """Nothing more is handed in; what was stays."""
    rights.require(identity, "write", locker)
    with atomic():
        locker.closed_at = None if locker.closed_at else now()
        journal.record(identity, "files.close_locker", locker)


def delete_locker(identity: Identity, locker: Locker) -> None:
    """The locker and all that was handed in."""
    rights.require(identity, "write", locker)
    with atomic() as session:
        journal.record(identity, "files.delete_locker", locker)
        session.delete(locker)


def opened_by(identity: Identity) -> list[Locker]:
    """Lockers that the identity opened, the nearest date first."""
    statement = select(Locker).where(Locker.owner_id == identity.person_id)
    return list(db.session.scalars(statement.order_by(Locker.due_at.desc())))


def waiting_for(identity: Identity) -> list[tuple[Locker, HandIn | None]]:
    """Lockers of the identity's groups, each with what the identity handed in."""
    rows = db.session.execute(
        select(Locker, HandIn)
        .outerjoin(HandIn, (HandIn.locker_id == Locker.id) & (HandIn.owner_id == identity.person_id))
        .where(Locker.group_id.in_(groups_of(identity)), Locker.owner_id != identity.person_id)
        .order_by(Locker.due_at.desc())
    )
    return [(locker, hand_in) for locker, hand_in in rows]


def accepts(locker: Locker, moment: datetime | None = None) -> bool:
    """Whether a locker still takes what is handed in."""
    return locker.closed_at is None and (locker.late_accepted or (moment or now()) <= locker.due_at)


def _pupils(locker: Locker):  # noqa: ANN202 - a select, private
    return (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == locker.group_id, Membership.role == "member")
        .order_by(Person.last_name, Person.first_name)
    )


def roll(identity: Identity, locker: Locker) -> list[tuple[Person, HandIn | None, list[HandInFile]]]:
    """Each pupil of the group with what they handed in, in three queries."""
    rights.require(identity, "write", locker)
    made = {
        each.owner_id: each
        for each in db.session.scalars(select(HandIn).where(HandIn.locker_id == locker.id))
    }
    held: dict[uuid.UUID, list[HandInFile]] = {}
    ids = [each.id for each in made.values()]
    for file in db.session.scalars(
        select(HandInFile).where(HandInFile.hand_in_id.in_(ids)).order_by(HandInFile.name)
    ):
        held.setdefault(file.hand_in_id, []).append(file)
    return [
        (person, made.get(person.id), held.get(made[person.id].id, []) if person.id in made else [])
        for person in db.session.scalars(_pupils(locker))
    ]


def entries(identity: Identity, locker: Locker) -> list[Entry]:
    """All that was handed in, one folder for each pupil, for an archive."""
    return [
        (f"{person.last_name} {person.first_name}/{file.name}", file.created_at, file.blob, file.media_type)
        for person, made, held in roll(identity, locker)
        if made
        for file in held
        if not file.returned
    ]


@jobs.task("files.remind")
def remind() -> None:
    """Tell those who handed nothing in, a day before the date."""
    moment = now()
    soon = select(Locker).where(
        Locker.due_at.between(moment, moment + SOON), Locker.reminded_at.is_(None), Locker.closed_at.is_(None)
    )
    for locker in db.session.scalars(soon):
        with atomic():
            _tell_group(system("files.remind"), locker, "files.locker_due")
            locker.reminded_at = moment
