"""What other services may do with files: save one in somebody's space, offer those that are there, read one."""

import uuid
from typing import BinaryIO

from preau.kernel import files, rights
from preau.kernel.identity import Identity
from preau.kernel.ports.blobs import Readable
from preau.kernel.transaction import atomic
from preau.services.utilities.files import content, names, spaces, tree
from preau.services.utilities.files.models import Node


def save(
    identity: Identity, name: str, stream: Readable | bytes, *, folder: str = "", limit: int | None = None
) -> Node:
    """Save a file in the identity's own space, in a folder made if need be; a taken name gets a number.

    ``folder`` is a path such as "Cahier de textes/6e A" (UTI-UTL-ESF-04).
    """
    with atomic():
        parent = spaces.own_root(identity)
        for step in filter(None, folder.split("/")):
            there = names.child(parent.id, names.clean(step))
            parent = there if there and there.is_folder else tree.create_folder(identity, parent, step)
        stored = files.store(stream, limit)
        node, _new = content.put(identity, parent, name, stored, on_conflict="rename")
    return node


def readable(identity: Identity, node_id: uuid.UUID) -> Node:
    """The file that a picker chose, if the identity may read it."""
    return rights.fetch(identity, Node, node_id)


def opened(identity: Identity, node_id: uuid.UUID) -> BinaryIO:
    """The content of a file that the identity may read."""
    node = readable(identity, node_id)
    return files.opened(node.blob or "")
