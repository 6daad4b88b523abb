"""GET, PUT, DELETE, MKCOL, COPY, MOVE (RFC 4918 section 9, RFC 9110)."""

from werkzeug.utils import send_file

from preau.kernel import downloads, files, rights
from preau.kernel.database import db
from preau.kernel.ports.blobs import Stored
from preau.services.utilities.files import content, trash, tree
from preau.services.utilities.files.dav import conditions, places
from preau.services.utilities.files.dav.exchange import Answer, Request
from preau.services.utilities.files.dav.places import Place
from preau.services.utilities.files.dav.properties import http_date
from preau.services.utilities.files.dav.status import Stop
from preau.services.utilities.files.models import Node

SAFETY = downloads.safety_headers("")
METHODS = "OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK"


def options(request: Request) -> Answer:
    """What is spoken here; MS-Author-Via is what makes Windows see a drive."""
    del request
    return Answer(200, b"", {"DAV": "1, 2", "Allow": METHODS, "MS-Author-Via": "DAV"})


def get(request: Request) -> Answer:
    """The content, ranges included; a folder leads to its page."""
    place = request.place
    if place.virtual or (place.node is not None and place.node.is_folder):
        where = f"/fichiers/dossiers/{place.node.id}" if place.node else "/fichiers/"
        return Answer(303, b"", {"Location": where})
    node = place.found()
    rights.require(request.identity, "read", node)
    files.require_safe(node.blob or "")
    return sent(request, node.blob or "", node.media_type, int(node.updated_at.timestamp()))


def sent(request: Request, sha256: str, media_type: str, modified: int) -> Answer:
    """A content on its way: by the front server, or from here with ranges and conditions."""
    headers = {
        "ETag": f'"{sha256[:32]}"',
        "Last-Modified": http_date(modified),
        "Accept-Ranges": "bytes",
        **SAFETY,
    }
    handed = downloads.front_server_headers(sha256)
    if handed:
        return Answer(200, b"", {**headers, **handed, "Content-Type": media_type})
    with downloads.present():
        given = send_file(
            files.path_of(sha256) or files.opened(sha256),
            request.environ,
            mimetype=media_type,
            etag=sha256[:32],
            last_modified=modified,
            conditional=True,
        )
    return Answer(given.status_code, given.response, {**dict(given.headers), **headers})


def put(request: Request) -> Answer:
    """A new file, or a new content; never held in memory."""
    place = request.place
    if request.header("CONTENT_RANGE"):
        raise Stop(400)
    if place.virtual or (place.node is not None and place.node.is_folder):
        raise Stop(405, Allow=METHODS)
    conditions.require_match(request.environ, place.node)
    if place.node is None and place.parent is None:
        raise Stop(409)
    # Refused before the body is read.
    request.require_write(place.node or place.parent)  # type: ignore[arg-type]
    stored = files.store(request.environ["wsgi.input"])
    node = _written(request, place, stored)
    status = 204 if place.node is not None else 201
    return Answer(status, b"", {"ETag": f'"{node.etag}"'})


def _written(request: Request, place: Place, stored: Stored) -> Node:
    if place.node is not None:
        content.replace(request.identity, place.node, stored, tokens=request.tokens)
        return place.node
    assert place.parent is not None  # noqa: S101 - the caller has looked
    node, _new = content.put(request.identity, place.parent, place.name, stored, tokens=request.tokens)
    return node


def delete(request: Request) -> Answer:
    """Into the trash."""
    node = request.place.found()
    conditions.require_match(request.environ, node)
    if node.is_root:
        raise Stop(403)
    trash.throw_away(request.identity, node, request.tokens)
    return Answer(204)


def mkcol(request: Request) -> Answer:
    """A new folder."""
    place = request.place
    if request.environ["wsgi.input"].read(1):
        raise Stop(415)
    if place.node is not None or place.virtual:
        raise Stop(405, Allow=METHODS)
    if place.parent is None or not place.parent.is_folder:
        raise Stop(409)
    tree.create_folder(request.identity, place.parent, place.name, request.tokens)
    return Answer(201)


def copy(request: Request) -> Answer:
    """Copy; what was at the destination goes to the trash."""
    node, target = request.place.found(), _destination(request)
    if request.depth not in {"0", "infinity"}:
        raise Stop(400)
    there = target.node
    if there is not None:
        _make_room(request, node, target)
    parent = _parent(target)
    tree.copy(request.identity, node, parent, target.name, deep=request.depth != "0", tokens=request.tokens)
    return _made(target, new=there is None)


def move(request: Request) -> Answer:
    """Move. An application that saves to a new file, then moves it over the old one, keeps the old's versions."""
    node, target = request.place.found(), _destination(request)
    if request.depth != "infinity":
        raise Stop(400)
    there = target.node
    if there is not None and not there.is_folder and not node.is_folder and node.blob:
        rights.require(request.identity, "delete", node)
        content.replace(request.identity, there, Stored(node.blob, node.size), tokens=request.tokens)
        there.properties = dict(node.properties)
        trash.throw_away(request.identity, node, request.tokens)
        trash.purge(request.identity, db.session.get_one(Node, node.id))
        return _made(target, new=False)
    if there is not None:
        _make_room(request, node, target)
    tree.move(request.identity, node, _parent(target), target.name, request.tokens)
    return _made(target, new=there is None)


def _destination(request: Request) -> Place:
    url = request.header("DESTINATION")
    if not url:
        raise Stop(400)
    try:
        segments = places.of_url(url, request.host)
    except UnicodeError:
        raise Stop(400) from None
    if segments == request.segments or segments[: len(request.segments)] == request.segments:
        raise Stop(403)
    target = request.resolve(segments)
    if target.virtual or (target.node is not None and target.node.is_root):
        raise Stop(403)
    if target.node is not None and (request.header("OVERWRITE") or "T").strip().upper() == "F":
        raise Stop(412)
    _parent(target)
    return target


def _parent(target: Place) -> Node:
    if target.parent is None or not target.parent.is_folder:
        raise Stop(409)
    return target.parent


def _make_room(request: Request, node: Node, target: Place) -> None:
    there = target.node
    assert there is not None  # noqa: S101 - the caller has looked
    if there.id in node.path:
        raise Stop(403)
    trash.throw_away(request.identity, there, request.tokens)


def _made(target: Place, *, new: bool) -> Answer:
    return Answer(201, b"", {"Location": target.href}) if new else Answer(204)
