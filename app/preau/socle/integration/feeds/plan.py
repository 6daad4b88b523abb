"""What a delivery would change, per structure and per profile, and what must stop it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from psycopg.types.json import Json

from .closures import find_closures
from .statements.terms import SAID
from .work import Connection

FRESH_DAYS: Final = 7
# A class that leaves is news; three people who leave a small school are not.
FEW: Final = 5

_MISSING: Final = f"""
INSERT INTO feed_missing (delivery_id, batch, category, key, person_id)
SELECT %(delivery)s, (row_number() OVER (ORDER BY a.category, a.key) - 1) / 5000, a.category, a.key, k.person_id
FROM feed_record a JOIN source_key k ON k.source = a.source AND k.key = a.key
WHERE a.source = %(source)s
  AND NOT EXISTS (SELECT FROM feed_seen v WHERE v.delivery_id = %(delivery)s AND v.head = a.head)
  AND NOT EXISTS (SELECT FROM feed_person s
    WHERE s.delivery_id = %(delivery)s AND s.category = a.category AND s.key = a.key)
  AND EXISTS (SELECT FROM profile f WHERE f.person_id = k.person_id AND f.source = %(source)s
    AND f.left_on IS NULL AND f.structure_id = ANY(%(scope)s) AND {SAID})
  AND (a.category <> 'guardian' OR %(said)s::text[] IS NULL)
  AND (a.category <> 'guardian' OR NOT EXISTS (SELECT FROM profile f WHERE f.person_id = k.person_id
    AND f.source = %(source)s AND f.left_on IS NULL AND NOT f.structure_id = ANY(%(scope)s)))
"""
_REMOVED: Final = """
INSERT INTO feed_missing (delivery_id, batch, category, key, person_id)
SELECT DISTINCT %(delivery)s, 1000000, c.category, s.key, k.person_id
FROM feed_removal s JOIN (VALUES ('Eleve', 'pupil'), ('PersRelEleve', 'guardian'), ('PersEducNat', 'staff'))
  AS c (said, category) ON c.said = s.category
JOIN source_key k ON k.source = %(source)s AND k.key = s.key
WHERE s.delivery_id = %(delivery)s AND s.target = 'person'
"""
_SCOPE: Final = """
SELECT coalesce(array_agg(t.id), '{}') FROM structure t JOIN feed_structure s
  ON (t.source = ANY(%(sources)s) AND t.key = s.key) OR t.uai = s.content->'values'->>'uai'
WHERE s.delivery_id = %(delivery)s
"""
# The reader of the tables leaves its reach beside its counts.
_SAID_IN: Final = """
SELECT substr(k, 6) FROM feed_batch b, jsonb_object_keys(b.result) k
WHERE b.delivery_id = %(delivery)s AND b.stage = 'analyse' AND k LIKE 'said:%%' ORDER BY 1
"""
_SAID: Final = f"""
SELECT t.id || ':' || split_part(x.said, ':', 2) FROM ({_SAID_IN}) x(said)
JOIN structure t ON t.uai = split_part(x.said, ':', 1)
"""
_STRUCTURES: Final = """
SELECT s.key, s.content->'values'->>'uai', coalesce(s.content->'values'->>'name', t.name), t.id
FROM feed_structure s LEFT JOIN structure t ON (t.source = ANY(%(sources)s) AND t.key = s.key)
  OR t.uai = s.content->'values'->>'uai'
WHERE s.delivery_id = %(delivery)s ORDER BY 2, 1
"""
# What a Delta leaves unsaid: the schools that its people are in already.
_CITED: Final = """
SELECT t.id, t.key FROM structure t JOIN (
  SELECT DISTINCT structure_key FROM feed_profile WHERE delivery_id = %(delivery)s) p ON p.structure_key = t.key
WHERE t.source = ANY(%(sources)s)
  AND NOT EXISTS (SELECT FROM feed_structure s WHERE s.delivery_id = %(delivery)s AND s.key = t.key)
ORDER BY t.name
"""
_STAGED: Final = """
SELECT p.structure_key, p.kind, count(*) FILTER (WHERE a.key IS NULL), count(*) FILTER (WHERE a.key IS NOT NULL)
FROM feed_profile p LEFT JOIN feed_record a
  ON a.source = %(source)s AND a.category = p.category AND a.key = p.key
WHERE p.delivery_id = %(delivery)s GROUP BY 1, 2
"""
_STAGED_GUARDIANS: Final = """
SELECT count(*) FILTER (WHERE a.key IS NULL), count(*) FILTER (WHERE a.key IS NOT NULL)
FROM feed_person s LEFT JOIN feed_record a ON a.source = %(source)s AND a.category = 'guardian' AND a.key = s.key
WHERE s.delivery_id = %(delivery)s AND s.category = 'guardian'
"""
_CURRENT: Final = """
SELECT structure_id, kind, count(*) FROM profile
WHERE source = %(source)s AND left_on IS NULL AND (NOT %(complet)s OR structure_id = ANY(%(scope)s)) GROUP BY 1, 2
"""
_LEAVING: Final = f"""
SELECT f.structure_id, f.kind, count(*) FROM feed_missing x
JOIN profile f ON f.person_id = x.person_id AND f.source = %(source)s AND f.left_on IS NULL
WHERE x.delivery_id = %(delivery)s AND (f.kind = 'guardian') = (x.category = 'guardian')
  AND (f.kind = 'pupil') = (x.category = 'pupil') AND (NOT %(complet)s OR f.structure_id = ANY(%(scope)s))
  AND {SAID}
