"""Contents of files: put, replaced, kept as versions, restored (UTI-UTL-ESF-04)."""

import uuid
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel import events, files, journal, preferences, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict, NotFound
from preau.kernel.identity import Identity
from preau.kernel.ports.blobs import Stored
from preau.kernel.transaction import atomic
from preau.services.utilities.files import locks, names, quotas, tree
from preau.services.utilities.files.locks import NO_TOKENS
from preau.services.utilities.files.models import Node, Version

ON_CONFLICT = ("version", "rename", "refuse")


def put(
    identity: Identity,
    parent: Node,
    name: str,
    stored: Stored,
    *,
    on_conflict: str = "version",
    tokens: Collection[str] = NO_TOKENS,
) -> tuple[Node, bool]:
    """A file of that name with that content; whether it was not there before.

    ``on_conflict`` when the name is taken: "version" keeps the former content as a version, "rename"
    takes the first free name, "refuse" raises :class:`Conflict`.
    """
    rights.require(identity, "write", parent)
    name = names.fit(parent, name)
    tree.check_room_below(parent)
    there = names.child(parent.id, name)
    if there is not None and on_conflict == "rename":
        name, there = names.free(parent.id, name), None
    if there is not None:
        if there.is_folder or on_conflict == "refuse":
            raise Conflict(_("Il y a déjà « %(name)s » dans ce dossier. Choisissez un autre nom.", name=name))
        replace(identity, there, stored, tokens=tokens)
        return there, False
    locks.require_free(identity, parent, tokens)
    with atomic() as session:
        files.register(stored)
        quotas.charge(identity, parent.space_id, stored.size)
        node = tree.born(
            identity, parent, name, blob=stored.sha256, size=stored.size, media_type=names.media_type(name)
        )
        session.add(node)
        tree._flush_name(name)  # noqa: SLF001 - the same refusal, in the same words
        journal.record(identity, "files.put", node, size=stored.size)
        events.publish("files.put", identity, node)
    return node, True


def replace(identity: Identity, node: Node, stored: Stored, *, tokens: Collection[str] = NO_TOKENS) -> None:
    """Another content for a file; the former one becomes a version."""
    rights.require(identity, "write", node)
    locks.require_free(identity, node, tokens)
    with atomic() as session:
        files.register(stored)
        if node.blob and node.size and node.blob != stored.sha256:
            session.add(_version_of(node))
            quotas.charge(identity, node.space_id, stored.size)
        else:
            quotas.charge(identity, node.space_id, stored.size - node.size)
        node.blob, node.size, node.updated_at = stored.sha256, stored.size, now()
        node.updated_by_id = identity.person_id
        session.flush()
        prune(identity, node)
        journal.record(identity, "files.replace", node, size=stored.size)
        events.publish("files.put", identity, node)


def _version_of(node: Node) -> Version:
    return Version(
        node_id=node.id,
        blob=node.blob,
        size=node.size,
        media_type=node.media_type,
        author_id=node.updated_by_id,
        written_at=node.updated_at,
    )


def versions(node: Node) -> list[Version]:
    """Former contents of a file, newest first."""
    statement = (
        select(Version).where(Version.node_id == node.id).order_by(Version.written_at.desc(), Version.id)
    )
    return list(db.session.scalars(statement))


def version(identity: Identity, node: Node, version_id: uuid.UUID) -> Version:
    """One former content, for whoever may read the file."""
    rights.require(identity, "read", node)
    found = db.session.get(Version, version_id)
    if found is None or found.node_id != node.id:
        raise NotFound(_("Cette version n’est plus là."))
    return found


def restore_version(identity: Identity, node: Node, version_id: uuid.UUID) -> None:
    """Make a former content the current one; the current one becomes a version."""
    former = version(identity, node, version_id)
    replace(identity, node, Stored(former.blob, former.size))


def prune(identity: Identity, node: Node) -> None:
    """Forget the oldest versions beyond the setting's number."""
    former = versions(node)
    kept = preferences.value("files.versions", identity) if former else 0
    gone = former[kept:]
    for each in gone:
        db.session.delete(each)
    quotas.charge(identity, node.space_id, -sum(each.size for each in gone))
