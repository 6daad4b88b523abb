"""The change of school year, read first as a dry run: classes dissolved, free groups kept.

A dissolved class keeps its files and messages under its name and year; its code is free for the next
feed, which brings the new classes and so promotes the pupils.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from preau.kernel import jobs, journal
from preau.kernel.database import db, now, today
from preau.kernel.errors import Conflict
from preau.kernel.identity import Identity, system
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Membership, Profile, Role, Teaching
from preau.socle.security.authentication.sessions import rights_moved
from preau.socle.support.people.models import YearChange
from preau.socle.support.people.scope import MANAGE

DISSOLVED = ("class", "teaching", "team")
ENDED_ROLES = ("form_teacher", "delegate", "parent_delegate")
AT_ONCE = 20
FIRST_MONTH = 7


def school_year() -> str:
    """The school year that is ending, as "2025-2026"; a new one begins in August."""
    day = today()
    first = day.year if day.month > FIRST_MONTH else day.year - 1
    return f"{first}-{first + 1}"


def _dissolved(structure_id: int) -> Any:
    return (
        Group.structure_id == structure_id,
        Group.kind.in_(DISSOLVED),
        Group.source != "manual",
        Group.ends_on.is_(None),
    )


def report(structure_id: int) -> dict[str, Any]:
    """What a change would do, in figures and names; nothing is written."""
    session = db.session
    classes = session.execute(
        select(Group.name, Group.kind, func.count(Membership.person_id))
        .outerjoin(Membership, Membership.group_id == Group.id)
        .where(*_dissolved(structure_id))
        .group_by(Group.id)
        .order_by(Group.name)
    ).all()
    kept = session.scalars(
        select(Group.name)
        .where(
            Group.structure_id == structure_id,
            Group.ends_on.is_(None),
            (Group.kind.not_in(DISSOLVED)) | (Group.source == "manual"),
        )
        .order_by(Group.name)
    ).all()
    return {
        "classes": [{"name": name, "kind": kind, "people": people} for name, kind, people in classes],
        "kept": list(kept)[:200],
        "kept_count": len(kept),
        "teachings": _count(Teaching, Teaching.structure_id == structure_id, Teaching.source != "manual"),
        "roles": _count(
            Role, Role.structure_id == structure_id, Role.name.in_(ENDED_ROLES), Role.ends_on.is_(None)
        ),
        "people": _count(Profile, Profile.structure_id == structure_id, Profile.left_on.is_(None)),
    }


def _count(model: type[Any], *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def rehearse(identity: Identity, structure_id: int) -> YearChange:
    """Write the dry run's report, for the administrator to read."""
    require_permission(identity, MANAGE, structure_id)
    with atomic() as session:
        found = report(structure_id)
        change = YearChange(
            structure_id=structure_id, year=school_year(), report=found, total_groups=len(found["classes"]),
            asked_by_id=identity.person_id,
        )  # fmt: skip
        session.add(change)
        session.flush()
        journal.record(identity, "people.rehearse_year", change)
    return change


def apply(identity: Identity, change: YearChange) -> None:
    """Do what was rehearsed, in a job."""
    require_permission(identity, MANAGE, change.structure_id)
    if change.state != "rehearsed":
        raise Conflict(_("Ce changement d’année est déjà demandé."))
    if report(change.structure_id) != change.report:
        raise Conflict(
            _("L’annuaire a changé depuis cette répétition : refaites-la et relisez-la avant d’appliquer.")
        )
    with atomic():
        change.state = "waiting"
        journal.record(identity, "people.apply_year", change)
        jobs.defer(apply_job, change_id=str(change.id))


@jobs.task("people.apply_year", queue="feeds")
def apply_job(change_id: str) -> None:
    """Dissolve classes some at a time; begun again after a stop, it goes on where it was."""
    with lifted():
        change = db.session.get_one(YearChange, change_id)
        while groups := db.session.scalars(
            select(Group).where(*_dissolved(change.structure_id)).order_by(Group.id).limit(AT_ONCE)
        ).all():
            with atomic():
                for group in groups:
                    _dissolve(group, change.year)
                change.done_groups += len(groups)
        with atomic() as session:
            session.execute(
                update(Role)
                .where(
                    Role.structure_id == change.structure_id,
                    Role.name.in_(ENDED_ROLES),
                    Role.ends_on.is_(None),
                )
                .values(ends_on=today())
            )
            change.state, change.done_at = "done", now()
            journal.record(
                system("changement d’année"), "people.year_changed", change, classes=change.done_groups
            )
        people = db.session.scalars(
            select(Profile.person_id).where(Profile.structure_id == change.structure_id).distinct()
        ).all()
        with atomic():
            rights_moved(*people)


def _dissolve(group: Group, year: str) -> None:
    session = db.session
    session.execute(delete(Teaching).where(Teaching.group_id == group.id))
    session.execute(delete(Membership).where(Membership.group_id == group.id, Membership.role == "member"))
    group.attributes = {**group.attributes, "code": group.code, "year": year}
    group.name, group.code, group.source, group.ends_on = f"{group.name} ({year})", "", "archive", today()
    session.flush()
