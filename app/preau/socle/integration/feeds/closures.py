"""Structures that a delivery closes, or no longer speaks of.

A deleteRequest closes: whoever the source put there leaves. A Complet that goes silent about one school
among many suspends it, once approved: it is marked, and its people keep what they have until the source
says more. A delivery that knows less than half of a source's schools is a part of it, and suspends nothing.
"""

from __future__ import annotations

from typing import Any, Final

from .work import Connection

_ABSENT: Final = """
SELECT t.id, t.name, t.uai, EXISTS (SELECT FROM feed_structure s WHERE s.delivery_id = %(delivery)s
    AND (s.key = t.key OR t.uai = s.content->'values'->>'uai')) AS here,
  (SELECT count(DISTINCT f.person_id) FROM profile f
    WHERE f.structure_id = t.id AND f.source = %(source)s AND f.left_on IS NULL)
FROM structure t WHERE t.source = %(source)s AND t.opened AND t.kind <> 'rpi' ORDER BY t.name
"""
_CLOSED: Final = """
SELECT t.id, t.name, t.uai, (SELECT count(DISTINCT f.person_id) FROM profile f
    WHERE f.structure_id = t.id AND f.source = %(source)s AND f.left_on IS NULL)
FROM structure t WHERE t.source = %(source)s AND t.opened
  AND t.key IN (SELECT s.key FROM feed_removal s WHERE s.delivery_id = %(delivery)s AND s.target = 'structure')
  AND NOT EXISTS (SELECT FROM feed_structure s WHERE s.delivery_id = %(delivery)s AND s.key = t.key)
ORDER BY t.name
"""
_WHERE: Final = "structure_id = ANY(%(closed)s) AND source = %(source)s"
CLOSE: Final[dict[str, str]] = {
    "structures_closed": """WITH shut AS (UPDATE structure SET opened = false, updated_at = now()
      WHERE id = ANY(%(closed)s || %(suspended)s) AND opened RETURNING 1) SELECT count(*) FROM shut""",
    "left": f"""WITH ended AS (UPDATE profile SET left_on = %(today)s WHERE {_WHERE} AND left_on IS NULL
        RETURNING person_id),
      noted AS (INSERT INTO feed_touched (delivery_id, batch, person_id)
        SELECT DISTINCT %(delivery)s::bigint, 0, person_id FROM ended),
      forgotten AS (DELETE FROM feed_record a USING source_key k, ended e
        WHERE k.person_id = e.person_id AND k.source = a.source AND k.key = a.key AND a.source = %(source)s)
      SELECT count(*) FROM ended""",
    "memberships": """WITH gone AS (DELETE FROM membership m USING grouping g
      WHERE g.id = m.group_id AND g.structure_id = ANY(%(closed)s) AND m.source = %(source)s
      RETURNING 1) SELECT count(*) FROM gone""",
    "teachings": f"WITH gone AS (DELETE FROM teaching WHERE {_WHERE} RETURNING 1) SELECT count(*) FROM gone",
    "roles": f"WITH gone AS (DELETE FROM role WHERE {_WHERE} RETURNING 1) SELECT count(*) FROM gone",
}


def find_closures(connection: Connection, names: dict[str, Any]) -> dict[str, Any]:
    """What the plan keeps: ids of `closed` and `suspended` structures, reasons to stop, schools left unsaid."""
    closed = connection.execute(_CLOSED, names).fetchall()
    stops = [
        {"code": "PRE-FED-512", "name": name, "count": str(people)}
        for _id, name, _uai, people in closed
        if people
    ]
    shut = {row[0] for row in closed}
    absent, unsaid = [], 0
    if names["complet"] and not names["by_uai"]:
        known = connection.execute(_ABSENT, names).fetchall()
        absent = [row for row in known if not row[3] and row[0] not in shut]
        if len(absent) >= len(known) - len(absent) - len(shut):
            absent, unsaid = [], len(absent)
    stops += [
        {"code": "PRE-FED-511", "name": name, "count": str(people)} for _id, name, _uai, _, people in absent
    ]
    return {"closed": sorted(shut), "suspended": [row[0] for row in absent], "stops": stops, "unsaid": unsaid}
