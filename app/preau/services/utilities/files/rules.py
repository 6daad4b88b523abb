"""Who may do what with folders, files and hand-ins (UTI-UTL-ESF-06, UTI-UTL-ESF-08)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, literal, select

from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.rights import Access, Owner, Rule, When, Where
from preau.kernel.traits.nested import SharedAbove
from preau.services.utilities.files.models import HandIn, Locker, Node, Space
from preau.socle.directory.models import Membership

MANAGERS = ("manager", "teacher")


def managed_groups(identity: Identity) -> Select[tuple[int]]:
    """Groups whose space the identity manages."""
    return select(Membership.group_id).where(
        Membership.person_id == identity.person_id, Membership.role.in_(MANAGERS)
    )


def managers_of(group_id: int) -> list[int]:
    """The people who manage a group's space."""
    statement = select(Membership.person_id).where(
        Membership.group_id == group_id, Membership.role.in_(MANAGERS)
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class ManagesSpace(Rule):
    """The managers of the group whose space it is."""

    def check(self, identity: Identity, obj: Any) -> bool:
        if obj.owner_id is not None:
            return False
        return bool(db.session.scalar(select(literal(obj.space_id).in_(self._spaces(identity)))))

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return model.space_id.in_(self._spaces(identity))  # type: ignore[no-any-return]

    def _spaces(self, identity: Identity) -> Select[Any]:
        return select(Space.id).where(Space.group_id.in_(managed_groups(identity)))


@dataclass(frozen=True)
class OpenedLocker(Rule):
    """The person who opened the locker of a hand-in."""

    def check(self, identity: Identity, obj: Any) -> bool:
        return bool(db.session.scalar(select(self._any(identity, obj.locker_id))))

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return self._any(identity, model.locker_id)

    def _any(self, identity: Identity, locker_id: Any) -> Where:
        return exists().where(Locker.id == locker_id, Locker.owner_id == identity.person_id)


@dataclass(frozen=True)
class InGroup(Rule):
    """The members of the group of a locker."""

    def check(self, identity: Identity, obj: Any) -> bool:
        return f"group:{obj.group_id}" in identity.principals

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return model.group_id.in_(groups_of(identity))  # type: ignore[no-any-return]


def groups_of(identity: Identity) -> list[int]:
    """Ids of the groups that the identity is in."""
    parts = (principal.split(":") for principal in identity.principals)
    return sorted(int(part[1]) for part in parts if part[0] == "group" and len(part) == 2)  # noqa: PLR2004


_there = When(lambda node: node.trashed_at is None, lambda model: model.trashed_at.is_(None))
_full = Owner() | ManagesSpace()
NODE = Access(
    read=_full | (SharedAbove("read") & _there),
    write=_full | (SharedAbove("write") & _there),
    delete=_full
    | (SharedAbove("manage") & _there)
    | (SharedAbove("write") & Owner("created_by_id") & _there),
)
LOCKER = Access(read=Owner() | InGroup(), write=Owner())
HAND_IN = Access(read=Owner() | OpenedLocker(), write=Owner() | OpenedLocker())
GUARDED = {Node: NODE, Locker: LOCKER, HandIn: HAND_IN}
