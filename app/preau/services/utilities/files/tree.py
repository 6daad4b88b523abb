"""The tree: look, make folders, rename, move, copy (UTI-UTL-ESF-01, UTI-UTL-ESF-05)."""

import uuid
from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError

from preau.kernel import journal, rights
from preau.kernel.database import db
from preau.kernel.errors import Conflict, Invalid, Refused
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.traits.nested import DEEPEST, move_below, reopen
from preau.kernel.transaction import atomic
from preau.services.utilities.files import locks, names, quotas
from preau.services.utilities.files.locks import NO_TOKENS
from preau.services.utilities.files.models import Node, Space

SORTS = {"name": func.lower(Node.name), "size": Node.size, "date": Node.updated_at, "kind": Node.media_type}


def children(
    identity: Identity, folder: Node, sort: str = "name", *, descending: bool = False
) -> Select[tuple[Node]]:
    """What a folder holds and the identity may read, folders first."""
    column = SORTS.get(sort, SORTS["name"])
    order = column.desc() if descending else column
    return (
        rights.allowed(identity, Node)
        .where(Node.parent_id == folder.id, Node.trashed_at.is_(None))
        .order_by(Node.is_folder.desc(), order, Node.name, Node.id)
    )


def above(identity: Identity, node: Node) -> list[Node]:
    """The folders above a node that the identity may read, from the top."""
    found = db.session.scalars(
        rights.allowed(identity, Node).where(Node.id.in_(node.path), Node.id != node.id)
    )
    return sorted(found, key=lambda each: len(each.path))


def create_folder(identity: Identity, parent: Node, name: str, tokens: Collection[str] = NO_TOKENS) -> Node:
    """A new folder; :class:`Conflict` when the name is taken."""
    rights.require(identity, "write", parent)
    name = names.fit(parent, name)
    check_room_below(parent)
    locks.require_free(identity, parent, tokens)
    with atomic() as session:
        folder = born(identity, parent, name, is_folder=True)
        session.add(folder)
        _flush_name(name)
        journal.record(identity, "files.create_folder", folder)
    return folder


def born(identity: Identity, parent: Node, name: str, **values: object) -> Node:
    """A node of that name in a folder, not yet in the session: it inherits what the folder has."""
    made = uuid.uuid4()
    return Node(
        id=made,
        owner_id=parent.owner_id,
        space_id=parent.space_id,
        parent_id=parent.id,
        name=name,
        path=[*parent.path, made],
        open_to=parent.open_to,
        created_by_id=identity.person_id,
        updated_by_id=identity.person_id,
        **values,
    )


def check_room_below(parent: Node) -> None:
    """Raise :class:`Invalid` when the tree is as deep as it may be, or the parent is no folder."""
    if not parent.is_folder:
        raise Conflict(_("Un fichier ne peut rien contenir."))
    if parent.trashed_at is not None:
        raise Conflict(_("Ce dossier est dans la corbeille. Restaurez-le d’abord."))
    if len(parent.path) >= DEEPEST:
        raise Invalid(_("Ce dossier est déjà très profond. Rangez un peu plus haut."))


def rename(identity: Identity, node: Node, name: str, tokens: Collection[str] = NO_TOKENS) -> None:
    """Give another name; the type follows the extension."""
    rights.require(identity, "write", node)
    name = names.clean(name)
    if node.is_root:
        raise Refused(_("Le nom de cet espace ne se change pas."))
    if name == node.name:
        return
    locks.require_free(identity, node, tokens, members=True, below=True)
    with atomic():
        node.name = name
        if not node.is_folder:
            node.media_type = names.media_type(name)
        _flush_name(name)
        journal.record(identity, "files.rename", node)


