"""Formats of bookmarks and their folders (UTI-IDO-GSI-02, SOC-INT-IED)."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.kernel.traits.nested import reopen
from preau.services.information.bookmarks.models import Bookmark, Folder
from preau.services.information.bookmarks.schemas import WebAddress


class FolderV1(BaseModel):
    """A folder: whose, in which other, shared with which (portable) principal at which level."""

    owner: str
    name: str = Field(min_length=1, max_length=200)
    parent: str | None = None
    position: int = 0
    shared: dict[str, str] = {}


class BookmarkV1(BaseModel):
    """A bookmark."""

    owner: str
    title: str = Field(min_length=1, max_length=200)
    url: WebAddress
    note: str = Field(default="", max_length=2000)
    folder: str | None = None
    position: int = 0
    shared: dict[str, str] = {}


def export_folders(identity: Identity, scope: Scope) -> Iterator[Item]:
    """Parents before children: a path is longer than its parent's."""
    del identity
    rows = select(Folder).where(scope.owned(Folder.owner_id)).order_by(Folder.id)
    for folder in db.session.scalars(rows):
        shares = scope.refs.shares(folder)
        yield Item(
            key=str(folder.id),
            data=FolderV1(
                owner=scope.refs.person_uid(folder.owner_id),
                name=folder.name,
                parent=str(folder.parent_id) if folder.parent_id else None,
                position=folder.position,
                shared=shares,
            ),
            title=folder.name,
            path=f"/signets/dossiers/{folder.id}",
            rights=list(shares),
            created_at=folder.created_at,
            updated_at=folder.updated_at,
        )


def export_bookmarks(identity: Identity, scope: Scope) -> Iterator[Item]:
    """Bookmarks, in a stable order."""
    del identity
    rows = select(Bookmark).where(scope.owned(Bookmark.owner_id)).order_by(Bookmark.id)
    for bookmark in db.session.scalars(rows):
        shares = scope.refs.shares(bookmark)
        yield Item(
            key=str(bookmark.id),
            data=BookmarkV1(
                owner=scope.refs.person_uid(bookmark.owner_id),
                title=bookmark.title,
                url=bookmark.url,
                note=bookmark.note,
                folder=str(bookmark.folder_id) if bookmark.folder_id else None,
                position=bookmark.position,
                shared=shares,
            ),
            title=bookmark.title,
            path=f"/signets/{bookmark.id}",
            rights=list(shares),
            created_at=bookmark.created_at,
            updated_at=bookmark.updated_at,
        )


def import_folder(identity: Identity, item: Imported, context: Context) -> Folder:
    """The folder, at the top for now: its parent may come after it."""
    del identity
    data: FolderV1 = item.data
    folder = item.existing or Folder(id=context.id_for(Folder, item.key))
    folder.owner_id = context.owner(data.owner)
    folder.name, folder.position = data.name, data.position
    folder.path = [folder.id]
    folder.created_at = item.created_at or folder.created_at
    db.session.add(folder)
    context.share(folder, data.shared)
    return folder


def link_folder(identity: Identity, item: Imported, context: Context) -> Folder:
    """Put the folder in its parent."""
    del identity
    folder: Folder = item.existing
    folder.parent_id = context.reference(Folder, item.data.parent)
    folder.path = [*_path(folder.parent_id, context), folder.id]
    folder.updated_at = item.updated_at or folder.updated_at
    db.session.flush()
    reopen(Folder, folder.id)
    return folder


def import_bookmark(identity: Identity, item: Imported, context: Context) -> Bookmark:
    """The bookmark, in its folder when the archive or the person has it."""
    del identity
    data: BookmarkV1 = item.data
    bookmark = item.existing or Bookmark(id=context.id_for(Bookmark, item.key))
    bookmark.owner_id = context.owner(data.owner)
    bookmark.title, bookmark.url, bookmark.note = data.title, data.url, data.note
    bookmark.folder_id = context.reference(Folder, data.folder)
    bookmark.position = data.position
    bookmark.path = [*_path(bookmark.folder_id, context), bookmark.id]
    bookmark.created_at = item.created_at or bookmark.created_at
    bookmark.updated_at = item.updated_at or bookmark.updated_at
    db.session.add(bookmark)
    context.share(bookmark, data.shared)
    db.session.flush()
    reopen(Bookmark, bookmark.id)
    return bookmark


def _path(folder_id: object, context: Context) -> list[object]:
    del context
    path: list[object] = []
    while folder_id is not None:
        path.insert(0, folder_id)
        folder_id = db.session.scalar(select(Folder.parent_id).where(Folder.id == folder_id))
    return path


FORMATS = (
    Exchangeable(
        "bookmark-folder", 1, FolderV1, export_folders, import_folder, model=Folder, link=link_folder,
        label=_l("Dossiers de signets"),
    ),
    Exchangeable(
        "bookmark", 1, BookmarkV1, export_bookmarks, import_bookmark, model=Bookmark,
        label=_l("Signets"),
    ),
)  # fmt: skip
