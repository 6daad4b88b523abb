"""What the search finds of files: names, and the text that a job extracts from the contents."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, cast, select

from preau.kernel import jobs
from preau.kernel.database import db, now
from preau.kernel.search import Document, Searchable
from preau.kernel.search_follow import index
from preau.kernel.search_index import SearchDocument
from preau.kernel.traits.nested import shared_above
from preau.kernel.transaction import atomic
from preau.services.utilities.files.models import Node

SINCE = timedelta(hours=2)
AT_ONCE = 500


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


@jobs.task("files.index_new", lock="files.index_new")
def index_new() -> int:
    """Index what WebDAV put by its short way, round the session that the index follows; return how many."""
    known = select(SearchDocument.object_id).where(
        SearchDocument.kind == Node.__tablename__, SearchDocument.object_id == cast(Node.id, Text)
    )
    new = (
        select(Node.id)
        .where(
            Node.created_at > now() - SINCE,
            Node.parent_id.is_not(None),
            Node.trashed_at.is_(None),
            ~known.exists(),
        )
        .limit(AT_ONCE)
    )
    count = 0
    while found := db.session.scalars(new).all():
        with atomic():
            index([(Node.__tablename__, key) for key in found])
        count += len(found)
    return count
