"""Making and running groups (UTI-UTL-GRP-01, UTI-UTL-GRP-03)."""

import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from preau.kernel import events, journal, rights
from preau.kernel.database import db, now, today
from preau.kernel.errors import Conflict, Invalid, NotFound, Refused
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.groups import limits, members
from preau.services.utilities.groups.members import sheet_of
from preau.services.utilities.groups.models import GroupSheet
from preau.services.utilities.groups.rules import OURS, open_now
from preau.services.utilities.groups.schemas import GroupIn
from preau.services.utilities.groups.tools import chosen, level_of, require_level
from preau.socle.directory.models import Group, Membership, Structure

# What a service that is a group tool asks: see :mod:`preau.services.utilities.groups.tools`.
__all__ = ["chosen", "level_of", "require_level"]

CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 10


def own_groups(identity: Identity) -> Select[tuple[Group]]:
    """The groups, classes and teams that the identity is in and that live, by name."""
    mine = select(Membership.group_id).where(Membership.person_id == identity.person_id)
    return select(Group).where(Group.id.in_(mine), open_now()).order_by(Group.name, Group.id)


def joinable(identity: Identity, text: str = "") -> Select[tuple[Group]]:
    """Groups of the identity's schools that take requests, and that it is not in."""
    mine = select(Membership.group_id).where(Membership.person_id == identity.person_id)
    statement = (
        select(Group)
        .join(GroupSheet, GroupSheet.group_id == Group.id)
        .where(GroupSheet.joining == "request", Group.id.not_in(mine), open_now())
        .where(Group.structure_id.in_(identity.structures))
    )
    for word in text.split()[:4]:
        statement = statement.where(Group.name.icontains(word, autoescape=True))
    return statement.order_by(Group.name, Group.id)


def closed_groups(identity: Identity) -> Select[tuple[Group]]:
    """Groups that the identity runs and whose life is over, the last closed first."""
    return (
        rights.allowed(identity, Group, "write")
        .where(Group.ends_on < today())
        .order_by(Group.ends_on.desc(), Group.name)
    )


def administered(identity: Identity, text: str = "") -> Select[tuple[Group]]:
    """Every group made by hand in the schools that the identity administers."""
    statement = select(Group).where(
        Group.structure_id.in_(identity.structures_with("groups.administer")), OURS.where(identity, Group)
    )
    for word in text.split()[:4]:
        statement = statement.where(Group.name.icontains(word, autoescape=True))
    return statement.order_by(Group.name, Group.id)


def schools(identity: Identity) -> list[tuple[int, str]]:
    """Structures in which the identity may make groups."""
    held = identity.structures_with("groups.create")
    rows = db.session.execute(
        select(Structure.id, Structure.name).where(Structure.id.in_(held)).order_by(Structure.name)
    )
    return [(id_, name) for id_, name in rows]


def create_group(identity: Identity, data: GroupIn) -> Group:
    """A group run by the identity, inside a school or across schools."""
    _require_creation(identity, data.structure_id)
    with atomic() as session:
        group = Group(
            uid=f"L{secrets.token_hex(8)}",
            kind="free",
            source="manual",
            owner_id=identity.person_id,
            open_to=sorted({data.structure_id} if data.structure_id else identity.structures),
        )
        _write(group, data)
        session.add(group)
        session.flush()
        session.add(Membership(group_id=group.id, person_id=identity.person_id, role="manager"))
        session.flush()
        write_joining(group, data.joining)
        members.follow(group)
        members.rights_follow([identity.person_id])
        journal.record(identity, "groups.create", group)
        events.publish("groups.created", identity, group)
    return group


def _require_creation(identity: Identity, structure_id: int | None) -> None:
    permission = "groups.create" if structure_id else "groups.across"
    if not identity.can(permission, structure_id):
        message = _("Vous ne pouvez pas créer de groupe ici. Choisissez un autre établissement.")
        raise Invalid(message, {"structure_id": [message]})
    most = limits.most_groups(identity, structure_id)
    if running(identity) >= most:
        raise Invalid(
            _(
                "Vous avez déjà %(count)s groupes, le plus possible. Fermez-en un avant d’en créer.",
                count=most,
            )
        )


