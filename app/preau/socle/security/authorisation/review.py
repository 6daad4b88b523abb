"""The turn of the day: rights that start or end move, and a delegation falls with its author's own right."""

from datetime import date, timedelta

from sqlalchemy import or_, select

from preau.kernel.database import today
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile, Role
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.authorisation.operations import rights_moved_for
from preau.socle.security.models import Account, Grant, ProjectRole


def review(day: date | None = None) -> int:
    """Every night: what starts or ends today moves rights; a delegation falls with its author's own right."""
    day, moved = day or today(), set()
    with lifted(), atomic() as session:
        yesterday = day - timedelta(days=1)
        turning = or_(Grant.starts_on == day, Grant.ends_on == yesterday)
        moved |= set(session.scalars(select(Grant.principal).where(turning)))
        for model in (Role, Profile, ProjectRole):
            dated = or_(model.starts_on == day, model.ends_on == yesterday)
            moved |= {f"person:{id_}" for id_ in session.scalars(select(model.person_id).where(dated))}
        for author in session.scalars(
            select(Grant.delegated_by_id)
            .where(Grant.delegated_by_id.is_not(None), ~Grant.suspended)
            .distinct()
        ).all():
            account = session.get(Account, author)
            held = (
                flatten(account.person_id).grants
                if account is not None and account.state == "active"
                else frozenset()
            )
            for grant in session.scalars(
                select(Grant).where(Grant.delegated_by_id == author, ~Grant.suspended)
            ):
                if f"{grant.permission}@{grant.structure_id}" not in held:
                    grant.suspended = True
                    moved.add(grant.principal)
        if moved:
            rights_moved_for(moved)
    return len(moved)