GROUP BY 1, 2
"""
_CLOSING: Final = """
SELECT structure_id, kind, count(*) FROM profile
WHERE source = %(source)s AND left_on IS NULL AND structure_id = ANY(%(closed)s) GROUP BY 1, 2
"""
_UNKNOWN: Final = """
SELECT p.structure_key, count(*) FROM feed_profile p WHERE p.delivery_id = %(delivery)s
  AND NOT EXISTS (SELECT FROM structure t WHERE t.source = ANY(%(sources)s) AND t.key = p.structure_key)
  AND NOT EXISTS (SELECT FROM feed_structure s WHERE s.delivery_id = %(delivery)s AND s.key = p.structure_key)
GROUP BY 1 ORDER BY 1 LIMIT 200
"""
_TWICE: Final = """
SELECT s.category, s.key FROM feed_person s
WHERE s.delivery_id = %(delivery)s AND s.operation = 'addRequest'
GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1, 2 LIMIT 200
"""
_HELD_ELSEWHERE: Final = """
SELECT s.key, t.name, t.source FROM feed_structure s JOIN structure t ON t.uai = s.content->'values'->>'uai'
WHERE s.delivery_id = %(delivery)s AND t.source <> ALL(%(sources)s)
  AND t.source NOT IN ('manual', 'authority', %(source)s) ORDER BY 1 LIMIT 200
"""
# Whoever comes again later in the delivery is put aside: one record per key and category is applied.
_DOUBLES: Final = (
    """CREATE TEMP TABLE double ON COMMIT DROP AS
SELECT category, key, min(batch) AS first FROM feed_person
WHERE delivery_id = %(delivery)s AND operation = 'addRequest' GROUP BY 1, 2 HAVING count(*) > 1
UNION ALL
SELECT s.category, s.key, -1 FROM feed_person s
JOIN feed_record a ON a.source = %(source)s AND a.category = s.category AND a.key = s.key
JOIN feed_seen v ON v.delivery_id = s.delivery_id AND v.head = a.head
WHERE s.delivery_id = %(delivery)s AND s.operation = 'addRequest'""",
    *(
        f"""UPDATE {table} s SET category = 'double' FROM double d
WHERE s.delivery_id = %(delivery)s AND s.category = d.category AND s.key = d.key AND s.batch > d.first"""
        for table in ("feed_person", "feed_profile", "feed_membership", "feed_teaching")
    ),
    """DELETE FROM feed_relation s USING double d
WHERE s.delivery_id = %(delivery)s AND d.category = 'pupil' AND s.key = d.key AND s.batch > d.first""",
    "DROP TABLE double",
)
_PLACE_PROBLEMS: Final = """
UPDATE feed_problem b SET structure_key = p.structure_key FROM feed_profile p
WHERE b.delivery_id = %(delivery)s AND p.delivery_id = b.delivery_id AND p.key = b.key AND b.structure_key = ''
"""


def reach_of(connection: Connection, names: dict[str, Any]) -> dict[str, Any]:
    """What the delivery speaks for: `scope`, ids of structures; `said`, profiles in them, or all of them."""
    row = connection.execute(_SCOPE, names).fetchone()
    said = [each[0] for each in connection.execute(_SAID, names)] if names["by_uai"] else None
    return {"scope": list(row[0]) if row else [], "said": said}


def said_in(connection: Connection, names: dict[str, Any]) -> list[str]:
    """What a local authority's delivery speaks of, as it says it: "UAI:kind"."""
    return [row[0] for row in connection.execute(_SAID_IN, names)]


def find_leavers(connection: Connection, names: dict[str, Any]) -> None:
    """Notes who is no longer delivered (Complet), or is asked to go (Delta)."""
    connection.execute("DELETE FROM feed_missing WHERE delivery_id = %(delivery)s", names)
    if names["complet"]:
        connection.execute(_MISSING, names)
    connection.execute(_REMOVED, names)


def complain(connection: Connection, names: dict[str, Any]) -> None:
    """Problems that only the whole delivery shows: keys said twice, structures nobody described."""
    found = [
        ("PRE-FED-313", key, "", {"name": category}) for category, key in connection.execute(_TWICE, names)
    ]
    found += [
        ("PRE-FED-316", "", key, {"name": name, "source": source})
        for key, name, source in connection.execute(_HELD_ELSEWHERE, names)
        if not names["by_uai"]
    ]
    for statement in _DOUBLES:
        connection.execute(statement, names)
    found += [
        ("PRE-FED-314", "", key, {"name": key, "count": str(count)})
        for key, count in connection.execute(_UNKNOWN, names)
    ]
    connection.execute(
        "DELETE FROM feed_problem WHERE delivery_id = %(delivery)s AND batch = 0"
        " AND code IN ('PRE-FED-313', 'PRE-FED-314', 'PRE-FED-316') AND file = ''",
        names,
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO feed_problem (delivery_id, batch, code, file, position, key, structure_key, details)"
            " VALUES (%s, 0, %s, '', 0, %s, %s, %s)",
            [
                (names["delivery"], code, key, structure, Json(details))
                for code, key, structure, details in found
            ],
        )
    connection.execute(_PLACE_PROBLEMS, names)


