"""Who is in a group, and with which role (UTI-UTL-GRP-01)."""

from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import events, journal, rights
from preau.kernel.database import db
from preau.kernel.errors import Conflict, Invalid, Refused
from preau.kernel.identity import Identity
from preau.kernel.notify import notify
from preau.kernel.paging import Page, paged
from preau.kernel.ports.principals import principals
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.groups.models import GroupSheet, GroupToolRight, JoinRequest
from preau.services.utilities.groups.rules import is_open
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation
from preau.socle.security.authentication.sessions import rights_moved

ROLES = ("member", "manager")
MOST_MEMBERS = 2000


def url_of(group: Group) -> str:
    """The group's page."""
    return f"/groupes/{group.id}"


def sheet_of(group: Group) -> GroupSheet:
    """The group's sheet; one that is made here is added by whoever writes in it."""
    return db.session.get(GroupSheet, group.id) or GroupSheet(group_id=group.id, joining="closed")


def listed(group: Group) -> Select[tuple[Person, str]]:
    """Members with their role: managers first, then by name."""
    return (
        select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group.id)
        .order_by(Membership.role == "member", Person.last_name, Person.first_name)
    )


def page_of(group: Group, number: int, size: int = 50) -> Page:
    """One page of the members, for whoever may read the group."""
    with lifted():  # the members of a group across schools see who is in it with them
        return paged(listed(group), number, size, rows=True)


def ids(group: Group) -> list[int]:
    """The members' ids."""
    with lifted():  # members of other schools are members too
        return list(db.session.scalars(select(Membership.person_id).where(Membership.group_id == group.id)))


def role_of(identity: Identity, group: Group) -> str | None:
    """The identity's role in the group."""
    return db.session.scalar(
        select(Membership.role).where(
            Membership.group_id == group.id, Membership.person_id == identity.person_id
        )
    )


def add_members(identity: Identity, group: Group, keys: Collection[str]) -> int:
    """Add the people behind principals (a class, a profile, persons…); return how many are new."""
    rights.require(identity, "write", group)
    if not keys:
        message = _("Choisissez au moins une personne, une classe ou un groupe.")
        raise Invalid(message, {"principals": [message]})
    if set(keys) - principals().addressable(identity, keys):
        message = _("Certaines personnes ne sont pas à votre portée. Retirez-les puis recommencez.")
        raise Invalid(message, {"principals": [message]})
    people = principals().members(keys)
    if group.structure_id is not None:
        here = select(Profile.person_id).where(
            Profile.structure_id == group.structure_id, Profile.left_on.is_(None)
        )
        people = people.where(people.selected_columns[0].in_(here))
    with atomic():
        added = enrol(group, list(db.session.scalars(people.limit(MOST_MEMBERS + 1))))
        journal.record(identity, "groups.add_members", group, count=len(added))
        events.publish("groups.members_added", identity, group, people=added)
        _tell(identity, group, added)
    return len(added)


def _tell(identity: Identity, group: Group, people: Iterable[int]) -> None:
    notify(
        identity,
        "groups.added",
        [f"person:{each}" for each in people],
        url=url_of(group),
        name=group.name,
        actor=identity.name,
    )


def enrol(group: Group, people: Collection[int], role: str = "member") -> list[int]:
    """Write memberships, open the group to the members' schools, move rights; return who is new."""
    if len(people) + _count(group) > MOST_MEMBERS:
        message = _("Un groupe compte au plus %(count)s membres.", count=MOST_MEMBERS)
        raise Invalid(message, {"principals": [message]})
    if not people:
        return []
    statement = insert(Membership).values(
        [{"group_id": group.id, "person_id": each, "role": role} for each in people]
    )
    added = list(db.session.scalars(statement.on_conflict_do_nothing().returning(Membership.person_id)).all())
    db.session.execute(
        delete(JoinRequest).where(JoinRequest.group_id == group.id, JoinRequest.person_id.in_(people))
    )
    follow(group)
    rights_follow(added)
    return added


def _count(group: Group) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Membership).where(Membership.group_id == group.id))
        or 0
    )


def set_role(identity: Identity, group: Group, person_id: int, role: str) -> None:
    """Make somebody a manager, or a plain member again; one manager stays at least."""
    rights.require(identity, "write", group)
    if role not in ROLES:
        raise Invalid(_("Choisissez membre ou responsable."))
    with atomic() as session:
        if role == "member":
            _keep_one_manager(group, person_id)
        session.execute(
            update(Membership)
            .where(Membership.group_id == group.id, Membership.person_id == person_id)
            .values(role=role)
        )
        rights_follow([person_id])
        journal.record(identity, "groups.set_role", group, person=person_id, role=role)


