"""The tools of a group, and who may do what with them (UTI-UTL-GRP-02, UTI-UTL-GRP-04).

A service that is a group tool asks :func:`level_of` what the identity may do for a group, and listens to
``groups.tools_changed`` when it keeps something of its own (a quota, a shared folder).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import events, journal, rights
from preau.kernel.contract import Service, registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.services.utilities.groups import limits, members
from preau.services.utilities.groups.models import LEVELS, GroupTool, GroupToolRight
from preau.services.utilities.groups.rules import MANAGERS, is_open
from preau.services.utilities.groups.schemas import ToolIn
from preau.socle.directory.models import Group, Membership

MEGA = 1024**2


@dataclass(frozen=True)
class Tool:
    """A tool of a group, for one identity."""

    service: Service
    level: str
    quota: int | None


def chosen(group: Group) -> dict[str, GroupTool]:
    """The tools that the group was given, by service. A class has all of them: its teachers run it."""
    rows = db.session.scalars(select(GroupTool).where(GroupTool.group_id == group.id))
    given = {row.service: row for row in rows}
    if group.kind == "free" or given:
        return given
    return {
        service.name: GroupTool(group_id=group.id, service=service.name, level="read")
        for service in limits.group_tools()
    }


def level_of(identity: Identity, group: Group, service: str) -> str:
    """What the identity may do with a tool of a group: none, read, write or manage."""
    role = members.role_of(identity, group)
    tool = chosen(group).get(service)
    if role is None or tool is None or not is_open(group):
        return "none"
    if role in MANAGERS:
        return "manage"
    own = db.session.get(GroupToolRight, (group.id, service, identity.person_id))
    return own.level if own else tool.level


def require_level(identity: Identity, group_id: int, service: str, level: str) -> Group:
    """The group, when the identity may do that much with that tool of it."""
    group = db.session.get(Group, group_id)
    if group is None or members.role_of(identity, group) is None:
        raise NotFound(_("Ce groupe n’existe pas ou ne vous est pas ouvert."))
    if LEVELS.index(level_of(identity, group, service)) < LEVELS.index(level):
        raise Refused(_("Les responsables de ce groupe ne vous ont pas ouvert cet outil."))
    return group


def of_group(identity: Identity, group: Group) -> list[Tool]:
    """The tools that the identity finds on the group's page, in the order of the registry."""
    given = chosen(group)
    found = []
    for service in limits.group_tools():
        if service.name not in given or not service.open_to(identity):
            continue
        level = level_of(identity, group, service.name)
        if level != "none":
            found.append(Tool(service, level, given[service.name].quota))
    return found


def choose_tools(identity: Identity, group: Group, wanted: list[ToolIn]) -> None:
    """Give the group exactly these tools, within what the administrator grants; the former ones may stay."""
    rights.require(identity, "write", group)
    before = dict(chosen(group))
    granted = {service.name for service in limits.granted_tools(identity, group.structure_id)}
    most = limits.most_quota(identity, group.structure_id)
    for each in wanted:
        if each.service not in granted | set(before):
            message = _("Votre administrateur ne permet pas de donner cet outil à un groupe.")
            raise Invalid(message, {"tools": [message]})
        held = before[each.service].quota if each.service in before else None
        if each.quota and each.quota > most and each.quota * MEGA != held:
            message = _("Indiquez au plus %(most)s Mo.", most=most)
            raise Invalid(message, {f"quota_{each.service}": [message]})
    with atomic() as session:
        session.execute(delete(GroupTool).where(GroupTool.group_id == group.id))
        session.add_all(
            GroupTool(
                group_id=group.id,
                service=each.service,
                level=each.level,
                quota=each.quota * MEGA if each.quota else None,
            )
            for each in wanted
        )
        session.flush()
        journal.record(identity, "groups.choose_tools", group, tools=[each.service for each in wanted])
        events.publish("groups.tools_changed", identity, group)


def own_rights(group: Group, person_id: int) -> dict[str, str]:
    """What was decided for one member, by service."""
    rows = db.session.scalars(
        select(GroupToolRight).where(
            GroupToolRight.group_id == group.id, GroupToolRight.person_id == person_id
        )
    )
    return {row.service: row.level for row in rows}


def set_rights(identity: Identity, group: Group, person_id: int, wanted: Mapping[str, str]) -> None:
    """What one member may do with each tool; an empty level is that of the others."""
    rights.require(identity, "write", group)
    if set(wanted.values()) - {"", *LEVELS}:
        raise Invalid(_("Choisissez un des droits proposés."))
    if db.session.get(Membership, (group.id, person_id)) is None:
        raise NotFound(_("Cette personne n’est pas dans le groupe."))
    given = {name: level for name, level in wanted.items() if level and name in registry.services}
    with atomic() as session:
        session.execute(
            delete(GroupToolRight).where(
                GroupToolRight.group_id == group.id, GroupToolRight.person_id == person_id
            )
        )
        if given:
            rows = [
                {"group_id": group.id, "person_id": person_id, "service": name, "level": level}
                for name, level in given.items()
            ]
            session.execute(insert(GroupToolRight).values(rows))
        journal.record(identity, "groups.set_rights", group, person=person_id, rights=given)
        events.publish("groups.tools_changed", identity, group)
