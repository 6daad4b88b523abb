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
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Cursor

from preau.kernel import events, files
from preau.kernel.database import db
from preau.kernel.errors import PreauError
from preau.kernel.identity import Identity
from preau.kernel.ports.antivirus import INFECTED
from preau.services.utilities.files import names
from preau.services.utilities.files.dav import methods, properties, xml
from preau.services.utilities.files.dav.authentication import Caller
from preau.services.utilities.files.dav.exchange import Answer, Request
from preau.services.utilities.files.dav.places import PREFIX, quoted
from preau.services.utilities.files.dav.properties import http_date, iso_date, response, text

SMALL = 1024 * 1024
UNUSUAL = ("HTTP_IF", "HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_CONTENT_RANGE", "HTTP_TRANSFER_ENCODING")
WALL = (
    "SELECT set_config('role', 'none', true), set_config('preau.structures', %s, true),"
    " set_config('preau.person', %s, true), set_config('synchronous_commit', 'off', true),"
    # Planning these statements takes longer than running them, and a plan made when the table was small
    # would read all of it: each of these finds a few rows by an index, whatever the statistics say.
    " set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)"
)
WALK = """
WITH RECURSIVE walk(id, depth) AS (
  SELECT %(root)s::uuid, 0
  UNION ALL
  SELECT step.id, walk.depth + 1 FROM walk, LATERAL (
    SELECT node.id FROM file_node node WHERE node.parent_id = walk.id AND node.trashed_at IS NULL
      AND node.name = (%(names)s::text[])[walk.depth + 1] LIMIT 1
  ) step WHERE walk.depth < %(depth)s
), target AS (SELECT id FROM walk WHERE depth = %(depth)s)"""
LOCKED = "EXISTS (SELECT 1 FROM file_lock WHERE space_id = %(root)s AND expires_at > now())"
COLUMNS = """node.name, node.is_folder, node.size, left(node.blob, 32), node.media_type,
  extract(epoch FROM node.created_at)::bigint, extract(epoch FROM node.updated_at)::bigint,
  nullif(node.properties, '{}'::jsonb)"""
LIST = f"""{WALK}, locked AS (SELECT {LOCKED} AS is_so)
SELECT 0 AS rank, locked.is_so, {COLUMNS} FROM locked, target JOIN file_node node ON node.id = target.id
UNION ALL
SELECT 1, false, {COLUMNS} FROM target JOIN file_node node
  ON node.parent_id = target.id AND node.trashed_at IS NULL WHERE %(members)s
ORDER BY 1, 3"""
READ = f"""{WALK}
SELECT node.is_folder, node.blob, node.media_type, extract(epoch FROM node.updated_at)::bigint, blob.state
FROM target JOIN file_node node ON node.id = target.id LEFT JOIN blob ON blob.sha256 = node.blob"""
CREATE = f"""{WALK}, parent AS (
  SELECT node.id, node.path, node.open_to FROM target JOIN file_node node ON node.id = target.id
  WHERE node.is_folder AND cardinality(node.path) < 24 AND NOT {LOCKED} AND NOT EXISTS (
    SELECT 1 FROM file_node there WHERE there.parent_id = node.id AND there.name = %(name)s
    AND there.trashed_at IS NULL)
), room AS (
  UPDATE file_space SET used = used + %(size)s FROM parent
  WHERE file_space.id = %(root)s AND used + %(size)s < warn_at RETURNING file_space.id
), content AS (
  INSERT INTO blob (sha256, size, created_at, wanted_at) VALUES (%(sha256)s, %(size)s, now(), now())
  ON CONFLICT (sha256) DO UPDATE SET wanted_at = now()
), made AS (
  INSERT INTO file_node (id, owner_id, open_to, space_id, parent_id, path, name, blob, size, media_type,
    created_by_id, updated_by_id, created_at, updated_at)
  SELECT %(id)s, %(me)s, parent.open_to, %(root)s, parent.id, parent.path || %(id)s::uuid, %(name)s, %(sha256)s,
    %(size)s, %(type)s, %(me)s, %(me)s, now(), now() FROM parent, room
  RETURNING id
), said AS (
  INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, structure_id, origin, details)
  SELECT now(), %(me)s, %(uid)s, 'files.put', 'file_node', %(id)s::text, %(structure)s, %(origin)s, %(details)s
  FROM made
)
SELECT count(*) FROM made"""


