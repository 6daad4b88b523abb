"""From an address under ``/dav/`` to a node.

``/dav/`` is one's own space. At its top two collections that hold no files of their own lead elsewhere:
``Groupes/<group>/`` and ``Partagés avec moi/<what is shared>/``.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

from sqlalchemy import ARRAY, Integer, Text, Uuid, func, literal, select, true

from preau.kernel.database import db
from preau.kernel.errors import PreauError
from preau.kernel.identity import Identity
from preau.services.utilities.files import sharing, spaces
from preau.services.utilities.files.dav.status import Stop
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.names import GROUPS, SHARED

PREFIX = "/dav"
Entrance = tuple[str, Node | int]


@dataclass(slots=True)
class Place:
    """Where an address leads.

    ``virtual`` names a collection that is no node; ``parent`` is the folder that holds, or would hold, what
    the address names.
    """

    segments: list[str]
    node: Node | None = None
    parent: Node | None = None
    virtual: str = ""

    @property
    def name(self) -> str:
        """The last segment."""
        return self.segments[-1] if self.segments else ""

    @property
    def href(self) -> str:
        """The address, with a slash at the end of a collection."""
        path = "".join("/" + quoted(segment) for segment in self.segments)
        folder = self.virtual or (self.node is not None and self.node.is_folder)
        return f"{PREFIX}{path}/" if folder else f"{PREFIX}{path}"

    def found(self) -> Node:
        """The node, or 404; 403 where there is a collection that is no node."""
        if self.node is None:
            raise Stop(403 if self.virtual else 404)
        return self.node


def quoted(segment: str) -> str:
    """A segment as it stands in an address."""
    return segment if segment.isalnum() and segment.isascii() else quote(segment, safe="~!$&'()*+,;=:@")


def split(path: str) -> list[str]:
    """Segments of a decoded path; empty ones are dropped, dots refused."""
    segments = [
        unicodedata.normalize("NFC", each) if not each.isascii() else each for each in path.split("/") if each
    ]
    if "." in segments or ".." in segments or "\0" in path:
        raise Stop(400)
    return segments


def of_url(url: str, host: str) -> list[str]:
    """Segments that a Destination or a tagged list names; 502 for another server."""
    if "://" in url:
        rest = url.split("://", 1)[1]
        authority, slash, path = rest.partition("/")
        if authority.rpartition("@")[2].lower() != host.lower():
            raise Stop(502)
        url = slash + path
    path = unquote(url.partition("?")[0].partition("#")[0], errors="strict")
    if path != PREFIX and not path.startswith(PREFIX + "/"):
        raise Stop(502)
    return split(path[len(PREFIX) :])


def resolve(identity: Identity, segments: list[str]) -> Place:
    """Where the segments lead; rights are checked by what is then done."""
    if segments[:1] == [GROUPS]:
        return _through(segments, group_entrances(identity), identity)
    if segments[:1] == [SHARED]:
        return _through(segments, shared_entrances(identity), identity)
    return _walk(spaces.own_root(identity), segments, segments)


def _through(segments: list[str], entrances: Iterable[Entrance], identity: Identity) -> Place:
    if len(segments) == 1:
        return Place(segments, virtual=segments[0])
    for name, entrance in entrances:
        if name == segments[1]:
            root = enter(identity, entrance)
            return _walk(root, segments[2:], segments) if root else Place(segments)
    return Place(segments)


def enter(identity: Identity, entrance: Node | int) -> Node | None:
    """The top of what an entrance opens; nothing when its managers closed it."""
    if isinstance(entrance, Node):
        return entrance
    try:
        return spaces.group_root(identity, entrance)
    except PreauError:
        return None


def group_entrances(identity: Identity) -> Iterator[Entrance]:
    """The identity's groups, by a name that only one of them has."""
    yield from _distinct((group.name, group.id) for group in spaces.groups(identity))


def shared_entrances(identity: Identity) -> Iterator[Entrance]:
    """What is shared with the identity, likewise."""
    yield from _distinct((node.name, node) for node in sharing.shared_with(identity))


def _distinct(entrances: Iterable[Entrance]) -> Iterator[Entrance]:
    seen: dict[str, int] = {}
    for raw, entrance in entrances:
        name = raw.replace("/", "\u2215").strip() or "?"
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), entrance


def _walk(root: Node, names: list[str], segments: list[str]) -> Place:
    if not names:
        parent = db.session.get(Node, root.parent_id) if root.parent_id else None
        return Place(segments, node=root, parent=parent)
    start = select(literal(root.id, Uuid).label("id"), literal(0, Integer).label("depth")).cte(
        "walk", recursive=True
    )
    each = func.unnest(literal(names, ARRAY(Text)))
    wanted = each.table_valued("name", with_ordinality="depth", name="wanted").render_derived()
    # One name in one folder at a time: a join would let the planner read the whole table.
    child = (
        select(Node.id)
        .where(Node.parent_id == start.c.id, Node.trashed_at.is_(None), Node.name == wanted.c.name)
        .limit(1)
        .lateral("child")
    )
    step = select(child.c.id, start.c.depth + 1).select_from(
        start.join(wanted, wanted.c.depth == start.c.depth + 1).join(child, true())
    )
    walk = start.union_all(step)
    rows = db.session.execute(
        select(Node, walk.c.depth)
        .join(walk, walk.c.id == Node.id)
        .where(walk.c.depth >= len(names) - 1)
        .order_by(walk.c.depth)
    ).all()
    by_depth = {depth: node for node, depth in rows}
    return Place(segments, node=by_depth.get(len(names)), parent=by_depth.get(len(names) - 1))
