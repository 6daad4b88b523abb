"""Who sees a group and who runs it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from preau.kernel.database import db, today
from preau.kernel.identity import Identity
from preau.kernel.rights import Access, Holds, Rule, When, Where
from preau.socle.directory.models import Group, Membership

MANAGERS = ("manager", "teacher")


@dataclass(frozen=True)
class InGroup(Rule):
    """The members, or those of some roles."""

    roles: tuple[str, ...] = ()

    def check(self, identity: Identity, obj: Any) -> bool:
        """Whether the identity is one of them."""
        return bool(db.session.scalar(select(self._any(identity, obj.id))))

    def where(self, identity: Identity, model: type[Any]) -> Where:
        """The same as SQL."""
        return self._any(identity, model.id)

    def _any(self, identity: Identity, group_id: Any) -> Where:
        found = exists().where(Membership.group_id == group_id, Membership.person_id == identity.person_id)
        return found.where(Membership.role.in_(self.roles)) if self.roles else found


# What a feed delivers is changed at its source.
OURS = When(
    lambda group: group.kind == "free" and group.source == "manual",
    lambda model: and_(model.kind == "free", model.source == "manual"),
)
ACCESS = Access(
    read=InGroup() | Holds("groups.administer"),
    write=(InGroup(("manager",)) | Holds("groups.administer")) & OURS,
)


def is_open(group: Group) -> bool:
    """Whether today is within the group's life."""
    day = today()
    return (group.starts_on is None or group.starts_on <= day) and (
        group.ends_on is None or group.ends_on >= day
    )


def open_now() -> ColumnElement[bool]:
    """The same in SQL; a group that has yet to begin is no closed one."""
    return or_(Group.ends_on.is_(None), Group.ends_on >= today())