def running(identity: Identity) -> int:
    """How many living groups the identity has made."""
    statement = select(func.count()).select_from(Group)
    return (
        db.session.scalar(
            statement.where(
                Group.owner_id == identity.person_id,
                open_now(),
                Group.kind == "free",
                Group.source == "manual",
            )
        )
        or 0
    )


def change_group(identity: Identity, group: Group, data: GroupIn) -> None:
    """Change its name, its life or how one joins; its school stays."""
    rights.require(identity, "write", group)
    if data.structure_id != group.structure_id:
        message = _("Un groupe ne change pas d’établissement. Créez-en un autre.")
        raise Invalid(message, {"structure_id": [message]})
    with atomic():
        _write(group, data)
        write_joining(group, data.joining)
        sheet = sheet_of(group)
        if group.ends_on is None or group.ends_on >= today():
            sheet.closed_at = None
        db.session.add(sheet)
        db.session.flush()
        members.rights_follow(members.ids(group))
        journal.record(identity, "groups.change", group)
        events.publish("groups.changed", identity, group)


def _write(group: Group, data: GroupIn) -> None:
    group.structure_id = data.structure_id
    group.name, group.description = data.name, data.description
    group.starts_on, group.ends_on = data.starts_on, data.ends_on


def write_joining(group: Group, joining: str) -> None:
    """How one joins; a code is made when one is wanted and there is none."""
    sheet = sheet_of(group)
    sheet.joining = joining
    if joining == "code" and sheet.code is None:
        sheet.code = "".join(secrets.choice(CODE_LETTERS) for _each in range(CODE_LENGTH))
    elif joining != "code":
        sheet.code = None
    db.session.add(sheet)
    db.session.flush()


def close_group(identity: Identity, group: Group) -> None:
    """End its life today: members lose what it opened, nothing is deleted."""
    rights.require(identity, "write", group)
    with atomic():
        sheet = sheet_of(group)
        sheet.closed_at, sheet.ended_on = now(), group.ends_on
        group.ends_on = today() - timedelta(days=1)
        if group.starts_on is not None and group.starts_on > group.ends_on:
            group.starts_on = group.ends_on
        db.session.add(sheet)
        members.rights_follow(members.ids(group))
        journal.record(identity, "groups.close", group)
        events.publish("groups.closed", identity, group)


def reopen_group(identity: Identity, group: Group) -> None:
    """Bring it back with the end it had, or none when that is over too."""
    rights.require(identity, "write", group)
    with atomic():
        sheet = sheet_of(group)
        former = sheet.ended_on
        group.ends_on = former if former is not None and former >= today() else None
        sheet.closed_at, sheet.ended_on, sheet.reminded_for = None, None, None
        db.session.add(sheet)
        members.rights_follow(members.ids(group))
        journal.record(identity, "groups.reopen", group)
        events.publish("groups.reopened", identity, group)


def delete_group(identity: Identity, group: Group) -> None:
    """For good, with what only it held; it must be closed first."""
    rights.require(identity, "delete", group)
    if group.ends_on is None or group.ends_on >= today():
        raise Conflict(_("Fermez d’abord ce groupe : ses membres verront qu’il s’arrête."))
    with atomic() as session:
        journal.record(identity, "groups.delete", group)
        events.publish("groups.deleted", identity, group)
        session.delete(group)


def group_of_code(code: str) -> Group:
    """The group that a code opens, or :class:`NotFound`."""
    with lifted():  # the code is what opens the group to people of other schools
        group = db.session.scalar(
            select(Group)
            .join(GroupSheet, GroupSheet.group_id == Group.id)
            .where(GroupSheet.code == code.strip().lower(), GroupSheet.joining == "code", open_now())
        )
    if group is None:
        raise NotFound(
            _("Ce code n’ouvre aucun groupe. Vérifiez-le auprès de la personne qui vous l’a donné.")
        )
    return group


def join_by_code(identity: Identity, code: str) -> Group:
    """Become a member of the group that a code opens."""
    group = group_of_code(code)
    if group.structure_id is not None and group.structure_id not in identity.structures:
        raise Refused(_("Ce groupe est réservé aux personnes de son établissement."))
    with lifted(), atomic():  # the visitor becomes one of those who see the group only by this
        members.enrol(group, [identity.person_id])
        journal.record(identity, "groups.join", group)
        events.publish("groups.joined", identity, group)
    return group