def remove_member(identity: Identity, group: Group, person_id: int) -> None:
    """Take somebody out."""
    rights.require(identity, "write", group)
    with atomic():
        _remove(group, person_id)
        journal.record(identity, "groups.remove_member", group, person=person_id)
        events.publish("groups.members_removed", identity, group, people=[person_id])


def restore_member(identity: Identity, group: Group, person_id: int) -> None:
    """Undo :func:`remove_member`: the same person again, where the identity may add them."""
    add_members(identity, group, [f"person:{person_id}"])


def leave(identity: Identity, group: Group) -> None:
    """Go; the last manager names another one first."""
    rights.require(identity, "read", group)
    if group.kind != "free" or group.source != "manual":
        raise Refused(_("Cette classe ou ce groupe vient de l’annuaire : on n’en part pas soi-même."))
    with atomic():
        _remove(group, identity.person_id)
        journal.record(identity, "groups.leave", group)
        events.publish("groups.members_removed", identity, group, people=[identity.person_id])


def _remove(group: Group, person_id: int) -> None:
    _keep_one_manager(group, person_id)
    held = (Membership.group_id == group.id, Membership.person_id == person_id)
    db.session.execute(delete(Membership).where(*held))
    db.session.execute(
        delete(GroupToolRight).where(
            GroupToolRight.group_id == group.id, GroupToolRight.person_id == person_id
        )
    )
    follow(group)
    rights_follow([person_id])


def _keep_one_manager(group: Group, person_id: int) -> None:
    held = db.session.get(Membership, (group.id, person_id))
    if held is None or held.role != "manager":
        return
    others = db.session.scalar(
        select(literal(1))
        .where(
            Membership.group_id == group.id,
            Membership.role == "manager",
            Membership.person_id != person_id,
        )
        .limit(1)
    )
    if others is None:
        raise Conflict(_("Un groupe garde au moins un responsable. Nommez-en un autre d’abord."))


def follow(group: Group) -> None:
    """Keep ``open_to`` what it means: the schools of the members, and the group's own."""
    with lifted():  # a member's other schools are needed, whoever adds that member
        db.session.flush()
        people = select(Membership.person_id).where(Membership.group_id == group.id)
        each = func.unnest(Person.open_to)
        found = set(db.session.scalars(select(each).where(Person.id.in_(people)).distinct()))
        group.open_to = sorted(found | ({group.structure_id} if group.structure_id else set()))
        db.session.flush()


def rights_follow(people: Collection[int]) -> None:
    """Flatten again the rights of these people, and of those responsible for them."""
    if not people:
        return
    with lifted():  # guardians of a member may be of another school
        guardians = db.session.scalars(select(Relation.guardian_id).where(Relation.pupil_id.in_(people)))
        rights_moved(*{*people, *guardians})


def ask_to_join(identity: Identity, group: Group, message: str = "") -> None:
    """Ask the managers of a group that takes requests."""
    if sheet_of(group).joining != "request" or not is_open(group):
        raise Refused(_("Ce groupe ne prend pas de demande. Adressez-vous à ses responsables."))
    if role_of(identity, group) is not None:
        raise Conflict(_("Vous êtes déjà membre de ce groupe."))
    with atomic() as session:
        statement = insert(JoinRequest).values(
            group_id=group.id, person_id=identity.person_id, message=message[:500]
        )
        session.execute(statement.on_conflict_do_nothing())
        journal.record(identity, "groups.ask", group)
        notify(
            identity, "groups.asked", managers(group), url=url_of(group), name=group.name, actor=identity.name
        )


def managers(group: Group) -> list[str]:
    """The managers, as principals."""
    with lifted():  # a manager may be of another school
        found = db.session.scalars(
            select(Membership.person_id).where(Membership.group_id == group.id, Membership.role == "manager")
        )
        return [f"person:{each}" for each in found]


def requests(identity: Identity, group: Group) -> list[tuple[JoinRequest, Person]]:
    """Who asks to join."""
    rights.require(identity, "write", group)
    rows = db.session.execute(
        select(JoinRequest, Person)
        .join(Person, Person.id == JoinRequest.person_id)
        .where(JoinRequest.group_id == group.id)
        .order_by(JoinRequest.created_at)
    )
    return [(request, person) for request, person in rows]


def answer_request(identity: Identity, group: Group, person_id: int, *, accepted: bool) -> None:
    """Take somebody in, or not."""
    rights.require(identity, "write", group)
    with atomic() as session:
        asked = session.get(JoinRequest, (group.id, person_id))
        if asked is None:
            raise Conflict(_("Cette demande a déjà reçu une réponse."))
        session.delete(asked)
        session.flush()
        if accepted:
            _tell(identity, group, enrol(group, [person_id]))
        journal.record(identity, "groups.answer", group, person=person_id, accepted=accepted)
