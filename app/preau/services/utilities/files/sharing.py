"""Sharing of folders and files, by right: read, write, manage (UTI-UTL-ESF-06)."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel import events, rights
from preau.kernel.database import db
from preau.kernel.errors import Refused
from preau.kernel.identity import Identity
from preau.kernel.notify import notify
from preau.kernel.traits import shared
from preau.kernel.traits.nested import reopen
from preau.kernel.traits.shared import Share
from preau.kernel.transaction import atomic
from preau.services.utilities.files.models import Node


def share(identity: Identity, node: Node, wanted: Mapping[str, str]) -> None:
    """Make the sharing of a node exactly ``wanted`` (principal → level); what a folder holds follows."""
    rights.require(identity, "delete", node)
    if node.is_root:
        raise Refused(_("Partagez un dossier plutôt que tout l’espace."))
    with atomic():
        shared.share(identity, node, wanted)
        reopen(Node, node.id)


def shared_with(identity: Identity) -> list[Node]:
    """What others have shared with the identity: the highest nodes of each tree, by name."""
    directly = select(Share.object_id).where(
        Share.kind == Node.__tablename__, Share.principal.in_(sorted(identity.principals)), Share.level > 0
    )
    found = db.session.scalars(
        rights.allowed(identity, Node)
        .where(
            Node.id.in_(directly),
            Node.parent_id.is_not(None),
            Node.owner_id.is_distinct_from(identity.person_id),
            Node.trashed_at.is_(None),
        )
        .order_by(Node.name, Node.id)
    ).all()
    there = {node.id for node in found}
    return [node for node in found if there.isdisjoint(node.path[:-1])]


def shared_ids(nodes: list[Node]) -> set[object]:
    """Those of the nodes that are shared themselves."""
    ids = [node.id for node in nodes]
    return set(db.session.scalars(select(Share.object_id).where(Share.object_id.in_(ids), Share.level > 0)))


def _tell(event: events.Event) -> None:
    if isinstance(event.obj, Node) and event.data["added"]:
        node = event.obj
        place = "dossiers" if node.is_folder else "fichier"
        notify(
            event.identity,
            "files.shared",
            event.data["added"],
            url=f"/fichiers/{place}/{node.id}",
            name=node.name,
            actor=event.identity.name,
        )


def listen() -> None:
    """Tell people of what is shared with them, in the transaction that shares it."""
    events.within("shared", _tell)
