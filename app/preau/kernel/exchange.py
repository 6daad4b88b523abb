"""Exchange: what services export and import, as open, versioned and published formats (SOC-INT-IED).

A service declares one :class:`Exchangeable` per kind of object. The archive (ZIP with MANIFEST.json),
the choice of what goes in, policies, merging, dry run, transaction, reports, pages and command line are
made here once (:mod:`preau.kernel.exchange_export`, :mod:`preau.kernel.exchange_import`).

    class BookmarkV1(BaseModel):                       # published at /schemas/bookmark-v1.json
        owner: str                                     # uid of a person
        folder: str | None = None                      # key of another object of the archive
        title: str
        url: str

    def export_bookmarks(identity: Identity, scope: Scope) -> Iterator[Item]:
        for bookmark in db.session.scalars(select(Bookmark).where(scope.owned(Bookmark.owner_id))):
            yield Item(
                key=str(bookmark.id),
                data=BookmarkV1(owner=scope.refs.person_uid(bookmark.owner_id), …),
                title=bookmark.title,
                path=f"/signets/{bookmark.id}",
                rights=[scope.refs.portable(each) for each in bookmark.audience],
                created_at=bookmark.created_at,
                updated_at=bookmark.updated_at,
            )

    def import_bookmark(identity: Identity, item: Imported, context: Context) -> Bookmark:
        bookmark = item.existing or Bookmark(id=context.id_for(Bookmark, item.key))
        bookmark.owner_id = context.owner(item.data.owner)
        bookmark.folder_id = context.reference(Folder, item.data.folder)
        bookmark.title, bookmark.url = item.data.title, item.data.url
        db.session.add(bookmark)
        return bookmark

    service = Service(…, exchange=(
        Exchangeable("bookmark", 1, BookmarkV1, export_bookmarks, import_bookmark, model=Bookmark,
                     label=_l("Signets"), merge={"title": "newest"}),
    ))

Order matters: what is referred to comes first (folders before bookmarks; a service's tuple, then the
registry's order). An object that refers to another of its own kind gives ``link``, a second pass.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from preau.kernel.identity import Identity

if TYPE_CHECKING:
    from flask_babel import LazyString

    from preau.kernel.exchange_context import Context, Scope

POLICIES = ("refuse", "replace", "merge")
ARBITRATIONS = ("imported", "kept", "newest", "union")


@dataclass(frozen=True, slots=True)
class File:
    """A file attached to an object: its content goes into the archive once, under its SHA-256.

    ``content`` is a path on this machine or a function returning the bytes. ``path`` is where it is found
    in the ENT, ``rights`` the portable principals that may read it.
    """

    name: str
    content: Path | Callable[[], bytes]
    media_type: str = "application/octet-stream"
    path: str = ""
    description: str = ""
    rights: Iterable[str] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One exported object with what the manifest must say of it (SDET 10.2.1.1.3).

    ``key`` is its identifier, kept by an import (uuid, uid); ``data`` an instance of the schema, with no
    local number in it: persons by uid, structures by ``refs.structure_key``, groups by uid.
    """

    key: str
    data: BaseModel
    title: str = ""
    path: str = ""
    rights: Iterable[str] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    files: Iterable[File] = ()


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file of the archive; ``sha256`` was checked against its content, which ``context.open(file)`` reads."""

    name: str
    sha256: str
    size: int
    media_type: str
    path: str = ""
    description: str = ""
    rights: tuple[str, ...] = ()


@dataclass(slots=True)
class Imported:
    """One object read from an archive: validated, merged if it must be; ``existing`` is what it replaces."""

    key: str
    data: Any
    title: str = ""
    path: str = ""
    rights: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    files: tuple[ImportedFile, ...] = ()
    existing: Any = None


Exporter = Callable[[Identity, "Scope"], Iterable[Item]]
Importer = Callable[[Identity, Imported, "Context"], Any]


@dataclass(frozen=True)
class Exchangeable:
    """A kind of object that can be exported and imported.

    ``name`` and ``version`` name the format; ``schema`` is a pydantic model of one object. ``model`` is
    the mapped class. ``find(identity, item, context)`` returns the object that the item would replace;
    by default the one with the same id that the importer may touch. ``remove(identity, obj)`` deletes
    one that a replacing import leaves out (default: ``session.delete``).

    ``merge`` arbitrates field by field when the policy is to merge: "imported", "kept", "newest" (by
    ``updated_at``) or "union" (lists); a field not named is "newest". ``older`` holds the schemas of
    former versions that are still read, each with a function to the next; ``downgrade`` those that can
    still be written. ``scopes`` says in which exports it goes: "person", "group", "structure",
    "everything". With ``ordered`` the exporter promises ascending keys, and nothing is sorted in memory.
    ``project_only`` formats are exported by whoever the scope is open to, and imported by the
    administrators of the project only.
    """

    name: str
    version: int
    schema: type[BaseModel]
    export: Exporter
    import_: Importer
    model: type[Any]
    label: "str | LazyString"
    find: Importer | None = None
    link: Importer | None = None
    remove: Callable[[Identity, Any], None] | None = None
    merge: Mapping[str, str] = field(default_factory=dict)
    older: Mapping[int, tuple[type[BaseModel], Callable[[dict[str, Any]], dict[str, Any]]]] = field(
        default_factory=dict
    )
    downgrade: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    scopes: tuple[str, ...] = ("person", "group", "structure", "everything")
    ordered: bool = False
    project_only: bool = False
    description: "str | LazyString" = ""

    @property
    def format(self) -> str:
        """The format's name with its version, as in the schema's address."""
        return f"{self.name}-v{self.version}"

    @property
    def versions(self) -> tuple[int, ...]:
        """Versions that can be imported, newest first."""
        return tuple(sorted({self.version, *self.older}, reverse=True))
