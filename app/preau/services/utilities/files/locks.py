"""Locks that applications hold through WebDAV, respected by the pages too (RFC 4918 sections 6 and 7)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import and_, delete, or_, select

from preau.kernel.database import db, now
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import principals
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.files.errors import Locked
from preau.services.utilities.files.models import Lock, Node

LONGEST = 3600  # seconds; an application that still works refreshes its lock
NO_TOKENS: frozenset[str] = frozenset()


def covering(node: Node, *, members: bool = False, below: bool = False) -> list[Lock]:
    """Locks that stand in the way of writing to a node, of changing its members, or anything below it."""
    direct = [Lock.node_id == node.id, and_(Lock.deep, Lock.node_id.in_(node.path))]
    if members and not node.is_root:
        direct.append(Lock.node_id == node.parent_id)
    if below and node.is_folder:
        direct.append(Lock.node_id.in_(select(Node.id).where(Node.path.contains([node.id]))))
    return list(db.session.scalars(select(Lock).where(Lock.expires_at > now(), or_(*direct))))


def require_free(
    identity: Identity,
    node: Node,
    tokens: Collection[str] = NO_TOKENS,
    *,
    members: bool = False,
    below: bool = False,
) -> None:
    """Raise :class:`Locked` unless the identity submits a token for each lock in the way.

    Of several shared locks on one node, one token is enough. ``members``: the node is to join or leave
    its folder. ``below``: everything in the folder is concerned.
    """
    found = covering(node, members=members, below=below)
    if not found:
        return
    mine = {lock.node_id for lock in found if lock.token in tokens and lock.person_id == identity.person_id}
    for lock in found:
        if lock.node_id not in mine:
            raise locked(lock, node)


def locked(lock: Lock, node: Node) -> Locked:
    """The refusal, with the name of whoever holds the lock."""
    key = f"person:{lock.person_id}"
    holder = principals().describe([key]).get(key)
    return Locked(
        _(
            "« %(name)s » est ouvert dans une application par %(holder)s. Rien n’a été changé : "
            "recommencez quand il sera refermé.",
            name=node.name or "/",
            holder=holder.label if holder else _("une autre personne"),
        )
    )


def acquire(identity: Identity, node: Node, *, exclusive: bool, deep: bool, owner: str, seconds: int) -> Lock:
    """A new lock, or :class:`Locked` when one in the way excludes it."""
    with atomic() as session:
        # One at a time for a node: two processes never both find it free.
        session.execute(select(Node.id).where(Node.id == node.id).with_for_update())
        for other in covering(node, below=deep):
            if exclusive or other.exclusive:
                raise locked(other, node)
        session.execute(delete(Lock).where(Lock.expires_at <= now(), Lock.node_id == node.id))
        lock = Lock(
            token=f"opaquelocktoken:{uuid.uuid4()}",
            node_id=node.id,
            space_id=node.space_id,
            person_id=identity.person_id,
            exclusive=exclusive,
            deep=deep and node.is_folder,
            owner=owner,
            expires_at=now() + timedelta(seconds=seconds),
        )
        session.add(lock)
    return lock


def refresh(identity: Identity, node: Node, tokens: Collection[str], seconds: int) -> Lock | None:
    """Lengthen the lock of one of the tokens; nothing when none of them covers the node."""
    with atomic():
        for lock in covering(node):
            if lock.token in tokens and lock.person_id == identity.person_id:
                lock.expires_at = now() + timedelta(seconds=seconds)
                return lock
    return None


def release(identity: Identity, node: Node, token: str) -> bool:
    """Give up a lock; false when it does not cover the node or is somebody else's."""
    with atomic() as session:
        for lock in covering(node):
            if lock.token == token and lock.person_id == identity.person_id:
                session.delete(lock)
                return True
    return False


def of_nodes(ids: Sequence[uuid.UUID]) -> list[Lock]:
    """Locks held on some nodes."""
    return list(db.session.scalars(select(Lock).where(Lock.node_id.in_(ids), Lock.expires_at > now())))


def forget_below(node: Node) -> None:
    """Forget the locks of a node and of all it holds: they follow neither a move nor the trash (RFC 4918 7.5)."""
    below = select(Node.id).where(Node.path.contains([node.id]))
    with lifted():  # what others put in the folder goes with it
        db.session.execute(
            delete(Lock).where(Lock.node_id.in_(below)).execution_options(synchronize_session=False)
        )
