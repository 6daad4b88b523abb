"""Bookmarks of several people, some shared."""

from preau.kernel.tenancy import behind
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn


def populate(world):
    for key, group in (("teacher", "6A"), ("school_teacher", "CP")):
        identity = world.identity(key)
        with behind(identity):
            folder = operations.create_folder(identity, FolderIn(name="Partagé"))
            inner = operations.create_folder(identity, FolderIn(name="Dedans", parent_id=folder.id))
            shared = BookmarkIn(title="Vu", url="https://exemple.fr", folder_id=inner.id)
            operations.create_bookmark(identity, shared)
            operations.create_bookmark(identity, BookmarkIn(title="À moi", url="https://exemple.fr"))
            operations.share(identity, folder, {f"group:{world.groups[group]}": "read"})
