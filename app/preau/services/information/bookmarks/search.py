"""What the search finds of bookmarks."""

from flask_babel import lazy_gettext as _l

from preau.kernel.search import Document, Searchable
from preau.kernel.traits.nested import shared_above
from preau.services.information.bookmarks.models import Bookmark


def document(bookmark: Bookmark) -> Document:
    """The title, the note and the address."""
    return Document(
        title=bookmark.title,
        body=f"{bookmark.note} {bookmark.url}",
        principals=shared_above(bookmark),
        structures=bookmark.open_to,
        owner_id=bookmark.owner_id,
        at=bookmark.updated_at,
        url=f"/signets/{bookmark.id}",
        metadata={"identifier": bookmark.url, "type": "bookmark"},
    )


SEARCHABLE = (Searchable(Bookmark, document, label=_l("Signets"), icon="bookmark"),)
