"""Humans: recognised, changed, created, remembered."""

from typing import Final

from .terms import BEFORE, IN_BATCH, KEY, PLACE, STAGED, uid

# A key that another source of the family knows under the same name, then an INE, is the same human.
MATCH_KEY: Final = f"""
WITH found AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT DISTINCT ON (s.key) %(source)s, s.key, o.person_id, 0
  FROM feed_person s
  JOIN source_key o ON o.source = ANY(%(sources)s) AND o.source <> %(source)s AND o.key = s.key
  JOIN person p ON p.id = o.person_id AND lower(p.last_name) = lower(s.last_name)
    AND lower(p.first_name) = lower(s.first_name)
  WHERE {STAGED} AND s.operation = 'addRequest'
    AND NOT EXISTS (SELECT FROM source_key k WHERE k.source = %(source)s AND k.key = s.key)
  ON CONFLICT DO NOTHING RETURNING person_id)
SELECT count(*) FROM found
"""
MATCH_INE: Final = f"""
WITH found AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT DISTINCT ON (s.key) %(source)s, s.key, o.person_id, 0
  FROM feed_person s JOIN source_key o ON o.source = 'ine' AND o.key = s.ine
  WHERE {STAGED} AND s.operation = 'addRequest' AND s.ine <> ''
    AND NOT EXISTS (SELECT FROM source_key k WHERE k.source = %(source)s AND k.key = s.key)
  ON CONFLICT DO NOTHING RETURNING person_id)
SELECT count(*) FROM found
"""
# A local authority has no key in common with the academy: names, birth date and school make the same human.
MATCH_PEOPLE: Final = f"""
WITH found AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT DISTINCT ON (s.key) %(source)s, s.key, p.id, 0
  FROM feed_person s
  JOIN feed_profile x ON x.delivery_id = s.delivery_id AND x.batch = s.batch AND x.category = s.category
    AND x.key = s.key
  {PLACE.format(row="x")}
  JOIN person p ON preau_fold(p.last_name) = preau_fold(s.last_name)
    AND preau_fold(p.first_name) = preau_fold(s.first_name) AND p.birth_date = s.birth_date
    AND p.merged_into_id IS NULL
  JOIN profile f ON f.person_id = p.id AND f.structure_id = t.id AND f.left_on IS NULL
  WHERE {STAGED} AND NOT EXISTS (SELECT FROM source_key k WHERE k.source = %(source)s AND k.key = s.key)
  ORDER BY s.key, p.id
  ON CONFLICT DO NOTHING RETURNING person_id)
SELECT count(*) FROM found
"""
_NEW: Final = """coalesce(nullif(s.last_name, ''), p.last_name), coalesce(nullif(s.first_name, ''), p.first_name),
  coalesce(s.birth_name, p.birth_name), coalesce(s.other_names, p.other_names),
  coalesce(s.civility, p.civility), coalesce(s.birth_date, p.birth_date), coalesce(s.mail, p.mail),
  jsonb_strip_nulls(p.phones || coalesce(s.phones, '{}')), jsonb_strip_nulls(p.address || coalesce(s.address, '{}')),
  jsonb_strip_nulls(p.attributes || coalesce(s.attributes, '{}'))"""
_OLD: Final = (
    "last_name, first_name, birth_name, other_names, civility, birth_date, mail, phones, address, attributes"
)
UPDATE_PERSONS: Final = f"""
WITH changed AS (
  UPDATE person p SET ({_OLD}, updated_at) = ROW({_NEW}, now())
  FROM feed_person s {KEY}
  WHERE {STAGED} AND p.id = k.person_id
    AND (%(yields_to)s::text[] = '{{}}' OR NOT EXISTS (SELECT FROM source_key o
      WHERE o.person_id = p.id AND o.source = ANY(%(yields_to)s)))
    AND ({", ".join("p." + name for name in _OLD.split(", "))}) IS DISTINCT FROM ({_NEW})
  RETURNING p.id)
SELECT count(*) FROM changed
"""
_LED_BY: Final = f"""SELECT p.key, array_agg(DISTINCT t.id ORDER BY t.id) AS ids FROM feed_profile p
  JOIN structure t ON t.source = ANY(%(sources)s) AND t.key = p.structure_key
  WHERE {IN_BATCH.format(row="p")} AND p.category = %(category)s GROUP BY p.key"""
