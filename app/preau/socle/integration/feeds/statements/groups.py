"""Classes and groups, who is in them, who teaches them."""

from typing import Final

from .terms import BEFORE, BY_KEY, GROUP, IN_BATCH, KEY, PLACE, REPLACES, STAGED, uid

# It names classes as people do; the academy gives them codes as well.
ADOPT_CLASSES: Final = f"""
WITH adopted AS (
  UPDATE feed_membership m SET code = g.code
  FROM structure t JOIN (
    SELECT structure_id, kind, preau_fold(name) AS name, min(code) AS code FROM grouping
    WHERE code <> '' GROUP BY 1, 2, 3) g ON g.structure_id = t.id
  WHERE m.delivery_id = %(delivery)s AND {BY_KEY} = m.structure_key AND g.kind = m.kind
    AND g.name = preau_fold(m.code) AND g.code <> m.code
    AND NOT EXISTS (SELECT FROM grouping o WHERE o.structure_id = t.id AND o.kind = m.kind AND o.code = m.code)
  RETURNING 1)
SELECT count(*) FROM adopted
"""
CREATE_GROUPS: Final = f"""
WITH wanted AS (
  SELECT DISTINCT ON (t.id, m.kind, m.code) t.id AS structure_id, m.kind, m.code,
    coalesce(nullif(m.label, ''), m.code) AS name
  FROM feed_membership m {PLACE.format(row="m")}
  WHERE m.delivery_id = %(delivery)s AND m.code <> ''
  ORDER BY t.id, m.kind, m.code, m.label DESC
), made AS (
  INSERT INTO grouping (id, uid, structure_id, kind, code, name, source, open_to, created_at, updated_at)
  SELECT n.id, {uid("G", "n.id")}, n.structure_id, n.kind, n.code, n.name, %(source)s,
    ARRAY[n.structure_id], now(), now()
  FROM (SELECT w.*, nextval('grouping_id_seq') AS id FROM wanted w WHERE NOT EXISTS (
    SELECT FROM grouping g WHERE g.structure_id = w.structure_id AND g.kind = w.kind AND g.code = w.code)) n
  ON CONFLICT DO NOTHING RETURNING id)
SELECT count(*) FROM made
"""
LEAVE_GROUPS: Final = f"""
WITH gone AS (
  DELETE FROM membership m USING grouping g, feed_person s {KEY}
  WHERE {STAGED} AND s.speaks_of & 2 > 0 AND {BEFORE}
    AND m.person_id = k.person_id AND m.source = %(source)s AND g.id = m.group_id
    AND (m.role = 'member') = (%(category)s = 'pupil')
    AND {REPLACES.format(structure="g.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_membership x {PLACE.format(row="x")}
      WHERE {IN_BATCH.format(row="x")} AND x.key = s.key AND x.category = s.category
        AND t.id = g.structure_id AND x.kind = g.kind AND x.code = g.code)
  RETURNING m.group_id)
SELECT count(*) FROM gone
"""
JOIN_GROUPS: Final = f"""
WITH joined AS (
  INSERT INTO membership (group_id, person_id, role, source)
  SELECT DISTINCT ON (g.id, k.person_id) g.id, k.person_id,
    CASE s.role WHEN 'form_teacher' THEN 'teacher' ELSE s.role END, %(source)s
  FROM feed_membership s {KEY} {GROUP.format(row="s")}
  WHERE {STAGED} ORDER BY g.id, k.person_id
  ON CONFLICT (group_id, person_id) DO UPDATE SET role = excluded.role, source = excluded.source
  WHERE membership.source <> 'manual' AND membership.source <> ALL(%(yields_to)s)
    AND (membership.role, membership.source) <> (excluded.role, excluded.source)
  RETURNING group_id)
SELECT count(*) FROM joined
"""
LEAVE_ROLES: Final = f"""
WITH gone AS (
  DELETE FROM role r USING grouping g, feed_person s {KEY}
  WHERE {STAGED} AND s.speaks_of & 2 > 0 AND {BEFORE} AND r.person_id = k.person_id
    AND r.source = %(source)s AND r.name = 'form_teacher' AND g.id = r.group_id
    AND {REPLACES.format(structure="r.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_membership x WHERE {IN_BATCH.format(row="x")} AND x.key = s.key
      AND x.category = s.category AND x.role = 'form_teacher' AND x.kind = g.kind AND x.code = g.code)
  RETURNING r.id)
SELECT count(*) FROM gone
"""
TAKE_ROLES: Final = f"""
WITH taken AS (
  INSERT INTO role (person_id, structure_id, name, group_id, source)
  SELECT DISTINCT k.person_id, t.id, 'form_teacher', g.id, %(source)s
  FROM feed_membership s {KEY} {GROUP.format(row="s")}
  WHERE {STAGED} AND s.role = 'form_teacher'
  ON CONFLICT (person_id, structure_id, name, group_id) DO NOTHING RETURNING id)
SELECT count(*) FROM taken
"""
STOP_TEACHING: Final = f"""
WITH gone AS (
  DELETE FROM teaching c USING grouping g, feed_person s {KEY}
  WHERE {STAGED} AND s.speaks_of & 4 > 0 AND {BEFORE} AND c.person_id = k.person_id
    AND c.source = %(source)s AND g.id = c.group_id AND {REPLACES.format(structure="c.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_teaching x {PLACE.format(row="x")}
      WHERE {IN_BATCH.format(row="x")} AND x.key = s.key AND t.id = c.structure_id
        AND x.kind = g.kind AND x.code = g.code AND x.subject_code = c.subject_code)
  RETURNING c.id)
SELECT count(*) FROM gone
"""
TEACH: Final = f"""
WITH added AS (
  INSERT INTO teaching (person_id, structure_id, group_id, subject_code, source)
  SELECT DISTINCT k.person_id, t.id, g.id, s.subject_code, %(source)s
  FROM feed_teaching s {KEY} {GROUP.format(row="s")}
  WHERE {STAGED} ON CONFLICT (person_id, group_id, subject_code) DO NOTHING RETURNING id)
SELECT count(*) FROM added
"""
