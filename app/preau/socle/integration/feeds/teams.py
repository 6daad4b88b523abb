"""Groups that follow from the directory: the teaching team of each class, and who holds each function.

Written after an import, by a job: an équipe pédagogique is whoever teaches the class or a group drawn from
it; a function group is one per school and function (for teachers, per discipline). Ours alone are touched.
"""

from __future__ import annotations

import json
from typing import Final

from preau.kernel import jobs

from . import storage
from .statements.terms import uid
from .work import connect

SOURCE: Final = "derived"
_FED: Final = ["aaf1d", "aaf2d", "sapia", "authority"]
# What people call those who hold a function; any other goes by the label that the sender gives it.
_NAMES: Final = {
    "DIR": "Direction", "DOC": "Documentation", "EDU": "Vie scolaire", "CPE": "Vie scolaire",
    "ENS": "Enseignants", "ORI": "Orientation", "ADF": "Administration", "LAB": "Laboratoire",
    "AED": "Assistants d’éducation", "AES": "Accompagnants (AESH)", "ASE": "Assistants étrangers",
    "MDS": "Santé et social", "OUV": "Agents", "ALB": "Laboratoire", "CTR": "Chefs de travaux",
}  # fmt: skip
_WANTED: Final = """
CREATE TEMP TABLE wanted_team ON COMMIT DROP AS
WITH class AS (
  SELECT id, structure_id, code, name FROM grouping
  WHERE kind = 'class' AND code <> '' AND ends_on IS NULL AND source = ANY(%(fed)s)
), taught AS (
  SELECT c.structure_id, c.code, c.name, c.id AS group_id FROM class c
  UNION
  SELECT c.structure_id, c.code, c.name, t.id FROM grouping t
  CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(t.attributes->'classes', '[]')) part
  JOIN class c ON c.structure_id = t.structure_id AND c.code = part
  WHERE t.kind = 'teaching' AND t.ends_on IS NULL AND t.source = ANY(%(fed)s)
)
SELECT DISTINCT c.structure_id, 'team' AS kind, c.code, 'Équipe pédagogique ' || c.name AS name, m.person_id
FROM taught c JOIN membership m ON m.group_id = c.group_id AND m.role = 'teacher'
UNION
SELECT structure_id, 'function', code, min(name) OVER (PARTITION BY structure_id, code), person_id FROM (
  SELECT DISTINCT f.structure_id, f.person_id,
    (e->>'code') || CASE WHEN e->>'code' = 'ENS' AND length(e->>'discipline') > 1
      THEN '-' || (e->>'discipline') ELSE '' END AS code,
    coalesce(%(names)s::jsonb->>(e->>'code'), CASE WHEN e->>'label' IN ('', e->>'code') THEN e->>'code'
        ELSE upper(left(e->>'label', 1)) || lower(substr(e->>'label', 2)) END)
      || CASE WHEN e->>'code' = 'ENS' AND length(e->>'discipline') > 1 THEN ' – ' || coalesce(
        upper(left(nullif(e->>'discipline_label', ''), 1)) || lower(substr(e->>'discipline_label', 2)),
        e->>'discipline') ELSE '' END AS name
  FROM profile f CROSS JOIN jsonb_array_elements(f.functions) e
  WHERE f.left_on IS NULL AND f.source = ANY(%(fed)s) AND coalesce(e->>'code', '') NOT IN ('', '-', '$')
) held
"""
_STEPS: Final = {
    "made": f"""
WITH made AS (
  INSERT INTO grouping (id, uid, structure_id, kind, code, name, source, open_to, created_at, updated_at)
  SELECT n.id, {uid("G", "n.id")}, n.structure_id, n.kind, n.code, n.name, %(source)s,
    ARRAY[n.structure_id], now(), now()
  FROM (SELECT nextval('grouping_id_seq') AS id, w.* FROM (
    SELECT DISTINCT ON (structure_id, kind, code) structure_id, kind, code, name FROM wanted_team) w
    WHERE NOT EXISTS (SELECT FROM grouping g WHERE g.structure_id = w.structure_id AND g.kind = w.kind
      AND g.code = w.code)) n
  ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*) FROM made""",
    "changed": """
WITH changed AS (
  UPDATE grouping g SET name = w.name, ends_on = NULL, updated_at = now()
  FROM (SELECT DISTINCT structure_id, kind, code, name FROM wanted_team) w
  WHERE g.structure_id = w.structure_id AND g.kind = w.kind AND g.code = w.code AND g.source = %(source)s
    AND (g.name <> w.name OR g.ends_on IS NOT NULL) RETURNING 1)
SELECT count(*) FROM changed""",
    "left": """
WITH gone AS (
  DELETE FROM membership m USING grouping g
  WHERE g.id = m.group_id AND g.source = %(source)s AND m.source = %(source)s
    AND NOT EXISTS (SELECT FROM wanted_team w WHERE w.structure_id = g.structure_id AND w.kind = g.kind
      AND w.code = g.code AND w.person_id = m.person_id)
  RETURNING m.person_id), moved AS (
  UPDATE account a SET rights_version = rights_version + 1 FROM (SELECT DISTINCT person_id FROM gone) x
  WHERE a.person_id = x.person_id)
SELECT count(*) FROM gone""",
    "joined": """
WITH joined AS (
  INSERT INTO membership (group_id, person_id, role, source)
  SELECT g.id, w.person_id, 'member', %(source)s FROM wanted_team w
  JOIN grouping g ON g.structure_id = w.structure_id AND g.kind = w.kind AND g.code = w.code
    AND g.source = %(source)s
  ON CONFLICT DO NOTHING RETURNING person_id), moved AS (
  UPDATE account a SET rights_version = rights_version + 1 FROM (SELECT DISTINCT person_id FROM joined) x
  WHERE a.person_id = x.person_id)
SELECT count(*) FROM joined""",
    "ended": """
WITH ended AS (
  UPDATE grouping g SET ends_on = CURRENT_DATE, updated_at = now()
  WHERE g.source = %(source)s AND g.ends_on IS NULL AND NOT EXISTS (SELECT FROM wanted_team w
    WHERE w.structure_id = g.structure_id AND w.kind = g.kind AND w.code = g.code)
  RETURNING 1)
SELECT count(*) FROM ended""",
}


@jobs.task("feeds.teams", queue="feeds", retry=3)
def follow_directory() -> None:
    """Brings every team and function group to what the directory says; doing it again writes nothing."""
    follow(storage.database())


def follow(address: str) -> dict[str, int]:
    """The work of the job; how many rows changed, by step."""
    values = {"fed": _FED, "source": SOURCE, "names": json.dumps(_NAMES)}
    counts = {}
    with connect(address) as connection, connection.transaction():
        connection.execute(_WANTED, values)
        for step, statement in _STEPS.items():
            row = connection.execute(statement, values).fetchone()
            counts[step] = int(row[0]) if row else 0
    return counts
