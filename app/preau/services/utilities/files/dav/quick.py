"""The short way of the three requests that make up nearly all of a drive's traffic.

PROPFIND, GET and the PUT of a new small file, in one's own space, with no lock nor condition about: one
round trip to PostgreSQL, one statement prepared once, no object. Whatever is not that simple answers nothing
here and takes the general way, whose rules these statements repeat: a test asks both and compares.

Row-level security holds here as elsewhere: the wall is raised in the same implicit transaction. What is put
this way is found by the minute's jobs (antivirus, search).
"""

import io
import json
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from psycopg import errors as faults

from preau.kernel import events, files
from preau.kernel.errors import PreauError
from preau.kernel.ports.antivirus import INFECTED
from preau.services.utilities.files import names
from preau.services.utilities.files.dav import lines, methods, properties, statements, xml
from preau.services.utilities.files.dav.authentication import Caller
from preau.services.utilities.files.dav.exchange import Answer, Request
from preau.services.utilities.files.dav.places import PREFIX, quoted
from preau.services.utilities.files.dav.properties import http_date, iso_date, response, text

SMALL = 1024 * 1024
UNUSUAL = ("HTTP_IF", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_CONTENT_RANGE", "HTTP_TRANSFER_ENCODING")


def answer(request: Request, caller: Caller) -> Answer | None:
    """The answer, or nothing when the request is not of the simple kind."""
    environ, segments = request.environ, request.segments
    if any(environ.get(name) for name in UNUSUAL) or (
        segments and segments[0] in {names.GROUPS, names.SHARED}
    ):
        return None
    if not segments and request.method == "PROPFIND":
        return None
    try:
        return _simply(request, caller)
    except faults.OperationalError:
        # The line was cut: the general way opens its own, or says what is wrong.
        return None


def _simply(request: Request, caller: Caller) -> Answer | None:
    environ, segments = request.environ, request.segments
    match request.method:
        case "PROPFIND" if request.depth in {"0", "1"}:
            return _propfind(request, caller)
        case "GET" | "HEAD":
            return _get(request, caller)
        case "PUT" if segments and int(environ.get("CONTENT_LENGTH") or SMALL + 1) <= SMALL:
            return _put(request, caller)
    return None


def _way(caller: Caller, segments: list[str]) -> dict[str, Any]:
    return {"root": caller.root_id, "names": segments, "depth": len(segments)}


def _propfind(request: Request, caller: Caller) -> Answer | None:
    body = request.body()
    plan = properties.plan_of(body)
    request.environ["wsgi.input"] = io.BytesIO(body)
    if plan.quota:
        return None
    values = {**_way(caller, request.segments), "members": request.depth == "1"}
    rows = lines.ask(caller.identity, statements.LIST, values)
    if not rows or rows[0][0] == b"t":
        return None
    _locked, itself, members = rows[0]
    described = _describer(plan)
    base = PREFIX + "".join("/" + quoted(segment) for segment in request.segments)
    found = [described(base, itself, True)]  # noqa: FBT003 - a name would cost at each row
    if members:
        base += "/"
        found += [described(base, member, False) for member in members.split(statements.NEXT)]  # noqa: FBT003
    return Answer(207, properties.multistatus(found), {"Content-Type": xml.TYPE})


@lru_cache(maxsize=16)
def _describer(plan: properties.Plan) -> Callable[[str, bytes, bool], str]:
    """What a plan says of one row; a drive asks the same of the same rows again and again."""

    @lru_cache(maxsize=4096)
    def described(base: str, row: bytes, itself: bool) -> str:  # noqa: FBT001
        name, folder, size, etag, kind, created, modified, dead = row.decode().split(statements.WITHIN)
        is_folder = folder == "t"
        href = base if itself else base + quoted(name)
        values = {
            "href": text(href + "/" if is_folder else href),
            "name": text(name),
            "kind": "<D:collection/>" if is_folder else "",
            "size": int(size),
            "type": text(kind),
            "etag": etag,
            "created": iso_date(int(created)),
            "modified": http_date(int(modified)),
            "locks": "",
        }
        return response(plan, values, json.loads(dead) if dead else {}, folder=is_folder)

    return described


def _get(request: Request, caller: Caller) -> Answer | None:
    rows = lines.ask(caller.identity, statements.READ, _way(caller, request.segments))
    if not rows or rows[0][0] == b"t":
        return None
    _is_folder, sha256, kind, modified, state = (each.decode() if each else "" for each in rows[0])
    if state in {"", INFECTED}:
        return None
    return methods.sent(request, sha256, kind, int(modified))


def _put(request: Request, caller: Caller) -> Answer | None:
    *folders, name = request.segments
    try:
        if names.clean(name) != name:
            return None
    except PreauError:
        return None
    content = request.environ["wsgi.input"].read(SMALL + 1)
    request.environ["wsgi.input"] = io.BytesIO(content)
    stored = files.blobs().put(io.BytesIO(content), SMALL)
    identity = caller.identity
    values = {
        **_way(caller, folders),
        "name": name,
        "size": stored.size,
        "sha256": stored.sha256,
        "type": names.media_type(name),
        "id": uuid.uuid4(),
        "me": identity.person_id,
        "uid": identity.uid,
        "structure": identity.structure_id,
        "origin": identity.origin,
        "details": json.dumps({"size": stored.size}),
    }
    try:
        made = lines.ask(identity, statements.CREATE, values, turn=str(caller.root_id))
    except faults.UniqueViolation:
        return None
    if made[0][0] != b"1":
        return None
    events.publish("files.put", identity)
    return Answer(201, b"", {"ETag": f'"{stored.sha256[:32]}"'})