def make_plan(connection: Connection, names: dict[str, Any], max_departures: int) -> dict[str, Any]:
    """Counts per structure and profile, totals, and the reasons to stop (percent of departures)."""
    structures: dict[str, dict[str, Any]] = {}
    by_id: dict[int, dict[str, Any]] = {}
    for key, uai, name, known in connection.execute(_STRUCTURES, names):
        row = {"key": key, "uai": uai or "", "name": name or key, "id": known, "kinds": {}}
        structures[key] = row
        if known is not None:
            by_id[known] = row
    for known, key in connection.execute(_CITED, names):
        structures[key] = by_id[known] = _known_structure(connection, known)
    for key, kind, arrive, change in connection.execute(_STAGED, names):
        row = structures.setdefault(key, {"key": key, "uai": "", "name": key, "id": None, "kinds": {}})
        _figures(row, kind).update(arrive=arrive, change=change)
    for query, figure in ((_CURRENT, "current"), (_LEAVING, "leave")):
        for known, kind, count in connection.execute(query, names):
            if known not in by_id:
                by_id[known] = _known_structure(connection, known)
                structures[f"#{known}"] = by_id[known]
            _figures(by_id[known], kind)[figure] = count
    closures = _close(connection, names, structures, by_id)
    guardians = connection.execute(_STAGED_GUARDIANS, names).fetchone() or (0, 0)
    rows = [row for row in structures.values() if names["complet"] or _moves(row) or "fate" in row]
    totals = {
        figure: sum(kind[figure] for row in structures.values() for kind in row["kinds"].values())
        for figure in ("arrive", "change", "leave", "current")
    }
    totals["guardians_arrive"], totals["guardians_change"] = guardians
    stops = closures.pop("stops") + _stops(rows, totals, max_departures)
    return {"structures": rows, "totals": totals, "stops": stops, **closures}


def _close(
    connection: Connection,
    names: dict[str, Any],
    structures: dict[str, dict[str, Any]],
    by_id: dict[int, dict[str, Any]],
) -> dict[str, Any]:
    """The structures that close or are suspended, marked in their rows; those who leave them are counted."""
    closures = find_closures(connection, names)
    for known in (*closures["closed"], *closures["suspended"]):
        if known not in by_id:
            by_id[known] = structures[f"#{known}"] = _known_structure(connection, known)
        by_id[known]["fate"] = "closed" if known in closures["closed"] else "suspended"
    for known, kind, count in connection.execute(_CLOSING, names | closures):
        _figures(by_id[known], kind)["leave"] = count
    return closures


def _known_structure(connection: Connection, known: int) -> dict[str, Any]:
    """A structure that the delivery does not describe, as the directory knows it."""
    found = connection.execute("SELECT key, uai, name FROM structure WHERE id = %s", [known]).fetchone()
    key, uai, name = found or ("", "", "")
    return {"key": key or "", "uai": uai or "", "name": name, "id": known, "kinds": {}}


def _moves(row: dict[str, Any]) -> bool:
    return any(kind["arrive"] or kind["change"] or kind["leave"] for kind in row["kinds"].values())


def _figures(row: dict[str, Any], kind: str) -> dict[str, int]:
    figures: dict[str, int] = row["kinds"].setdefault(
        kind, {"arrive": 0, "change": 0, "leave": 0, "current": 0}
    )
    return figures


def _stops(rows: list[dict[str, Any]], totals: dict[str, int], limit: int) -> list[dict[str, str]]:
    stops = []
    for row in rows:
        leave = sum(kind["leave"] for name, kind in row["kinds"].items() if name != "guardian")
        current = sum(kind["current"] for name, kind in row["kinds"].items() if name != "guardian")
        if leave > FEW and leave * 100 > limit * current:
            stops.append(
                {
                    "code": "PRE-FED-504",
                    "name": row["name"],
                    "count": str(leave),
                    "percent": str(leave * 100 // current),
                }
            )
    if totals["leave"] > FEW and totals["leave"] * 100 > limit * totals["current"]:
        stops.append({"code": "PRE-FED-505", "count": str(totals["leave"]), "limit": str(limit)})
    return stops


def freshness(dated: date, last: date | None, today: date) -> tuple[str, bool] | None:
    """The reason a date is wrong, and whether approval can pass it: never back in time, nor far ahead."""
    if last is not None and dated < last:
        return "PRE-FED-501", False
    if dated > today + timedelta(days=FRESH_DAYS):
        return "PRE-FED-502", False
    if dated < today - timedelta(days=FRESH_DAYS):
        return "PRE-FED-503", True
    return None
