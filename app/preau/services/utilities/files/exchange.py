"""The format of folders and files: spaces are saved and restored, one's own or in bulk (UTI-UTL-ESF-10/11)."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import flag_modified

from preau.kernel import files
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.kernel.ports.antivirus import INFECTED
from preau.kernel.ports.blobs import Stored
from preau.kernel.traits.nested import move_below, reopen
from preau.services.utilities.files import names, quotas, spaces, trash
from preau.services.utilities.files.exchange_contents import attached, batched, contents, former_of
from preau.services.utilities.files.exchange_lockers import FORMATS as LOCKERS
from preau.services.utilities.files.models import Node, Space, Version
from preau.socle.directory.models import Group
from preau.socle.security.authorisation.flatten import flatten

AT_ONCE = 500


class VersionV1(BaseModel):
    """A former content: its SHA-256, who wrote it and when."""

    content: str
    media_type: str = ""
    author: str = ""
    written_at: datetime


class FileV1(BaseModel):
    """A folder or a file: whose (``owner`` or ``group``), in which folder, shared with whom at which level.

    ``content`` is the SHA-256 of what it holds now, ``versions`` of what it held before, oldest first.
    ``trash`` is the key of what was thrown away with it: itself, or a folder above.
    """

    owner: str = ""
    group: str = ""
    parent: str | None = None
    name: str
    folder: bool = False
    media_type: str = ""
    properties: dict[str, str] = {}
    shared: dict[str, str] = {}
    content: str = ""
    versions: list[VersionV1] = []
    trashed_at: datetime | None = None
    trash: str | None = None


def export_files(identity: Identity, scope: Scope) -> Iterator[Item]:
    """What lies in the spaces in scope, their trash and former versions included."""
    del identity
    parent = aliased(Node)
    inside = scope.owned(Node.owner_id) if scope.kind != "group" else scope.of_groups(Space.group_id)
    if scope.kind == "structure":
        own_groups = select(Group.id).where(scope.within(Group.structure_id))
        inside = or_(inside, Space.group_id.in_(own_groups))
    rows = db.session.execute(
        select(Node, Space.group_id, parent.parent_id)
        .join(Space, Space.id == Node.space_id)
        .join(parent, parent.id == Node.parent_id)
        .outerjoin(files.Blob, files.Blob.sha256 == Node.blob)
        .where(inside, func.coalesce(files.Blob.state, "") != INFECTED)
        .order_by(Node.id)
    )
    for several in batched(rows, AT_ONCE):
        former = former_of([row.Node.id for row in several])
        for node, group_id, above in several:
            yield _item(scope, node, group_id, former.get(node.id, []), in_folder=above is not None)


def _item(scope: Scope, node: Node, group_id: int | None, former: list[Version], *, in_folder: bool) -> Item:
    shares = scope.refs.shares(node)
    place = "dossiers" if node.is_folder else "fichier"
    return Item(
        key=str(node.id),
        data=FileV1(
            owner=scope.refs.person_uid(node.owner_id),
            group=scope.refs.group_uid(group_id),
            parent=str(node.parent_id) if in_folder else None,
            name=node.name,
            folder=node.is_folder,
            media_type=node.media_type,
            properties=node.properties,
            shared=shares,
            content=node.blob or "",
            versions=[
                VersionV1(
                    content=each.blob,
                    media_type=each.media_type,
                    author=scope.refs.person_uid(each.author_id),
                    written_at=each.written_at,
                )
                for each in former
            ],
            trashed_at=node.trashed_at,
            trash=str(node.trash_id) if node.trash_id else None,
        ),
        title=node.name,
        path=f"/fichiers/{place}/{node.id}",
        rights=list(shares),
        created_at=node.created_at,
        updated_at=node.updated_at,
        files=attached([(node.name, node.blob or "", node.media_type)])
        + attached([(node.name, each.blob, each.media_type) for each in former]),
    )


def find_file(identity: Identity, item: Imported, context: Context) -> Node | None:
    """What an item would replace: in a person's own archive, only what is theirs."""
    node: Node | None = context.existing(Node, item)
    if node is not None and (node.is_root or (context.personal and node.owner_id != identity.person_id)):
        return None
    return node


