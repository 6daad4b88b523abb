"""Periodic work of groups: a reminder before the end, and what an end means for rights."""

from datetime import timedelta

from sqlalchemy import select

from preau.kernel import events, jobs, journal, preferences
from preau.kernel.database import db, now, today
from preau.kernel.identity import system
from preau.kernel.notify import notify
from preau.kernel.transaction import atomic
from preau.services.utilities.groups import members
from preau.services.utilities.groups.models import GroupSheet
from preau.socle.directory.models import Group

FARTHEST = 90


@jobs.task("groups.follow_lifetimes")
def follow_lifetimes() -> None:
    """Remind managers of ends that come, and close what ended (UTI-UTL-GRP-01)."""
    _remind()
    _close()
    _begin()


def _remind() -> None:
    soon = select(Group).where(
        Group.kind == "free", Group.ends_on >= today(), Group.ends_on <= today() + timedelta(days=FARTHEST)
    )
    for group in db.session.scalars(soon).all():
        days = preferences.value("groups.remind_days", None, group.structure_id)
        sheet = members.sheet_of(group)
        if group.ends_on > today() + timedelta(days=days) or sheet.reminded_for == group.ends_on:
            continue
        with atomic() as session:
            sheet.reminded_for = group.ends_on
            session.add(sheet)
            notify(
                system("groups"),
                "groups.end_near",
                members.managers(group),
                url=members.url_of(group),
                name=group.name,
                date=f"{group.ends_on:%d/%m/%Y}",
            )


def _close() -> None:
    over = (
        select(Group)
        .outerjoin(GroupSheet, GroupSheet.group_id == Group.id)
        .where(Group.kind == "free", Group.ends_on < today(), GroupSheet.closed_at.is_(None))
    )
    for group in db.session.scalars(over).all():
        with atomic() as session:
            sheet = members.sheet_of(group)
            sheet.closed_at, sheet.ended_on = now(), group.ends_on
            session.add(sheet)
            members.rights_follow(members.ids(group))
            journal.record(system("groups"), "groups.end", group)
            events.publish("groups.closed", system("groups"), group)


def _begin() -> None:
    for group in db.session.scalars(select(Group).where(Group.kind == "free", Group.starts_on == today())):
        members.rights_follow(members.ids(group))
    db.session.commit()
