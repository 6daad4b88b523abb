"""Pupils and their responsibles, who follow them from school to school."""

from typing import Final

from .terms import BEFORE, IN_BATCH, KEY, STAGED

UNTIE: Final = f"""
WITH gone AS (
  DELETE FROM relation r USING feed_person s {KEY}
  WHERE {STAGED} AND s.speaks_of & 8 > 0 AND {BEFORE} AND r.pupil_id = k.person_id AND r.source = %(source)s
    AND (s.operation = 'modifyRequest' OR %(complet)s)
    AND NOT EXISTS (SELECT FROM feed_relation x
      JOIN source_key o ON o.source = %(source)s AND o.key = x.guardian_key
      WHERE {IN_BATCH.format(row="x")} AND x.key = s.key AND o.person_id = r.guardian_id)
  RETURNING r.guardian_id
), noted AS (
  INSERT INTO feed_touched (delivery_id, batch, person_id) SELECT %(delivery)s, %(batch)s, guardian_id FROM gone)
SELECT count(*) FROM gone
"""
TIE: Final = f"""
WITH tied AS (
  INSERT INTO relation (guardian_id, pupil_id, link, legal, financial, contact, payment, lives_with, source)
  SELECT DISTINCT ON (g.person_id, k.person_id) g.person_id, k.person_id, s.link, s.legal, s.financial,
    s.contact, s.payment, s.lives_with, %(source)s
  FROM feed_relation s JOIN source_key k ON k.source = %(source)s AND k.key = s.key
  JOIN source_key g ON g.source = %(source)s AND g.key = s.guardian_key
  WHERE {IN_BATCH.format(row="s")}
  ORDER BY g.person_id, k.person_id
  ON CONFLICT (guardian_id, pupil_id) DO UPDATE SET link = excluded.link, legal = excluded.legal,
    financial = excluded.financial, contact = excluded.contact, payment = excluded.payment,
    lives_with = excluded.lives_with, source = excluded.source
  WHERE relation.source <> ALL(%(yields_to)s)
    AND (relation.link, relation.legal, relation.financial, relation.contact, relation.payment,
      relation.lives_with, relation.source) IS DISTINCT FROM (excluded.link, excluded.legal,
      excluded.financial, excluded.contact, excluded.payment, excluded.lives_with, excluded.source)
  RETURNING guardian_id)
SELECT count(*) FROM tied
"""
# Responsibles follow their children's schools. Step by step from the batch outwards: the statistics are
# still those of empty tables, and a planner that is free to choose starts from the wrong end.
FOLLOW_CHILDREN: Final = f"""
WITH mine AS MATERIALIZED (
  SELECT k.person_id FROM feed_person s {KEY} WHERE {STAGED}
), added AS (
  INSERT INTO profile (person_id, structure_id, kind, source, functions, level, attributes)
  SELECT DISTINCT t.guardian_id, p.structure_id, 'guardian', %(source)s, '[]'::jsonb, '', '{{}}'::jsonb
  FROM mine
  CROSS JOIN LATERAL (SELECT r.guardian_id FROM relation r WHERE r.pupil_id = mine.person_id
    AND r.legal > 0 AND r.guardian_id <> r.pupil_id OFFSET 0) t
  CROSS JOIN LATERAL (SELECT f.structure_id FROM profile f WHERE f.person_id = mine.person_id
    AND f.kind || '' = 'pupil' AND f.left_on IS NULL
      AND (f.source = %(source)s OR f.source = ANY(%(yields_to)s)) OFFSET 0) p
  ORDER BY 1, 2
  ON CONFLICT (person_id, structure_id, kind) DO UPDATE SET left_on = NULL WHERE profile.left_on IS NOT NULL
  RETURNING id)
SELECT count(*) FROM added
"""
TOUCH_GUARDIANS: Final = f"""
INSERT INTO feed_touched (delivery_id, batch, person_id)
SELECT %(delivery)s, %(batch)s, r.guardian_id FROM feed_person s {KEY}
JOIN relation r ON r.pupil_id = k.person_id
JOIN source_key g ON g.source = %(source)s AND g.person_id = r.guardian_id
WHERE {STAGED} AND ({BEFORE} OR g.delivery_id IS DISTINCT FROM %(delivery)s)
"""
