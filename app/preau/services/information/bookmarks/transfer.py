"""Import and export of browser bookmark files, all or nothing."""

import uuid

from preau.kernel import journal, rights
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.services.information.bookmarks import netscape, operations
from preau.services.information.bookmarks.models import Bookmark
from preau.services.information.bookmarks.netscape import Branch
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn


def import_netscape(identity: Identity, content: bytes) -> int:
    """Add what the file holds to the identity's bookmarks; return how many.

    Entries that no browser page can open (``javascript:``…) are left out.
    """
    root = netscape.read(content)
    with atomic():
        count = _add(identity, root, None)
        journal.record(identity, "bookmarks.import", kind="bookmark", count=count)
    return count


def _add(identity: Identity, branch: Branch, folder_id: uuid.UUID | None) -> int:
    count = 0
    for title, url, note in branch.bookmarks:
        try:
            data = BookmarkIn(title=title[:200], url=url, note=note[:2000], folder_id=folder_id)
        except ValueError:
            continue
        operations.create_bookmark(identity, data)
        count += 1
    for inner in branch.folders:
        folder = operations.create_folder(
            identity, FolderIn(name=inner.name[:200] or "…", parent_id=folder_id)
        )
        count += _add(identity, inner, folder.id)
    return count


def export_netscape(identity: Identity) -> str:
    """The identity's own bookmarks as a file that any browser imports."""
    folders = list(db.session.scalars(operations.own_folders(identity)))
    own = rights.allowed(identity, Bookmark).where(Bookmark.owner_id == identity.person_id)
    bookmarks = list(db.session.scalars(own.order_by(Bookmark.position, Bookmark.created_at)))
    branches: dict[uuid.UUID | None, Branch] = {None: Branch()}
    branches |= {folder.id: Branch(folder.name) for folder in folders}
    for folder in folders:
        branches[folder.parent_id].folders.append(branches[folder.id])
    for bookmark in bookmarks:
        branches[bookmark.folder_id].bookmarks.append((bookmark.title, bookmark.url, bookmark.note))
    return netscape.write(branches[None])