_LED_BY_CHILDREN: Final = """SELECT r.guardian_key AS key, array_agg(DISTINCT t.id ORDER BY t.id) AS ids
  FROM fresh f JOIN feed_relation r ON r.delivery_id = %(delivery)s AND r.guardian_key = f.key AND r.legal > 0
    AND r.key <> r.guardian_key
  CROSS JOIN unnest(r.structure_keys) u(key)
  JOIN structure t ON t.source = ANY(%(sources)s) AND t.key = u.key GROUP BY r.guardian_key"""
_ANSWERS_FOR: Final = """AND EXISTS (SELECT FROM feed_relation r WHERE r.delivery_id = %(delivery)s
    AND r.guardian_key = s.key AND r.legal > 0)"""


def create_persons(*, guardian: bool) -> str:
    """New humans, their key and their INE. A responsible nobody's legal weight names is not created."""
    return f"""
WITH fresh AS MATERIALIZED (
  SELECT DISTINCT ON (s.key) s.*, nextval('person_id_seq') AS person_id FROM feed_person s
  WHERE {STAGED} AND s.operation = 'addRequest'
    AND NOT EXISTS (SELECT FROM source_key k WHERE k.source = %(source)s AND k.key = s.key)
    {_ANSWERS_FOR if guardian else ""}
), places AS ({_LED_BY_CHILDREN if guardian else _LED_BY}
), made AS (
  INSERT INTO person (id, uid, {_OLD}, open_to, created_at, updated_at)
  SELECT f.person_id, {uid("F", "f.person_id")}, f.last_name, f.first_name, coalesce(f.birth_name, ''),
    coalesce(f.other_names, ''), coalesce(f.civility, ''), f.birth_date, coalesce(f.mail, ''),
    jsonb_strip_nulls(coalesce(f.phones, '{{}}')), jsonb_strip_nulls(coalesce(f.address, '{{}}')),
    jsonb_strip_nulls(coalesce(f.attributes, '{{}}')), coalesce(l.ids, '{{}}'), now(), now()
  FROM fresh f LEFT JOIN places l USING (key)
), known AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT %(source)s, key, person_id, %(delivery)s FROM fresh
), ine AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT DISTINCT ON (ine) 'ine', ine, person_id, %(delivery)s FROM fresh WHERE ine <> ''
  ON CONFLICT DO NOTHING
)
SELECT count(*) FROM fresh
"""


# Nothing can change of people who are not there, nothing be removed of those who were not there before.
ANYBODY: Final = f"SELECT EXISTS (SELECT FROM feed_person s {KEY} WHERE {STAGED})::int"
ANYBODY_BEFORE: Final = f"SELECT EXISTS (SELECT FROM feed_person s {KEY} WHERE {STAGED} AND {BEFORE})::int"
# Whoever was there before needs a fresh look at the end: profiles, then who may see the person.
TOUCH_KNOWN: Final = f"""
INSERT INTO feed_touched (delivery_id, batch, person_id)
SELECT %(delivery)s, %(batch)s, k.person_id FROM feed_person s {KEY} WHERE {STAGED}
"""
# A record that names what is not there yet is read again next time.
REMEMBER: Final = f"""
WITH unresolved AS MATERIALIZED (
  SELECT p.key FROM feed_profile p
  WHERE {IN_BATCH.format(row="p")} AND p.category = %(category)s
    AND NOT EXISTS (SELECT FROM structure t WHERE t.source = ANY(%(sources)s) AND t.key = p.structure_key)
  UNION
  SELECT r.key FROM feed_relation r
  WHERE {IN_BATCH.format(row="r")} AND %(category)s = 'pupil'
    AND NOT EXISTS (SELECT FROM source_key g WHERE g.source = %(source)s AND g.key = r.guardian_key))
INSERT INTO feed_record (source, category, key, head, delivery_id)
SELECT DISTINCT ON (s.key) %(source)s, s.category, s.key,
  CASE WHEN s.operation = 'addRequest' AND u.key IS NULL THEN s.head END, %(delivery)s
FROM feed_person s {KEY} LEFT JOIN unresolved u ON u.key = s.key WHERE {STAGED}
ON CONFLICT (source, category, key) DO UPDATE SET head = excluded.head, delivery_id = excluded.delivery_id
  WHERE feed_record.head IS DISTINCT FROM excluded.head
"""
