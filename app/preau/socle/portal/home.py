"""What the signed-in home shows. At most five queries, and none while nothing changed (SOC-POR-PPO-02/04)."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from preau.kernel.database import db, today
from preau.kernel.identity import Identity
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation, Structure
from preau.socle.portal.messages import messages_for
from preau.socle.portal.models import PortalMessage
from preau.socle.portal.whats_new import NewThing, Since, since_last_visit, whats_new

# People and classes move with the rights version, messages with the settings version, news with their mark.
LARGEST = 5000
KEPT_SECONDS = 300.0
_kept: dict[tuple[Any, ...], "Home"] = {}


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil whom the person is responsible for."""

    uid: str
    first_name: str
    name: str
    structure: str
    structure_id: int
    profile_id: int
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaughtGroup:
    """A class or group that the person teaches or manages."""

    uid: str
    name: str
    kind: str
    structure: str
    pupils: int


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the page but tiles."""

    messages: list[PortalMessage] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    groups: list[TaughtGroup] = field(default_factory=list)
    news: Sequence[NewThing] = ()
    since: Sequence[Since] = ()
    read_at: float = 0.0
    day: date | None = None


def home_of(identity: Identity, version: Any) -> Home:
    """The home of an identity; ``version`` moves when anything it is made of does."""
    key = (version, identity.person_id, identity.structure_id)
    kept = _kept.get(key)
    if kept and kept.day == today() and time.monotonic() - kept.read_at < KEPT_SECONDS:
        return kept
    if len(_kept) >= LARGEST:
        _kept.clear()
    _kept[key] = found = Home(
        messages=messages_for(identity),
        children=children_of(identity) if "guardian" in identity.kinds else [],
        groups=groups_of(identity) if identity.kinds & {"teacher"} else [],
        news=whats_new(identity),
        since=since_last_visit(identity),
        read_at=time.monotonic(),
        day=today(),
    )
    return found


def children_of(identity: Identity) -> list[Child]:
    """The person's children, each with their school and class, in one query."""
    group, member = aliased(Group), aliased(Membership)
    classes = (
        select(func.array_agg(group.name))
        .join(member, member.group_id == group.id)
        .where(member.person_id == Person.id, group.kind == "class", group.structure_id == Structure.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Person.uid, Person.first_name, Person.last_name, Structure.name, Structure.id, Profile.id, classes
        )
        .select_from(Relation)
        .join(Person, Person.id == Relation.pupil_id)
        .join(Profile, Profile.person_id == Person.id)
        .join(Structure, Structure.id == Profile.structure_id)
        .where(
            Relation.guardian_id == identity.person_id,
            or_(Relation.legal > 0, Relation.contact),
            Profile.kind == "pupil",
            Profile.left_on.is_(None),
        )
        .order_by(Person.birth_date.desc().nulls_last(), Person.first_name)
    )
    return [
        Child(uid, first, f"{first} {last}", school, school_id, profile_id, tuple(names or ()))
        for uid, first, last, school, school_id, profile_id, names in rows
    ]


def groups_of(identity: Identity) -> list[TaughtGroup]:
    """Classes and groups of the teacher in the chosen school, with the number of pupils, in one query."""
    mine, other = aliased(Membership), aliased(Membership)
    pupils = (
        select(func.count())
        .select_from(other)
        .where(other.group_id == Group.id, other.role == "member")
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Group.uid, Group.name, Group.kind, Structure.name, pupils)
        .join(mine, mine.group_id == Group.id)
        .outerjoin(Structure, Structure.id == Group.structure_id)
        .where(
            mine.person_id == identity.person_id,
            mine.role.in_(("teacher", "manager")),
            Group.kind.in_(("class", "teaching")),
            Group.structure_id == identity.structure_id,
        )
        .order_by(Group.kind, Group.name)
        .limit(60)
    )
    return [TaughtGroup(uid, name, kind, school or "", count or 0) for uid, name, kind, school, count in rows]


def forget() -> None:
    """Read everything again at the next request of this process."""
    _kept.clear()