def import_file(identity: Identity, item: Imported, context: Context) -> Node:
    """The node under a name nobody else bears, at the top: its folder and its name come with ``link``."""
    data: FileV1 = item.data
    root = _root(identity, data, context)
    node = item.existing
    if node is None:
        made = context.id_for(Node, item.key)
        node = Node(id=made, name=str(made), parent_id=root.id, path=[root.id, made])
        node.space_id, node.owner_id, node.open_to = root.space_id, root.owner_id, root.open_to
        db.session.add(node)
    former = former_of([node.id]).get(node.id, [])
    before = (node.size or 0) + sum(each.size for each in former)
    known = {each.blob: each.size for each in former} | ({node.blob: node.size} if node.blob else {})
    held = contents(item, context, known)
    content = held.get(data.content or (item.files[0].sha256 if item.files else ""))
    if content is not None:
        node.blob, node.size = content.sha256, content.size
    node.is_folder, node.media_type = data.folder, data.media_type
    node.properties = data.properties
    node.trashed_at, node.trash_id = None, None
    node.created_at = item.created_at or node.created_at
    db.session.flush()
    after = (node.size or 0) + _restore_versions(node, former, data.versions, held, context)
    quotas.charge(identity, node.space_id, after - before)
    return node  # type: ignore[no-any-return]


def _restore_versions(
    node: Node, former: list[Version], wanted: list[VersionV1], held: dict[str, Stored], context: Context
) -> int:
    for each in former:
        db.session.delete(each)
    octets = 0
    for each in wanted:
        if (stored := held.get(each.content)) is None:
            continue
        octets += stored.size
        db.session.add(
            Version(
                node_id=node.id,
                blob=stored.sha256,
                size=stored.size,
                media_type=each.media_type,
                author_id=context.person(each.author),
                written_at=each.written_at,
            )
        )
    db.session.flush()
    return octets


def _root(identity: Identity, data: FileV1, context: Context) -> Node:
    group_id = context.group(data.group) if data.group and not context.personal else None
    if group_id is not None:
        return spaces.root_of_group(identity, group_id)
    owner_id = context.owner(data.owner)
    if owner_id is None:
        raise Invalid(f"« {data.name} » : son propriétaire n’est pas connu ici.")
    return spaces.own_root(identity if owner_id == identity.person_id else flatten(owner_id))


def link_file(identity: Identity, item: Imported, context: Context) -> Node:
    """Put the node in its folder, under its name, with what is below it."""
    del identity
    node, data = item.existing, item.data
    parent_id = context.reference(Node, data.parent) or node.space_id
    parent = db.session.get_one(Node, parent_id)
    thrown = context.reference(Node, data.trash) if data.trashed_at else None
    if thrown is not None:
        node.trashed_at, node.trash_id = data.trashed_at, thrown
    there = None if thrown else names.child(parent_id, data.name)
    node.name = data.name if there is None or there.id == node.id else names.free(parent_id, data.name)
    node.parent_id = parent_id
    node.updated_at = item.updated_at or node.updated_at
    flag_modified(node, "updated_at")
    db.session.flush()
    move_below(Node, node.id, [*parent.path, node.id])
    context.share(node, data.shared)
    flag_modified(node, "updated_at")
    db.session.flush()
    reopen(Node, node.id)
    return node  # type: ignore[no-any-return]


def remove_file(identity: Identity, node: Node) -> None:
    """What a replacing import leaves out; it may have gone with its folder already."""
    key: uuid.UUID = node.id
    if db.session.scalar(select(Node.id).where(Node.id == key)) is not None:
        trash.purge(identity, node)


FORMATS = (
    Exchangeable(
        "file",
        1,
        FileV1,
        export_files,
        import_file,
        model=Node,
        label=_l("Fichiers"),
        find=find_file,
        link=link_file,
        remove=remove_file,
        merge={"versions": "union"},
        ordered=True,
        description=_l(
            "Dossiers et fichiers, corbeille comprise, avec leur contenu, leurs versions et leurs partages."
        ),
    ),
    *LOCKERS,
)