def answer(request: Request, caller: Caller) -> Answer | None:
    """The answer, or nothing when the request is not of the simple kind."""
    environ, segments = request.environ, request.segments
    if any(environ.get(name) for name in UNUSUAL) or (
        segments and segments[0] in {names.GROUPS, names.SHARED}
    ):
        return None
    if not segments and request.method == "PROPFIND":
        return None
    match request.method:
        case "PROPFIND" if request.depth in {"0", "1"}:
            return _propfind(request, caller)
        case "GET" | "HEAD":
            return _get(request, caller)
        case "PUT" if segments and int(environ.get("CONTENT_LENGTH") or SMALL + 1) <= SMALL:
            return _put(request, caller)
    return None


@contextmanager
def _asked(identity: Identity, statement: str, values: dict[str, Any]) -> Iterator[Cursor[Any]]:
    """Run a statement behind the identity's wall, in one round trip and one implicit transaction.

    Its commit does not wait for the disk: as with a file server, what was put in the last half second may be
    lost with the power, tree and content alike, never half of it.
    """
    pooled = db.engine.raw_connection()
    connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
    connection.autocommit = True
    try:
        mine = "{" + ",".join(map(str, sorted(identity.structures))) + "}"
        with connection.pipeline():
            connection.execute(WALL, (mine, str(identity.person_id)), prepare=True)
            found = connection.execute(statement, values, prepare=True)
        yield found
    finally:
        if not connection.closed:
            connection.autocommit = False
        pooled.close()


def _way(caller: Caller, segments: list[str]) -> dict[str, Any]:
    return {"root": caller.root_id, "names": segments, "depth": len(segments)}


def _propfind(request: Request, caller: Caller) -> Answer | None:
    body = request.body()
    plan = properties.plan_of(body)
    request.environ["wsgi.input"] = io.BytesIO(body)
    if plan.quota:
        return None
    values = {**_way(caller, request.segments), "members": request.depth == "1"}
    with _asked(caller.identity, LIST, values) as found:
        rows = found.fetchall()
    if not rows or rows[0][1]:
        return None
    base = PREFIX + "".join("/" + quoted(segment) for segment in request.segments)
    if rows[0][3]:
        base += "/"
    return Answer(
        207, properties.multistatus([_row(plan, row, base) for row in rows]), {"Content-Type": xml.TYPE}
    )


def _row(plan: properties.Plan, row: Any, base: str) -> str:
    rank, _locked, name, is_folder, size, etag, kind, created, modified, dead = row
    href = base if rank == 0 else f"{base}{quoted(name)}{'/' if is_folder else ''}"
    values = {
        "href": text(href),
        "name": text(name),
        "kind": "<D:collection/>" if is_folder else "",
        "size": size,
        "type": kind,
        "etag": etag or "",
        "created": iso_date(created),
        "modified": http_date(modified),
        "locks": "",
    }
    return response(plan, values, dead or {}, folder=is_folder)


def _get(request: Request, caller: Caller) -> Answer | None:
    with _asked(caller.identity, READ, _way(caller, request.segments)) as found:
        row = found.fetchone()
    if row is None or row[0] or row[4] in {None, INFECTED}:
        return None
    _is_folder, sha256, kind, modified, _state = row
    return methods.sent(request, sha256, kind, modified)


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
        with _asked(identity, CREATE, values) as found:
            made = found.fetchone()
    except psycopg.errors.UniqueViolation:
        return None
    if not made or not made[0]:
        return None
    events.publish("files.put", identity)
    return Answer(201, b"", {"ETag": f'"{stored.sha256[:32]}"'})
