"""When the antivirus finds something: the content is already set aside, its owners are told (UTI-UTL-ESF-09)."""

from sqlalchemy import or_, select

from preau.kernel import events, journal
from preau.kernel.database import db
from preau.kernel.files import Blob
from preau.kernel.notify import notify
from preau.kernel.tenancy import lifted
from preau.services.utilities.files.models import Node, Space, Version
from preau.services.utilities.files.rules import managers_of


def _tell(event: events.Event) -> None:
    blob: Blob = event.obj
    former = select(Version.node_id).where(Version.blob == blob.sha256)
    with lifted():  # the same content may lie in many spaces
        for node in db.session.scalars(
            select(Node).where(or_(Node.blob == blob.sha256, Node.id.in_(former)))
        ):
            journal.record(event.identity, "files.infected", node, signature=blob.signature)
            notify(
                event.identity,
                "files.infected",
                [f"person:{each}" for each in _told(node)],
                url=f"/fichiers/fichier/{node.id}",
                name=node.name,
                signature=blob.signature,
            )


def _told(node: Node) -> set[int]:
    told = {node.owner_id, node.updated_by_id} - {None}
    if node.owner_id is None:
        group_id = db.session.scalar(select(Space.group_id).where(Space.id == node.space_id))
        told |= set(managers_of(group_id)) if group_id else set()
    return {each for each in told if each is not None}


def listen() -> None:
    """Hear of infected contents, in the transaction that sets them aside."""
    events.within("blob.infected", _tell)
