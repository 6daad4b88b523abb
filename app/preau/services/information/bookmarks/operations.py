"""What one does with bookmarks (UTI-IDO-GSI-01)."""

import uuid
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from preau.kernel import events, journal, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.traits import shared
from preau.kernel.traits.nested import DEEPEST, move_below, reopen
from preau.kernel.transaction import atomic
from preau.services.information.bookmarks.models import Bookmark, Folder
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn

MOST_PER_PERSON = 5000


def own_folders(identity: Identity) -> Select[tuple[Folder]]:
    """The identity's own folders, in their order."""
    return select(Folder).where(Folder.owner_id == identity.person_id).order_by(Folder.position, Folder.name)


def own_bookmarks(identity: Identity, folder_id: uuid.UUID | None = None) -> Select[tuple[Bookmark]]:
    """Own bookmarks at the top, or readable ones of a folder, in their order."""
    statement = rights.allowed(identity, Bookmark).order_by(Bookmark.position, Bookmark.created_at)
    if folder_id is None:
        return statement.where(Bookmark.folder_id.is_(None), Bookmark.owner_id == identity.person_id)
    return statement.where(Bookmark.folder_id == folder_id)


def shared_with(identity: Identity) -> tuple[list[Folder], list[Bookmark]]:
    """What others have shared with the identity: the highest shared folders, and bookmarks shared alone."""
    folders = list(
        db.session.scalars(
            rights.allowed(identity, Folder)
            .where(Folder.owner_id != identity.person_id)
            .order_by(Folder.name)
        )
    )
    seen = {folder.id for folder in folders}
    tops = [folder for folder in folders if folder.parent_id not in seen]
    bookmarks = db.session.scalars(
        rights.allowed(identity, Bookmark)
        .where(Bookmark.owner_id != identity.person_id)
        .order_by(Bookmark.title)
    )
    return tops, [each for each in bookmarks if each.folder_id not in seen]


def create_folder(identity: Identity, data: FolderIn) -> Folder:
    """A new folder, at the top or in one that the identity may write."""
    parent = rights.fetch(identity, Folder, data.parent_id, "write") if data.parent_id else None
    if parent and len(parent.path) >= DEEPEST:
        raise Invalid(_("Ce dossier est déjà très profond. Rangez-le un peu plus haut."), {"parent_id": [""]})
    with atomic() as session:
        folder = Folder(id=uuid.uuid4(), name=data.name, parent_id=data.parent_id)
        folder.owner_id = parent.owner_id if parent else identity.person_id
        folder.path = [*(parent.path if parent else []), folder.id]
        folder.open_to = parent.open_to if parent else []
        folder.position = _next_position(Folder, Folder.parent_id == data.parent_id, folder.owner_id)
        session.add(folder)
        journal.record(identity, "bookmarks.create_folder", folder)
    return folder


def change_folder(identity: Identity, folder: Folder, data: FolderIn) -> None:
    """Rename or move; a folder never goes into itself."""
    rights.require(identity, "write", folder)
    parent = rights.fetch(identity, Folder, data.parent_id, "write") if data.parent_id else None
    if parent and folder.id in parent.path:
        raise Invalid(
            _("Un dossier ne peut pas être rangé dans lui-même."),
            {"parent_id": [_("Choisissez un autre dossier.")]},
        )
    with atomic():
        folder.name = data.name
        if folder.parent_id != data.parent_id:
            folder.parent_id = data.parent_id
            path = [*(parent.path if parent else []), folder.id]
            for model in (Folder, Bookmark):
                move_below(model, folder.id, path)
                reopen(model, folder.id)
        journal.record(identity, "bookmarks.change_folder", folder)


def delete_folder(identity: Identity, folder: Folder) -> None:
    """The folder and what it holds."""
    rights.require(identity, "delete", folder)
    with atomic() as session:
        for model in (Bookmark, Folder):
            for gone in session.scalars(select(model).where(model.path.contains([folder.id]))):
                shared.unshare(gone)
        journal.record(identity, "bookmarks.delete_folder", folder)
        session.delete(folder)


def create_bookmark(identity: Identity, data: BookmarkIn) -> Bookmark:
    """A new bookmark, at the top or in a folder that the identity may write."""
    folder = rights.fetch(identity, Folder, data.folder_id, "write") if data.folder_id else None
    owner_id = folder.owner_id if folder else identity.person_id
    held = (
        db.session.scalar(select(func.count()).select_from(Bookmark).where(Bookmark.owner_id == owner_id))
        or 0
    )
    if held >= MOST_PER_PERSON:
        raise Invalid(_("Vous avez déjà %(count)s signets : supprimez-en avant d’en ajouter.", count=held))
    with atomic() as session:
        bookmark = Bookmark(id=uuid.uuid4(), owner_id=owner_id, **data.model_dump())
        bookmark.path = [*(folder.path if folder else []), bookmark.id]
        bookmark.open_to = folder.open_to if folder else []
        bookmark.position = _next_position(Bookmark, Bookmark.folder_id == data.folder_id, owner_id)
        session.add(bookmark)
        journal.record(identity, "bookmarks.create", bookmark)
        events.publish("bookmarks.created", identity, bookmark)
    return bookmark


def change_bookmark(identity: Identity, bookmark: Bookmark, data: BookmarkIn) -> None:
    """Change what it says, or move it to another folder."""
    rights.require(identity, "write", bookmark)
    folder = rights.fetch(identity, Folder, data.folder_id, "write") if data.folder_id else None
    with atomic():
        for name, value in data.model_dump().items():
            setattr(bookmark, name, value)
        bookmark.path = [*(folder.path if folder else []), bookmark.id]
        reopen(Bookmark, bookmark.id)
        journal.record(identity, "bookmarks.change", bookmark)


def delete_bookmark(identity: Identity, bookmark: Bookmark) -> BookmarkIn:
    """Delete; what it said is returned, so that the page can offer to undo."""
    rights.require(identity, "delete", bookmark)
    said = BookmarkIn(
        title=bookmark.title, url=bookmark.url, note=bookmark.note, folder_id=bookmark.folder_id
    )
    with atomic() as session:
        shared.unshare(bookmark)
        journal.record(identity, "bookmarks.delete", bookmark)
        session.delete(bookmark)
    return said


def move(identity: Identity, bookmark: Bookmark, steps: int) -> None:
    """One place up (-1) or down (+1) among its neighbours."""
    rights.require(identity, "write", bookmark)
    with atomic() as session:
        neighbours = list(session.scalars(own_bookmarks(identity, bookmark.folder_id)))
        here = neighbours.index(bookmark)
        there = min(max(here + steps, 0), len(neighbours) - 1)
        neighbours.insert(there, neighbours.pop(here))
        for position, neighbour in enumerate(neighbours):
            neighbour.position = position


def share(identity: Identity, obj: Folder | Bookmark, wanted: Mapping[str, str]) -> None:
    """Share a folder with all it holds, or one bookmark."""
    rights.require(identity, "delete", obj)
    with atomic():
        shared.share(identity, obj, wanted)
        for model in (Folder, Bookmark):
            reopen(model, obj.id)


def _next_position(model: type[Folder | Bookmark], place: object, owner_id: int) -> int:
    highest = db.session.scalar(select(func.max(model.position)).where(model.owner_id == owner_id, place))  # type: ignore[arg-type]
    return (highest if highest is not None else -1) + 1
