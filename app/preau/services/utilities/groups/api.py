"""``/api/v1/groups``."""

from typing import Any

from flask.wrappers import Response
from pydantic import BaseModel

from preau.kernel import rights
from preau.kernel.api import answers, endpoints, spec
from preau.kernel.database import db
from preau.kernel.pages import me, opening
from preau.services.utilities.groups import members, operations
from preau.services.utilities.groups.schemas import GroupIn, GroupOut, MemberOut
from preau.socle.directory.models import Group

blueprint = endpoints("groups", __name__, "groups")

blueprint.before_request(opening("groups"))


class GroupList(BaseModel):
    """The caller's groups, classes and teams."""

    items: list[GroupOut]


class MemberList(BaseModel):
    """The members of a group."""

    items: list[MemberOut]


class MembersIn(BaseModel):
    """Whom to add: principals."""

    principals: list[str]


def _out(group: Group) -> dict[str, Any]:
    return GroupOut.model_validate(group).model_dump(mode="json")


@blueprint.get("")
@spec.validate(resp=answers(HTTP_200=GroupList), tags=["groups"])
def list_groups() -> dict[str, Any]:
    """Groups that the caller is in."""
    return {"items": [_out(group) for group in db.session.scalars(operations.own_groups(me()))]}


@blueprint.post("")
@spec.validate(json=GroupIn, resp=answers(HTTP_201=GroupOut), tags=["groups"])
def create_group(json: GroupIn) -> tuple[dict[str, Any], int]:
    """Create a group."""
    return _out(operations.create_group(me(), json)), 201


@blueprint.get("/<int:group_id>")
@spec.validate(resp=answers(HTTP_200=GroupOut), tags=["groups"])
def show_group(group_id: int) -> dict[str, Any]:
    """One group."""
    return _out(rights.fetch(me(), Group, group_id))


@blueprint.put("/<int:group_id>")
@spec.validate(json=GroupIn, resp=answers(HTTP_200=GroupOut), tags=["groups"])
def change_group(group_id: int, json: GroupIn) -> dict[str, Any]:
    """Change a group."""
    group = rights.fetch(me(), Group, group_id, "write")
    operations.change_group(me(), group, json)
    return _out(group)


@blueprint.get("/<int:group_id>/members")
@spec.validate(resp=answers(HTTP_200=MemberList), tags=["groups"])
def list_members(group_id: int) -> dict[str, Any]:
    """Members of a group."""
    group = rights.fetch(me(), Group, group_id)
    rows = members.page_of(group, 1, members.MOST_MEMBERS).items
    return {"items": [{"person": person.uid, "name": person.name, "role": role} for person, role in rows]}


@blueprint.post("/<int:group_id>/members")
@spec.validate(json=MembersIn, resp=answers(HTTP_204=None), tags=["groups"])
def add_members(group_id: int, json: MembersIn) -> Response:
    """Add the people behind principals."""
    members.add_members(me(), rights.fetch(me(), Group, group_id, "write"), json.principals)
    return Response(status=204)


@blueprint.delete("/<int:group_id>")
@spec.validate(resp=answers(HTTP_204=None), tags=["groups"])
def close_group(group_id: int) -> Response:
    """Close a group; nothing is deleted."""
    operations.close_group(me(), rights.fetch(me(), Group, group_id, "delete"))
    return Response(status=204)
