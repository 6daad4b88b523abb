"""The statements of the short way: each is one question of a line, and repeats the rules of the operations."""

from preau.services.utilities.files.dav.lines import Statement

WALK = """
WITH RECURSIVE walk(id, depth) AS (
  SELECT %(root)s::uuid, 0
  UNION ALL
  SELECT step.id, walk.depth + 1 FROM walk, LATERAL (
    SELECT node.id FROM file_node node WHERE node.parent_id = walk.id AND node.trashed_at IS NULL
      AND node.name = (%(names)s::text[])[walk.depth + 1] LIMIT 1
  ) step WHERE walk.depth < %(depth)s::int
), target AS (SELECT id FROM walk WHERE depth = %(depth)s::int)"""
LOCKED = "EXISTS (SELECT 1 FROM file_lock WHERE space_id = %(root)s::uuid AND expires_at > now())"
# One text for each row, and one for them all; no name holds what separates them.
WITHIN, NEXT = "\x1f", b"\x1e"
LINE = """concat_ws(chr(31), node.name, node.is_folder, node.size, coalesce(left(node.blob, 32), ''), node.media_type,
  extract(epoch FROM node.created_at)::bigint, extract(epoch FROM node.updated_at)::bigint,
  coalesce(nullif(node.properties, '{}'::jsonb)::text, ''))"""
LIST = Statement(
    "list",
    f"""{WALK}
SELECT {LOCKED}, {LINE}, (
  SELECT string_agg({LINE.replace("node.", "member.")}, chr(30) ORDER BY member.name) FROM file_node member
  WHERE %(members)s::boolean AND member.parent_id = node.id AND member.trashed_at IS NULL)
FROM target JOIN file_node node ON node.id = target.id""",  # noqa: S608 - parts of ours, values apart
)
READ = Statement(
    "read",
    f"""{WALK}
SELECT node.is_folder, node.blob, node.media_type, extract(epoch FROM node.updated_at)::bigint, blob.state
FROM target JOIN file_node node ON node.id = target.id LEFT JOIN blob ON blob.sha256 = node.blob""",  # noqa: S608
)
CREATE = Statement(
    "create",
    f"""{WALK}, parent AS (
  SELECT node.id, node.path, node.open_to FROM target JOIN file_node node ON node.id = target.id
  WHERE node.is_folder AND cardinality(node.path) < 24 AND NOT {LOCKED} AND NOT EXISTS (
    SELECT 1 FROM file_node there WHERE there.parent_id = node.id AND there.name = %(name)s::text
    AND there.trashed_at IS NULL)
), room AS (
  UPDATE file_space SET used = used + %(size)s::bigint FROM parent
  WHERE file_space.id = %(root)s::uuid AND used + %(size)s::bigint < warn_at RETURNING file_space.id
), content AS (
  INSERT INTO blob (sha256, size, created_at, wanted_at) VALUES (%(sha256)s::text, %(size)s::bigint, now(), now())
  ON CONFLICT (sha256) DO UPDATE SET wanted_at = now()
), made AS (
  INSERT INTO file_node (id, owner_id, open_to, space_id, parent_id, path, name, blob, size, media_type,
    created_by_id, updated_by_id, created_at, updated_at)
  SELECT %(id)s::uuid, %(me)s::bigint, parent.open_to, %(root)s::uuid, parent.id, parent.path || %(id)s::uuid,
    %(name)s::text, %(sha256)s::text, %(size)s::bigint, %(type)s::text, %(me)s::bigint, %(me)s::bigint,
    now(), now() FROM parent, room
  RETURNING id
), said AS (
  INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, structure_id, origin, details)
  SELECT now(), %(me)s::bigint, %(uid)s::text, 'files.put', 'file_node', %(id)s::uuid::text,
    %(structure)s::bigint, %(origin)s::text, %(details)s::jsonb
  FROM made
)
SELECT count(*) FROM made""",  # noqa: S608
)
