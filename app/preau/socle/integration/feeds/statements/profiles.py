"""Profiles in schools, and the levels they are for."""

from typing import Final

from .terms import BEFORE, IN_BATCH, KEY, PLACE, REPLACES, SAID, STAGED

END_PROFILES: Final = f"""
WITH ended AS (
  UPDATE profile f SET left_on = %(today)s FROM feed_person s {KEY}
  WHERE {STAGED} AND s.speaks_of & 1 > 0 AND {BEFORE}
    AND f.person_id = k.person_id AND f.source = %(source)s AND f.left_on IS NULL AND f.kind = ANY(%(kinds)s)
    AND {SAID} AND {REPLACES.format(structure="f.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_profile p {PLACE.format(row="p")}
      WHERE {IN_BATCH.format(row="p")} AND p.key = s.key AND p.category = s.category
        AND t.id = f.structure_id AND p.kind = f.kind)
  RETURNING f.id)
SELECT count(*) FROM ended
"""
ADD_PROFILES: Final = f"""
WITH added AS (
  INSERT INTO profile (person_id, structure_id, kind, source, functions, level, attributes)
  SELECT DISTINCT ON (k.person_id, t.id, s.kind)
    k.person_id, t.id, s.kind, %(source)s, s.functions, s.level, s.attributes
  FROM feed_profile s {KEY} {PLACE.format(row="s")}
  WHERE {STAGED} ORDER BY k.person_id, t.id, s.kind
  ON CONFLICT (person_id, structure_id, kind) DO UPDATE SET source = excluded.source, left_on = NULL,
    functions = excluded.functions, level = coalesce(nullif(excluded.level, ''), profile.level)
  WHERE profile.left_on IS NOT NULL OR (profile.source <> ALL(%(yields_to)s)
    AND (profile.functions IS DISTINCT FROM excluded.functions OR profile.source <> excluded.source
      OR profile.level <> coalesce(nullif(excluded.level, ''), profile.level)))
  RETURNING id)
SELECT count(*) FROM added
"""
CHANGE_LEVELS: Final = f"""
WITH changed AS (
  UPDATE profile f SET level = s.attributes->>'mef' FROM feed_person s {KEY}
  WHERE {STAGED} AND s.operation = 'modifyRequest' AND s.attributes->>'mef' IS NOT NULL
    AND f.person_id = k.person_id AND f.source = %(source)s AND f.kind = 'pupil'
    AND f.level <> s.attributes->>'mef'
  RETURNING f.id)
SELECT count(*) FROM changed
"""