def move(
    identity: Identity, node: Node, target: Node, name: str | None = None, tokens: Collection[str] = NO_TOKENS
) -> None:
    """Put a node in another folder, perhaps of another space; rights and sharing are those of the new place."""
    rights.require(identity, "write" if node.parent_id == target.id else "delete", node)
    rights.require(identity, "write", target)
    name = names.fit(target, name or node.name)
    check_room_below(target)
    if node.is_root or node.id in target.path:
        raise Invalid(_("Un dossier ne peut pas être rangé dans lui-même."))
    locks.require_free(identity, node, tokens, members=True, below=True)
    locks.require_free(identity, target, tokens)
    with atomic() as session:
        _one_at_a_time(node.space_id, target.space_id)
        locks.forget_below(node)
        if node.space_id != target.space_id:
            _change_space(identity, node, target)
        node.parent_id, node.name = target.id, name
        _flush_name(name)
        move_below(Node, node.id, [*target.path, node.id])
        reopen(Node, node.id)
        session.refresh(node)
        journal.record(identity, "files.move", node)


def _one_at_a_time(*spaces: uuid.UUID) -> None:
    # Two moves at once could each put one folder in the other.
    with lifted():
        db.session.execute(select(Space.id).where(Space.id.in_(spaces)).order_by(Space.id).with_for_update())


def _change_space(identity: Identity, node: Node, target: Node) -> None:
    octets = weight([node.id])
    quotas.charge(identity, target.space_id, octets)
    quotas.charge(identity, node.space_id, -octets)
    with lifted():  # what others put in a shared folder leaves with it
        db.session.execute(
            update(Node)
            .where(Node.path.contains([node.id]))
            .values(
                space_id=target.space_id,
                owner_id=target.owner_id,
                open_to=target.open_to,
                updated_at=Node.updated_at,
            )
            .execution_options(synchronize_session=False)
        )
        db.session.expire_all()


def weight(ids: Iterable[uuid.UUID]) -> int:
    """Octets that nodes take with all they hold, former versions and trash included."""
    from preau.services.utilities.files.models import Version

    below = [Node.path.overlap(list(ids))]
    with lifted():  # room is counted whoever may read what takes it
        own = db.session.scalar(select(func.coalesce(func.sum(Node.size), 0)).where(*below)) or 0
        former = db.session.scalar(
            select(func.coalesce(func.sum(Version.size), 0))
            .join(Node, Node.id == Version.node_id)
            .where(*below)
        )
    return int(own) + int(former or 0)


def copy(
    identity: Identity,
    node: Node,
    target: Node,
    name: str | None = None,
    *,
    deep: bool = True,
    tokens: Collection[str] = NO_TOKENS,
) -> Node:
    """Copy a node with what it holds; contents are kept once. Versions and sharing stay with the original."""
    rights.require(identity, "read", node)
    rights.require(identity, "write", target)
    name = names.fit(target, name or node.name)
    check_room_below(target)
    if node.is_folder and node.id in target.path:
        raise Invalid(_("Un dossier ne peut pas être copié dans lui-même."))
    locks.require_free(identity, target, tokens)
    with atomic() as session:
        made = {node.id: _copied(identity, node, target, name)}
        session.add(made[node.id])
        _flush_name(name)
        octets = node.size
        if node.is_folder and deep:
            for original in session.scalars(_below(identity, node)):
                if original.parent_id in made:
                    twin = _copied(identity, original, made[original.parent_id], original.name)
                    made[original.id] = twin
                    session.add(twin)
                    octets += original.size
        session.flush()
        quotas.charge(identity, target.space_id, octets)
        journal.record(identity, "files.copy", made[node.id], count=len(made))
    return made[node.id]


def _below(identity: Identity, node: Node) -> Select[tuple[Node]]:
    return (
        rights.allowed(identity, Node)
        .where(Node.path.contains([node.id]), Node.id != node.id, Node.trashed_at.is_(None))
        .order_by(func.cardinality(Node.path))
    )


def _copied(identity: Identity, node: Node, parent: Node, name: str) -> Node:
    return born(
        identity,
        parent,
        name,
        is_folder=node.is_folder,
        blob=node.blob,
        size=node.size,
        media_type=node.media_type,
        properties=dict(node.properties),
    )


def _flush_name(name: str) -> None:
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError as error:
        if "uq_file_node_parent_id_name" not in str(error.orig):
            raise
        message = _("Il y a déjà « %(name)s » dans ce dossier. Choisissez un autre nom.", name=name)
        raise Conflict(message) from None
