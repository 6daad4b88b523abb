"""PROPFIND and PROPPATCH (RFC 4918 sections 9.1 and 9.2, RFC 4331)."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, cast, func, or_, select

from preau.kernel import journal, rights
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.files import locks
from preau.services.utilities.files.dav import locking, places, properties, xml
from preau.services.utilities.files.dav.exchange import Answer, Request
from preau.services.utilities.files.dav.places import PREFIX, quoted
from preau.services.utilities.files.dav.properties import Plan, http_date, iso_date, response, text
from preau.services.utilities.files.dav.status import Stop
from preau.services.utilities.files.models import Node, Space
from preau.services.utilities.files.names import GROUPS, SHARED

MOST_DEAD = 100


def _seconds(column: Any) -> Any:
    return cast(func.extract("epoch", column), BigInteger)


COLUMNS = (
    Node.id,
    Node.name,
    Node.is_folder,
    Node.size,
    Node.blob,
    Node.media_type,
    _seconds(Node.created_at).label("created"),
    _seconds(Node.updated_at).label("modified"),
    Node.properties,
)


def propfind(request: Request) -> Answer:
    """Depth 0 or 1; the whole tree at once is refused, as the RFC allows."""
    plan = properties.plan_of(request.body())
    if request.depth not in {"0", "1"}:
        if request.depth == "infinity":
            raise Stop(403, "propfind-finite-depth")
        raise Stop(400)
    place = request.place
    if place.node is None and not place.virtual:
        raise Stop(404)
    answers = list(_virtual(request, plan) if place.virtual else _real(request, plan))
    return Answer(207, properties.multistatus(answers), {"Content-Type": xml.TYPE})


def _real(request: Request, plan: Plan) -> Iterator[str]:
    place = request.place
    node = place.found()
    rights.require(request.identity, "read", node)
    condition = Node.id == node.id
    if request.depth == "1" and node.is_folder:
        # Whoever may read a folder may read what it holds: no rule on each row.
        condition = or_(condition, Node.parent_id == node.id)
    rows = db.session.execute(
        select(*COLUMNS)
        .where(condition, Node.trashed_at.is_(None))
        .order_by(Node.parent_id != node.id, Node.name)
    ).all()
    held = _locks([node.id, *(row.id for row in rows)], node)
    room = _room(node.space_id) if plan.quota else {}
    base = place.href
    for row in sorted(rows, key=lambda each: each.id != node.id):
        here = row.id == node.id
        href = base if here else f"{base}{quoted(row.name)}{'/' if row.is_folder else ''}"
        yield response(plan, _values(row, href, held, room), row.properties, folder=row.is_folder)
    if request.depth == "1" and not request.segments:
        for name in (GROUPS, SHARED):
            yield response(plan, _collection(f"{PREFIX}/{quoted(name)}/", name), {}, folder=True)


def _values(row: Any, href: str, held: dict[uuid.UUID, str], room: dict[str, int]) -> dict[str, Any]:
    return {
        "href": text(href),
        "name": text(row.name),
        "kind": "<D:collection/>" if row.is_folder else "",
        "size": row.size,
        "type": text(row.media_type),
        "etag": (row.blob or "")[:32],
        "created": iso_date(row.created),
        "modified": http_date(row.modified),
        "locks": held.get(row.id, ""),
        **room,
    }


def _collection(href: str, name: str) -> dict[str, Any]:
    """A collection that is no node: always there, holds no octet."""
    return {
        "href": text(href),
        "name": text(name),
        "kind": "<D:collection/>",
        "created": iso_date(0),
        "modified": http_date(0),
        "locks": "",
        "available": 0,
        "used": 0,
    }


def _locks(ids: list[uuid.UUID], node: Node) -> dict[uuid.UUID, str]:
    """What each node shows of locks; a deep lock above shows on all."""
    found = locks.of_nodes([*node.path, *ids])
    if not found:
        return {}
    shown: dict[uuid.UUID, str] = {}
    for each in ids:
        over = [lock for lock in found if lock.node_id == each or (lock.deep and lock.node_id in node.path)]
        shown[each] = "".join(locking.described(lock, _root_href(lock.node_id)) for lock in over)
    return shown


def _root_href(node_id: uuid.UUID) -> str:
    node = db.session.get(Node, node_id)
    if node is None:
        return PREFIX
    names = dict(db.session.execute(select(Node.id, Node.name).where(Node.id.in_(node.path))).all())
    path = "".join("/" + quoted(names[each]) for each in node.path if names.get(each))
    return PREFIX + path + ("/" if node.is_folder else "")


def _room(space_id: uuid.UUID) -> dict[str, int]:
    with lifted():  # whoever may write in a shared folder may know what room is left there
        space = db.session.get_one(Space, space_id)
        return {"available": max(space.quota - space.used, 0), "used": space.used}


def _virtual(request: Request, plan: Plan) -> Iterator[str]:
    place = request.place
    yield response(plan, _collection(place.href, place.virtual), {}, folder=True)
    if request.depth != "1":
        return
    entrances = places.group_entrances if place.virtual == GROUPS else places.shared_entrances
    for name, entrance in entrances(request.identity):
        node = places.enter(request.identity, entrance)
        if node is None:
            continue
        href = f"{place.href}{quoted(name)}{'/' if node.is_folder else ''}"
        row = db.session.execute(select(*COLUMNS).where(Node.id == node.id)).one()
        room = _room(node.space_id) if plan.quota else {}
        values = _values(row, href, _locks([node.id], node), room) | {"name": text(name)}
        yield response(plan, values, row.properties, folder=node.is_folder)


def proppatch(request: Request) -> Answer:
    """Set and remove dead properties, all or none of them."""
    root = xml.parse(request.body())
    if root.tag != xml.DAV + "propertyupdate":
        raise Stop(400)
    node = request.place.found()
    request.require_write(node)
    locks.require_free(request.identity, node, request.tokens)
    dead, touched, refused = dict(node.properties), [], set()
    for action in root:
        if action.tag not in {xml.DAV + "set", xml.DAV + "remove"}:
            continue
        for element in action.iterfind(f"{xml.DAV}prop/*"):
            touched.append(element.tag)
            if element.tag in properties.LIVE and element.tag != xml.DAV + "displayname":
                refused.add(element.tag)
            elif action.tag == xml.DAV + "set":
                dead[element.tag] = xml.serialised(element)
            else:
                dead.pop(element.tag, None)
    if len(dead) > MOST_DEAD:
        raise Stop(507)
    if not refused:
        with atomic():
            node.properties = dead
            node.updated_at = node.updated_at
            journal.record(request.identity, "files.properties", node, count=len(touched))
    return _patched(request, dict.fromkeys(touched), refused)


def _patched(request: Request, touched: dict[str, None], refused: set[str]) -> Answer:
    parts = []
    for tag in touched:
        status = "200 OK" if not refused else "403 Forbidden" if tag in refused else "424 Failed Dependency"
        parts.append(
            f"<D:propstat><D:prop>{xml.named(tag)}</D:prop><D:status>HTTP/1.1 {status}</D:status></D:propstat>"
        )
    body = f"<D:response><D:href>{text(request.place.href)}</D:href>{''.join(parts)}</D:response>"
    return Answer(207, properties.multistatus([body]), {"Content-Type": xml.TYPE})
