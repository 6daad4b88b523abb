"""Search: one index for every service, with the principals in the row, so that one query finds and filters.

A service declares what it offers to search and nothing else; it cannot forget to index, since the index
follows the session: whatever a transaction writes to a searchable model is indexed at its commit, and a
trigger forgets what is deleted, also by a cascade. SOC-POR-MDR, UTI-IDO-REC.

    def document(note: Note) -> Document:
        return Document(
            title=note.title,
            body=note.text,
            principals=note.audience or (f"person:{note.owner_id}",),
            structures=note.open_to,
            owner_id=note.owner_id,
            author=note.author_name,
            at=note.updated_at,
            url=url_of("notes.show", id=note.id),
        )

    service = Service(…, search=(Searchable(Note, document, label=_l("Notes"), icon="journal"),))
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from preau.kernel.identity import Identity

if TYPE_CHECKING:
    from flask_babel import LazyString

DUBLIN_CORE = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format",
    "identifier", "source", "language", "relation", "coverage", "rights",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Document:
    """What the index keeps of an object.

    ``principals`` are those who may find it, as in an identity's own ("person:12", "profile:3:teacher",
    "group:9", "all"); ``structures`` the ids of the structures it may be seen from (the second wall);
    ``owner_id`` always finds it. ``metadata`` uses Dublin Core names where there is one. ``blob`` is the
    hash of a stored file whose text is extracted by a job and found too.
    """

    title: str
    body: str = ""
    principals: Iterable[str] = ()
    structures: Iterable[int] = ()
    owner_id: int | None = None
    author: str = ""
    at: datetime | None = None
    url: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    blob: str = ""


@dataclass(frozen=True)
class Searchable:
    """A model that is found by search.

    ``document`` returns what to keep of an object, or nothing when it is not to be found (a draft, the
    trash). ``through`` names models whose rows change what is kept of an object of this one — its shares,
    its tags — each with a function from such a row to the object's key. ``kind`` is the type of result,
    the table's name unless given; ``label`` and ``icon`` show it.
    """

    model: type[Any]
    document: Callable[[Any], Document | None]
    label: "str | LazyString"
    icon: str = "file-earmark-text"
    kind: str = ""
    through: Mapping[type[Any], Callable[[Any], Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The type of result."""
        return self.kind or str(self.model.__tablename__)


@dataclass(frozen=True, slots=True)
class Hit:
    """One result: what is shown of it and where it leads."""

    kind: str
    key: str
    title: str
    url: str
    excerpt: str = ""
    author: str = ""
    at: datetime | None = None
    rank: float = 0.0
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Federated:
    """A source that keeps its own index (the white pages, a mailbox): it is asked, with rights, at each search.

    ``find(identity, text, limit)`` returns at most ``limit`` hits that the identity may see, best first.
    Declared in the same ``search=(…)`` as the others. SOC-POR-MDR-05.
    """

    name: str
    label: "str | LazyString"
    find: Callable[[Identity, str, int], Iterable[Hit]]
    icon: str = "people"
