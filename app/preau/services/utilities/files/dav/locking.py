"""LOCK and UNLOCK (RFC 4918 sections 9.10 and 9.11)."""

from typing import Any
from xml.sax.saxutils import escape

from preau.kernel import files
from preau.kernel.database import now
from preau.services.utilities.files import content, locks
from preau.services.utilities.files.dav import xml
from preau.services.utilities.files.dav.exchange import Answer, Request
from preau.services.utilities.files.dav.status import Stop
from preau.services.utilities.files.models import Lock

DEFAULT_SECONDS = 1800


def lock(request: Request) -> Answer:
    """A new lock, on a file made empty when the address named nothing; or a lock lengthened."""
    seconds = _seconds(request.header("TIMEOUT"))
    body = request.body()
    place = request.place
    if not body:
        held = locks.refresh(request.identity, place.found(), request.tokens, seconds)
        if held is None:
            raise Stop(412, "lock-token-matches-request-uri")
        return _granted(held, request, 200)
    exclusive, owner = _asked(body)
    if request.depth not in {"0", "infinity"}:
        raise Stop(400)
    status = 200
    if place.node is None:
        if place.virtual or place.parent is None:
            raise Stop(409)
        stored = files.store(b"")
        place.node, _new = content.put(
            request.identity, place.parent, place.name, stored, tokens=request.tokens
        )
        status = 201
    else:
        request.require_write(place.node)
    held = locks.acquire(
        request.identity,
        place.node,
        exclusive=exclusive,
        deep=request.depth == "infinity",
        owner=owner,
        seconds=seconds,
    )
    answer = _granted(held, request, status)
    answer.headers["Lock-Token"] = f"<{held.token}>"
    return answer


def unlock(request: Request) -> Answer:
    """Give the lock up; 409 when it is not one of ours here."""
    token = (request.header("LOCK_TOKEN") or "").strip()
    if not token.startswith("<") or not token.endswith(">"):
        raise Stop(400)
    if not locks.release(request.identity, request.place.found(), token[1:-1]):
        raise Stop(409, "lock-token-matches-request-uri")
    return Answer(204)


def _asked(body: bytes) -> tuple[bool, str]:
    root = xml.parse(body)
    scope, owner = root.find(f"{xml.DAV}lockscope"), root.find(f"{xml.DAV}owner")
    if root.tag != xml.DAV + "lockinfo" or scope is None or len(scope) != 1:
        raise Stop(400)
    return scope[0].tag == xml.DAV + "exclusive", _owner(owner)


def _owner(owner: Any) -> str:
    if owner is None:
        return ""
    return xml.serialised(owner)


def _seconds(header: str | None) -> int:
    for wanted in (header or "").split(","):
        kind, _, number = wanted.strip().partition("-")
        if kind == "Second" and number.isdigit():
            return max(1, min(int(number), locks.LONGEST))
        if kind == "Infinite":
            return locks.LONGEST
    return DEFAULT_SECONDS


def _granted(held: Lock, request: Request, status: int) -> Answer:
    active = described(held, request.place.href)
    body = f'{xml.HEAD}<D:prop xmlns:D="DAV:"><D:lockdiscovery>{active}</D:lockdiscovery></D:prop>'.encode()
    return Answer(status, body, {"Content-Type": xml.TYPE})


def described(held: Lock, href: str) -> str:
    """The ``<activelock>`` of a lock; ``href`` is the address of what was locked."""
    scope = "exclusive" if held.exclusive else "shared"
    depth = "infinity" if held.deep else "0"
    left = max(0, int((held.expires_at - now()).total_seconds()))
    return (
        f"<D:activelock><D:locktype><D:write/></D:locktype><D:lockscope><D:{scope}/></D:lockscope>"
        f"<D:depth>{depth}</D:depth>{held.owner}<D:timeout>Second-{left}</D:timeout>"
        f"<D:locktoken><D:href>{escape(held.token)}</D:href></D:locktoken>"
        f"<D:lockroot><D:href>{escape(href)}</D:href></D:lockroot></D:activelock>"
    )
