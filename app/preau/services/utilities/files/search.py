"""What the search finds of files: names, and the text that a job extracts from the contents."""

from flask_babel import lazy_gettext as _l

from preau.kernel.search import Document, Searchable
from preau.kernel.traits.nested import shared_above
from preau.services.utilities.files.models import Node


def document(node: Node) -> Document | None:
    """The name; the trash and the tops of spaces are not found."""
    if node.trashed_at is not None or node.is_root:
        return None
    return Document(
        title=node.name,
        principals=shared_above(node),
        structures=node.open_to,
        owner_id=node.owner_id,
        at=node.updated_at,
        url=f"/fichiers/{'dossiers' if node.is_folder else 'fichier'}/{node.id}",
        metadata={"type": "folder" if node.is_folder else "file", "format": node.media_type},
        blob=node.blob or "",
    )


SEARCHABLE = (Searchable(Node, document, label=_l("Fichiers"), icon="folder"),)
