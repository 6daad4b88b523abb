"""Those who are no longer delivered, and what the others' moves changed for those who see them."""

from typing import Final

from .terms import IN_SCOPE, MISSING, SAID

LEAVERS: Final[dict[str, str]] = {
    "left": f"""WITH ended AS (UPDATE profile f SET left_on = %(today)s FROM feed_missing x
      WHERE {MISSING} AND f.person_id = x.person_id AND f.source = %(source)s AND f.left_on IS NULL
        AND f.kind <> 'guardian' AND (f.kind = 'pupil') = (x.category = 'pupil') AND x.category <> 'guardian'
        AND {SAID} AND {IN_SCOPE.format(structure="f.structure_id")} RETURNING f.id) SELECT count(*) FROM ended""",
    "memberships": f"""WITH gone AS (DELETE FROM membership m USING feed_missing x, grouping g
      WHERE {MISSING} AND m.person_id = x.person_id AND m.source = %(source)s AND g.id = m.group_id
        AND (m.role = 'member') = (x.category = 'pupil') AND x.category <> 'guardian'
        AND {IN_SCOPE.format(structure="g.structure_id")} RETURNING 1) SELECT count(*) FROM gone""",
    "teachings": f"""WITH gone AS (DELETE FROM teaching c USING feed_missing x
      WHERE {MISSING} AND c.person_id = x.person_id AND c.source = %(source)s AND x.category = 'staff'
        AND {IN_SCOPE.format(structure="c.structure_id")} RETURNING 1) SELECT count(*) FROM gone""",
    "roles": f"""WITH gone AS (DELETE FROM role r USING feed_missing x
      WHERE {MISSING} AND r.person_id = x.person_id AND r.source = %(source)s AND x.category = 'staff'
        AND {IN_SCOPE.format(structure="r.structure_id")} RETURNING 1) SELECT count(*) FROM gone""",
    "relations": f"""WITH gone AS (DELETE FROM relation r USING feed_missing x
      WHERE {MISSING} AND x.category = 'guardian' AND r.guardian_id = x.person_id AND r.source = %(source)s
      RETURNING 1) SELECT count(*) FROM gone""",
    "touched": f"""WITH noted AS (INSERT INTO feed_touched (delivery_id, batch, person_id)
      SELECT %(delivery)s, %(batch)s, x.person_id FROM feed_missing x WHERE {MISSING}
      UNION ALL SELECT %(delivery)s, %(batch)s, r.guardian_id FROM feed_missing x
        JOIN relation r ON r.pupil_id = x.person_id WHERE {MISSING} RETURNING 1) SELECT count(*) FROM noted""",
    "forgotten": f"""WITH gone AS (DELETE FROM feed_record a USING feed_missing x
      WHERE {MISSING} AND a.source = %(source)s AND a.category = x.category AND a.key = x.key
      RETURNING 1) SELECT count(*) FROM gone""",
}
REFRESH: Final[dict[str, str]] = {
    "guardians_left": """WITH touched AS MATERIALIZED (SELECT DISTINCT person_id FROM feed_touched
        WHERE delivery_id = %(delivery)s),
      ended AS (UPDATE profile f SET left_on = %(today)s FROM touched x
      WHERE f.person_id = x.person_id AND f.kind = 'guardian' AND f.source = %(source)s AND f.left_on IS NULL
        AND NOT EXISTS (SELECT FROM relation r JOIN profile c ON c.person_id = r.pupil_id AND c.kind || '' = 'pupil'
            AND c.structure_id = f.structure_id AND c.left_on IS NULL
          WHERE r.guardian_id = f.person_id AND r.legal > 0 AND r.pupil_id <> r.guardian_id)
      RETURNING f.id) SELECT count(*) FROM ended""",
    "reopened": """WITH touched AS MATERIALIZED (SELECT DISTINCT person_id FROM feed_touched
        WHERE delivery_id = %(delivery)s),
      now_open AS (SELECT x.person_id, coalesce(array_agg(DISTINCT f.structure_id ORDER BY f.structure_id)
          FILTER (WHERE f.id IS NOT NULL), '{}') AS ids
        FROM touched x LEFT JOIN profile f ON f.person_id = x.person_id AND f.left_on IS NULL GROUP BY 1),
      changed AS (UPDATE person p SET open_to = n.ids FROM now_open n
        WHERE p.id = n.person_id AND p.open_to <> n.ids RETURNING p.id) SELECT count(*) FROM changed""",
}
