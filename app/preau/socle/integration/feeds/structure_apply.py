"""Structures, their declared classes and groups, subjects and MEF: the small part of a delivery."""

# Assembled from constants; values only ever travel as parameters.

from __future__ import annotations

import json
from typing import Any, Final

from psycopg.types.json import Jsonb

from .authority_columns import normalise
from .school_names import readable_whole
from .statements.terms import uid
from .work import Connection

_CONTACT: Final = ("mail", "phone", "fax", "site", "address_lines", "postal_code", "town", "post_box")
_COLUMNS: Final = ("uai", "kind", "degree", "name", "short_name", "siret")
_FIND: Final = (
    "SELECT id, source FROM structure WHERE (source = ANY(%s) AND key = %s) OR uai = %s"
    " ORDER BY source = %s DESC LIMIT 1"
)
_INSERT: Final = """
INSERT INTO structure (uai, kind, degree, name, short_name, siret, source, key, contact, attributes,
  created_at, updated_at)
VALUES (%(uai)s, %(kind)s, %(degree)s, %(name)s, %(short_name)s, %(siret)s, %(source)s, %(key)s, %(contact)s,
  %(attributes)s, now(), now()) RETURNING id
"""
_UPDATE: Final = """
UPDATE structure SET uai = coalesce(%(uai)s, uai), kind = coalesce(%(kind)s, kind),
  degree = coalesce(%(degree)s, degree), name = coalesce(%(name)s, name),
  short_name = coalesce(%(short_name)s, short_name), siret = coalesce(%(siret)s, siret),
  source = CASE WHEN source IN ('manual', 'authority') THEN %(source)s ELSE source END,
  key = CASE WHEN source IN ('manual', 'authority', %(source)s) THEN %(key)s ELSE key END,
  contact = jsonb_strip_nulls(contact || %(contact)s::jsonb),
  attributes = jsonb_strip_nulls(attributes || %(attributes)s::jsonb), opened = true, updated_at = now()
WHERE id = %(id)s AND ((source IN ('manual', 'authority') AND source <> %(source)s)
  OR (source = %(source)s AND key IS DISTINCT FROM %(key)s)
  OR (uai, kind, degree, name, short_name, siret, contact, attributes, opened) IS DISTINCT FROM
  (coalesce(%(uai)s, uai), coalesce(%(kind)s, kind), coalesce(%(degree)s, degree), coalesce(%(name)s, name),
   coalesce(%(short_name)s, short_name), coalesce(%(siret)s, siret),
   jsonb_strip_nulls(contact || %(contact)s::jsonb), jsonb_strip_nulls(attributes || %(attributes)s::jsonb), true))
"""
_GROUPS: Final = f"""
WITH said AS MATERIALIZED (
  SELECT DISTINCT ON (structure, kind, code) * FROM jsonb_to_recordset(%(groups)s)
    AS x(structure bigint, kind text, code text, name text, level text, attributes jsonb)
), made AS (
  INSERT INTO grouping (id, uid, structure_id, kind, code, name, level, source, attributes, open_to,
    created_at, updated_at)
  SELECT n.id, {uid("G", "n.id")}, n.structure, n.kind, n.code, n.name, n.level, %(source)s, n.attributes,
    ARRAY[n.structure], now(), now()
  FROM (SELECT s.*, nextval('grouping_id_seq') AS id FROM said s WHERE NOT EXISTS (SELECT FROM grouping g
    WHERE g.structure_id = s.structure AND g.kind = s.kind AND g.code = s.code)) n
  RETURNING 1
), renamed AS (
  UPDATE grouping g SET name = s.name, level = s.level, attributes = s.attributes, updated_at = now()
  FROM said s
  WHERE g.structure_id = s.structure AND g.kind = s.kind AND g.code = s.code AND g.source = %(source)s
    AND (g.name, g.level, g.attributes) IS DISTINCT FROM (s.name, s.level, s.attributes)
  RETURNING 1)
SELECT (SELECT count(*) FROM made) + (SELECT count(*) FROM renamed)
"""
_LINK: Final = (
    "INSERT INTO structure_link (parent_id, child_id, kind) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)
_UNLINK: Final = "DELETE FROM structure_link WHERE child_id = %s AND kind = %s AND NOT parent_id = ANY(%s)"
_CODES: Final = {
    "subject": """INSERT INTO subject (code, label, national_code)
      SELECT DISTINCT ON (key) key, label, coalesce(national, '') FROM feed_code
      WHERE delivery_id = %(delivery)s AND kind = 'subject' AND label <> ''
      ON CONFLICT (code) DO UPDATE SET label = excluded.label, national_code = excluded.national_code
      WHERE (subject.label, subject.national_code) <> (excluded.label, excluded.national_code)""",
    "mef": """INSERT INTO mef (code, label, national_code, stat_code)
      SELECT DISTINCT ON (key) key, label, coalesce(national, ''), coalesce(stat, '') FROM feed_code
      WHERE delivery_id = %(delivery)s AND kind = 'mef' AND label <> ''
      ON CONFLICT (code) DO UPDATE SET label = excluded.label, national_code = excluded.national_code,
        stat_code = excluded.stat_code
      WHERE (mef.label, mef.national_code, mef.stat_code)
        <> (excluded.label, excluded.national_code, excluded.stat_code)""",
}  # fmt: skip


def apply_structures(connection: Connection, names: dict[str, Any]) -> dict[str, int]:
    """Write structures, links, classes, groups and codes of a delivery; how many rows changed."""
    counts = {"structures": 0, "groups": 0, "codes": 0, "links": 0}
    staged = connection.execute(
        "SELECT key, operation, content FROM feed_structure WHERE delivery_id = %(delivery)s ORDER BY batch, key",
        names,
    ).fetchall()
    known = {}
    for key, operation, content in staged:
        found = _structure(connection, names, key, operation, content, counts)
        if found is not None:
            known[key] = found
    groups: dict[tuple[int, str, str], dict[str, Any]] = {}
    for key, _, content in staged:
        if key in known:
            _links(connection, names, known[key], content, counts)
            groups |= _groups(known[key], content)
    data = {"source": names["source"], "groups": Jsonb(list(groups.values()))}
    row = connection.execute(_GROUPS, data).fetchone()
    counts["groups"] = int(row[0]) if row else 0
    for statement in _CODES.values():
        counts["codes"] += connection.execute(statement, names).rowcount
    return counts


def _structure(
    connection: Connection,
    names: dict[str, Any],
    key: str,
    operation: str,
    content: dict[str, Any],
    counts: dict[str, int],
) -> int | None:
    values = dict(content["values"])
    columns = {name: values.pop(name, None) for name in _COLUMNS}
    contact = {name: values.pop(name) for name in _CONTACT if name in values}
    if content.get("extra"):
        values["feed"] = content["extra"]
    data = columns | {
        "source": names["source"],
        "key": key,
        "contact": json.dumps(contact, ensure_ascii=False),
        "attributes": json.dumps(values, ensure_ascii=False),
    }
    row = connection.execute(_FIND, [names["sources"], key, columns["uai"], names["source"]]).fetchone()
    if row is not None and names["yields_to"] and row[1] != names["source"]:
        return int(row[0])
    if row is not None:
        counts["structures"] += connection.execute(_UPDATE, {**data, "id": row[0]}).rowcount
        return int(row[0])
    if operation != "addRequest":
        return None
    for name in ("short_name", "siret"):
        data[name] = data[name] or ""
    counts["structures"] += 1
    made = connection.execute(_INSERT, data).fetchone()
    return int(made[0]) if made else None


def _links(
    connection: Connection, names: dict[str, Any], child: int, content: dict[str, Any], counts: dict[str, int]
) -> None:
    if content["attached_to"] is not None:
        parents = [
            row[0]
            for row in connection.execute(
                "SELECT id FROM structure WHERE source = ANY(%s) AND key = ANY(%s) AND id <> %s",
                [names["sources"], content["attached_to"], child],
            )
        ]
        _tie(connection, parents, child, "cite_scolaire", counts)
    if "rpi" in content["values"]:
        label = content["values"]["rpi"]
        _tie(connection, [_rpi(connection, names, label, counts)] if label else [], child, "rpi", counts)


def _tie(connection: Connection, parents: list[int], child: int, kind: str, counts: dict[str, int]) -> None:
    counts["links"] += connection.execute(_UNLINK, [child, kind, parents]).rowcount
    for parent in parents:
        counts["links"] += connection.execute(_LINK, [parent, child, kind]).rowcount


def _rpi(connection: Connection, names: dict[str, Any], label: str, counts: dict[str, int]) -> int:
    """The regroupement pédagogique itself: a structure without UAI, known by its name."""
    name = readable_whole(label)
    values = {"name": name, "short_name": name, "kind": "rpi", "degree": 1}
    content = {"values": values, "attached_to": None, "extra": {}}
    found = _structure(connection, names, f"rpi:{normalise(label)}", "addRequest", content, counts)
    assert found is not None  # noqa: S101 - an addRequest always finds or makes
    return found


def _groups(structure: int, content: dict[str, Any]) -> dict[tuple[int, str, str], dict[str, Any]]:
    """What a structure declares, by structure, kind and code: of a code said twice, the last word."""
    return {
        (structure, kind, code): {
            "structure": structure,
            "kind": kind,
            "code": code,
            "name": label,
            "level": parts[0] if kind == "class" and parts else "",
            "attributes": {"mef" if kind == "class" else "classes": parts} if parts else {},
        }
        for kind, declared in (("class", content.get("classes")), ("teaching", content.get("groups")))
        for code, label, parts in declared or ()
    }
