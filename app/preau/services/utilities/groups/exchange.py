"""Format of groups (UTI-UTL-GRP-06, UTI-UTL-GRP-07, SOC-INT-IED)."""

import secrets
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import delete, exists, select

from preau.kernel import rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import principals
from preau.services.utilities.groups import limits, members, operations
from preau.services.utilities.groups.models import GroupSheet, GroupTool, GroupToolRight
from preau.socle.directory.models import Group, Membership


class MemberV1(BaseModel):
    """A member: the person's uid, the role, and what was decided for that person, by tool."""

    person: str
    role: str
    rights: dict[str, str] = {}


class ToolV1(BaseModel):
    """A tool: the service's name, what members may do, a quota in octets."""

    service: str
    level: str
    quota: int | None = None


class GroupV1(BaseModel):
    """A group made by hand. ``structure`` is empty for one across schools; ``ends_on`` is included."""

    structure: str = ""
    name: str = Field(min_length=1, max_length=120)
    description: str = Field(default="", max_length=2000)
    starts_on: date | None = None
    ends_on: date | None = None
    joining: str = "closed"
    members: list[MemberV1] = Field(default=[], max_length=members.MOST_MEMBERS)
    tools: list[ToolV1] = Field(default=[], max_length=100)


def export_groups(identity: Identity, scope: Scope) -> Iterator[Item]:
    """The groups one runs; one group; or those of a school."""
    del identity
    run = exists().where(
        Membership.group_id == Group.id,
        Membership.role == "manager",
        Membership.person_id == (scope.person_id or 0),
    )
    wanted = {
        "person": run,
        "group": scope.of_groups(Group.id),
        "structure": scope.within(Group.structure_id),
        "everything": Group.id > 0,
    }[scope.kind]
    rows = select(Group).where(wanted, Group.kind == "free", Group.source == "manual").order_by(Group.uid)
    for group in db.session.scalars(rows):
        yield _item(group, scope)


def _item(group: Group, scope: Scope) -> Item:
    sheet = db.session.get(GroupSheet, group.id)
    decided: dict[int, dict[str, str]] = {}
    for right in db.session.scalars(select(GroupToolRight).where(GroupToolRight.group_id == group.id)):
        decided.setdefault(right.person_id, {})[right.service] = right.level
    people = db.session.execute(
        select(Membership.person_id, Membership.role).where(Membership.group_id == group.id)
    ).all()
    listed = [
        MemberV1(
            person=scope.refs.person_uid(person_id),
            role=role,
            rights=dict(sorted(decided.get(person_id, {}).items())),
        )
        for person_id, role in people
    ]
    tools = db.session.scalars(
        select(GroupTool).where(GroupTool.group_id == group.id).order_by(GroupTool.service)
    )
    return Item(
        key=group.uid,
        data=GroupV1(
            structure=scope.refs.structure_key(group.structure_id),
            name=group.name,
            description=group.description,
            starts_on=group.starts_on,
            ends_on=group.ends_on,
            joining=sheet.joining if sheet else "closed",
            members=sorted(listed, key=lambda each: each.person),
            tools=[ToolV1(service=each.service, level=each.level, quota=each.quota) for each in tools],
        ),
        title=group.name,
        path=f"/groupes/uid/{group.uid}",
        rights=[f"group:{group.uid}"],
        created_at=group.created_at,
        updated_at=group.updated_at,
    )


def find_group(identity: Identity, item: Imported, context: Context) -> Group | None:
    """The group of that uid, when the importer may change it."""
    group = db.session.scalar(select(Group).where(Group.uid == item.key))
    if group is None or group.kind != "free" or group.source != "manual":
        return None
    return group if not context.personal or rights.may(identity, "write", group) else None


def import_group(identity: Identity, item: Imported, context: Context) -> Group | None:
    """The group with its members and tools; in personal data, within what the importer may do."""
    data: GroupV1 = item.data
    structure_id = context.structure(data.structure)
    if data.structure and structure_id is None:
        return None
    group: Group = item.existing or Group(uid=_free_uid(item.key), kind="free", source="manual")
    if context.personal and item.existing is None:
        _require_creation(identity, structure_id)
    group.structure_id = structure_id
    group.name, group.description = data.name, data.description
    group.starts_on, group.ends_on = data.starts_on, data.ends_on
    group.owner_id = identity.person_id if context.personal else _first_manager(data, context)
    group.created_at = item.created_at or group.created_at
    group.updated_at = item.updated_at or group.updated_at
    if item.existing is None:
        group.open_to = [structure_id] if structure_id else sorted(identity.structures)
    db.session.add(group)
    db.session.flush()
    operations.write_joining(group, data.joining)
    _import_members(identity, group, data, context)
    _import_tools(identity, group, data, context)
    members.follow(group)
    members.rights_follow(members.ids(group))
    db.session.flush()
    return group


def _free_uid(key: str) -> str:
    taken = db.session.scalar(select(Group.id).where(Group.uid == key))
    return f"L{secrets.token_hex(8)}" if taken else key


def _require_creation(identity: Identity, structure_id: int | None) -> None:
    if not identity.can("groups.create" if structure_id else "groups.across", structure_id):
        raise Invalid(_("Vous ne pouvez pas créer de groupe dans cet établissement."))


def _first_manager(data: GroupV1, context: Context) -> int | None:
    found = (context.person(each.person) for each in data.members if each.role == "manager")
    return next(filter(None, found), None)


def _import_members(identity: Identity, group: Group, data: GroupV1, context: Context) -> None:
    there = set(members.ids(group))
    local = {}
    for each in data.members:
        id_ = context.person(each.person)
        # Whoever administers one school brings its own people in, and leaves those who are in already.
        if id_ is not None and (context.personal or id_ in there or context.owner(each.person) is not None):
            local[id_] = each
    if context.personal:
        keys = [f"person:{each}" for each in local]
        reachable = principals().addressable(identity, keys)
        local = {id_: each for id_, each in local.items() if f"person:{id_}" in reachable}
        local.setdefault(identity.person_id, MemberV1(person=identity.uid, role="manager"))
    for table in (GroupToolRight, Membership):
        db.session.execute(delete(table).where(table.group_id == group.id))
    for id_, each in local.items():
        mine = context.personal and id_ == identity.person_id
        role: Any = "manager" if mine or each.role == "manager" else "member"
        db.session.add(Membership(group_id=group.id, person_id=id_, role=role))
    db.session.flush()
    db.session.add_all(
        GroupToolRight(group_id=group.id, person_id=id_, service=service, level=level)
        for id_, each in local.items()
        for service, level in each.rights.items()
    )
    db.session.flush()


def _import_tools(identity: Identity, group: Group, data: GroupV1, context: Context) -> None:
    granted = {service.name for service in limits.group_tools()}
    if context.personal:
        granted = {service.name for service in limits.granted_tools(identity, group.structure_id)}
    db.session.execute(delete(GroupTool).where(GroupTool.group_id == group.id))
    db.session.add_all(
        GroupTool(group_id=group.id, service=each.service, level=each.level, quota=each.quota)
        for each in data.tools
        if each.service in granted
    )
    db.session.flush()


FORMATS = (
    Exchangeable(
        "group", 1, GroupV1, export_groups, import_group, model=Group, label=_l("Groupes"),
        find=find_group, ordered=True,
    ),
)  # fmt: skip
