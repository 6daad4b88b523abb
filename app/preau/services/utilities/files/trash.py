"""The trash: thrown away, brought back, emptied by hand or after some days."""

import uuid
from collections.abc import Collection
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select, update

from preau.kernel import jobs, journal, preferences, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Refused
from preau.kernel.identity import Identity, system
from preau.kernel.tenancy import lifted
from preau.kernel.traits.shared import Share
from preau.kernel.transaction import atomic
from preau.services.utilities.files import locks, names, quotas, tree
from preau.services.utilities.files.locks import NO_TOKENS
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.spaces import own_root

BATCH = 200


def throw_away(identity: Identity, node: Node, tokens: Collection[str] = NO_TOKENS) -> None:
    """Put a node in the trash of its space, with all it holds. Sharing waits for its return."""
    rights.require(identity, "delete", node)
    if node.is_root:
        raise Refused(_("Cet espace ne se supprime pas. Supprimez ce qu’il contient."))
    locks.require_free(identity, node, tokens, members=True, below=True)
    with atomic() as session:
        locks.forget_below(node)
        with lifted():  # what others put in the folder goes with it
            session.flush()
            below = Node.path.contains([node.id])
            session.execute(
                update(Node)
                .where(below, Node.trashed_at.is_(None))
                .values(trashed_at=now(), trash_id=node.id, updated_at=Node.updated_at)
                .execution_options(synchronize_session=False)
            )
        journal.record(identity, "files.throw_away", node)
        session.expire(node)


def thrown_away(identity: Identity, root: Node | None = None) -> Select[tuple[Node]]:
    """What lies in the trash of a space (one's own by default), last thrown first."""
    root = root or own_root(identity)
    return (
        rights.allowed(identity, Node)
        .where(Node.space_id == root.space_id, Node.trash_id == Node.id)
        .order_by(Node.trashed_at.desc(), Node.name)
    )


def restore(identity: Identity, node: Node) -> Node:
    """Back where it was, or at the top of the space when that folder is gone; return the folder it is now in."""
    rights.require(identity, "delete", node)
    parent = db.session.get(Node, node.parent_id) if node.parent_id else None
    if parent is None or parent.trashed_at is not None:
        parent = db.session.get_one(Node, node.space_id)
    with atomic() as session:
        node.name = names.free(parent.id, node.name)
        session.flush()
        with lifted():  # as it went
            session.execute(
                update(Node)
                .where(Node.trash_id == node.id)
                .values(trashed_at=None, trash_id=None, updated_at=Node.updated_at)
                .execution_options(synchronize_session=False)
            )
        session.expire(node)
        if node.parent_id != parent.id:
            tree.move(identity, node, parent)
        journal.record(identity, "files.restore", node)
    return parent


def purge(identity: Identity, node: Node) -> None:
    """Delete for good, with all it holds; the contents go when nothing else refers to them."""
    rights.require(identity, "delete", node)
    _erase(identity, node)


def _erase(identity: Identity, node: Node) -> None:
    with atomic() as session:
        octets = tree.weight([node.id])
        journal.record(identity, "files.purge", node)
        with lifted():  # as it went
            below = select(Node.id).where(Node.path.contains([node.id]))
            session.execute(delete(Share).where(Share.object_id.in_(below)))
            session.execute(
                delete(Node).where(Node.id == node.id).execution_options(synchronize_session=False)
            )
        quotas.charge(identity, node.space_id, -octets)
        session.expunge(node)


def empty(identity: Identity, root: Node | None = None) -> int:
    """Purge a space's whole trash; return how many things were in it."""
    found = list(db.session.scalars(thrown_away(identity, root)))
    with atomic():
        for node in found:
            purge(identity, node)
    return len(found)


@jobs.task("files.purge_trash")
def purge_trash() -> int:
    """Purge what was thrown away longer ago than the setting says."""
    days = preferences.value("files.trash_days")
    old = select(Node.id).where(Node.trash_id == Node.id, Node.trashed_at < now() - timedelta(days=days))
    count = 0
    while found := db.session.scalars(old.limit(BATCH)).all():
        for node_id in found:
            node = db.session.get(Node, node_id)
            if node is not None:  # a folder purged just before may have held it
                _erase(system("files.purge_trash"), node)
                count += 1
    return count


def count(identity: Identity) -> int:
    """How many things lie in one's own trash."""
    statement = thrown_away(identity).order_by(None).with_only_columns(func.count())
    return db.session.scalar(statement) or 0


def trashed(identity: Identity, node_id: uuid.UUID) -> Node:
    """A thing of the trash, for whoever may bring it back."""
    return rights.fetch(identity, Node, node_id, "delete")
