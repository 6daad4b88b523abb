"""``/api/v1/files``."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import request
from flask.wrappers import Response
from pydantic import BaseModel, Field

from preau.kernel import downloads, files, rights
from preau.kernel.api import answers, endpoints, spec
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.pages import me
from preau.services.utilities.files import content, names, sharing, spaces, trash, tree
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.schemas import FolderIn, Name, NodeChange, NodeOut, SharesIn

blueprint = endpoints("files", __name__, "files")


class NodeList(BaseModel):
    """What a folder holds: folders first, by name."""

    folder: NodeOut
    items: list[NodeOut]


class ListQuery(BaseModel):
    """Which folder; one's own space when nothing is said."""

    parent_id: uuid.UUID | None = None


class UploadQuery(BaseModel):
    """Where to put a content, under which name, and what to do when the name is taken."""

    name: Name
    parent_id: uuid.UUID | None = None
    on_conflict: str = Field("refuse", pattern="^(version|rename|refuse)$")


def _described(view: Callable[..., Response]) -> Callable[..., Response]:
    """Describe a view whose answer is a stream, without spectree reading it into memory to check it."""
    checked = spec.validate(resp=answers(), tags=["files"])(view)
    view.__dict__.update({name: value for name, value in vars(checked).items() if name != "__wrapped__"})
    return view


def _out(node: Node) -> dict[str, Any]:
    return NodeOut.model_validate(node).model_dump(mode="json")


def _folder(key: uuid.UUID | None, action: str = "read") -> Node:
    return rights.fetch(me(), Node, key, action) if key else spaces.own_root(me())


@blueprint.get("")
@spec.validate(query=ListQuery, resp=answers(HTTP_200=NodeList), tags=["files"])
def list_files(query: ListQuery) -> dict[str, Any]:
    """What a folder holds."""
    folder = _folder(query.parent_id)
    return {
        "folder": _out(folder),
        "items": [_out(node) for node in db.session.scalars(tree.children(me(), folder))],
    }


@blueprint.post("/folders")
@spec.validate(json=FolderIn, resp=answers(HTTP_201=NodeOut), tags=["files"])
def create_folder(json: FolderIn) -> tuple[dict[str, Any], int]:
    """Create a folder."""
    return _out(tree.create_folder(me(), _folder(json.parent_id, "write"), json.name)), 201


@blueprint.post("/content")
@spec.validate(query=UploadQuery, resp=answers(HTTP_201=NodeOut), tags=["files"])
def upload(query: UploadQuery) -> tuple[dict[str, Any], int]:
    """Put the body of the request as a file."""
    folder = _folder(query.parent_id, "write")
    names.fit(folder, query.name)
    stored = files.store(request.stream)
    node, new = content.put(me(), folder, query.name, stored, on_conflict=query.on_conflict)
    return _out(node), 201 if new else 200


@blueprint.get("/<uuid:node_id>")
@spec.validate(resp=answers(HTTP_200=NodeOut), tags=["files"])
def show(node_id: uuid.UUID) -> dict[str, Any]:
    """One folder or file."""
    return _out(rights.fetch(me(), Node, node_id))


@blueprint.get("/<uuid:node_id>/content")
@_described
def download(node_id: uuid.UUID) -> Response:
    """The content of a file, ranges included."""
    node = rights.fetch(me(), Node, node_id)
    if node.is_folder:
        raise Invalid("Un dossier n’a pas de contenu : demandez ceux de ses fichiers.")
    return downloads.send(node.blob or "", node.name, node.media_type)


@blueprint.put("/<uuid:node_id>/content")
@spec.validate(resp=answers(HTTP_200=NodeOut), tags=["files"])
def replace(node_id: uuid.UUID) -> dict[str, Any]:
    """Another content for a file; the former one becomes a version."""
    node = rights.fetch(me(), Node, node_id, "write")
    if node.is_folder:
        raise Invalid("Un dossier n’a pas de contenu.")
    content.replace(me(), node, files.store(request.stream))
    return _out(node)


@blueprint.patch("/<uuid:node_id>")
@spec.validate(json=NodeChange, resp=answers(HTTP_200=NodeOut), tags=["files"])
def change(node_id: uuid.UUID, json: NodeChange) -> dict[str, Any]:
    """Rename, move, or both."""
    node = rights.fetch(me(), Node, node_id, "write")
    if json.parent_id and json.parent_id != node.parent_id:
        tree.move(me(), node, rights.fetch(me(), Node, json.parent_id, "write"), json.name)
    elif json.name:
        tree.rename(me(), node, json.name)
    return _out(node)


@blueprint.put("/<uuid:node_id>/shares")
@spec.validate(json=SharesIn, resp=answers(HTTP_204=None), tags=["files"])
def share(node_id: uuid.UUID, json: SharesIn) -> Response:
    """Make the sharing of a node exactly this."""
    sharing.share(me(), rights.fetch(me(), Node, node_id, "delete"), json.shares)
    return Response(status=204)


@blueprint.delete("/<uuid:node_id>")
@spec.validate(resp=answers(HTTP_204=None), tags=["files"])
def delete(node_id: uuid.UUID) -> Response:
    """Put in the trash."""
    trash.throw_away(me(), rights.fetch(me(), Node, node_id, "delete"))
    return Response(status=204)
