"""The SQL of an import, by sets: every statement writes only what differs, so that it may run again.

`%(delivery)s`, `%(batch)s`, `%(category)s` choose staged rows; `%(source)s` is whose rows may be
touched; `%(sources)s` are the sources that share its keys; `%(scope)s` the structures that a Complet
speaks for, `%(said)s` the profiles in them ("structure:kind") when it does not speak of all; `%(yields_to)s`
the sources whose word is never overwritten. A person created by this delivery has its number in source_key.
"""

# Assembled from the constants of this file; values only ever travel as parameters.

from typing import Any, Final

_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"


def uid(letter: str, column: str) -> str:
    """An SQL expression: a letter and seven signs, one for each id, that do not tell the order of arrival."""
    scrambled = f"mod({column} * 2654435761 + 97, 34359738368)"
    signs = "||".join(f"substr('{_ALPHABET}', (({scrambled} >> {5 * n}) & 31)::int + 1, 1)" for n in range(7))
    return f"'{letter}'||{signs}"


_BY_KEY: Final = "t.source = ANY(%(sources)s) AND t.key"


def placed(statement: str, names: dict[str, Any]) -> str:
    """The statement as this source names schools: by a key of its own, a local authority by their UAI."""
    return statement.replace(_BY_KEY, "t.uai") if names["by_uai"] else statement


_STAGED: Final = "s.delivery_id = %(delivery)s AND s.batch = %(batch)s AND s.category = %(category)s"
_KEY: Final = "JOIN source_key k ON k.source = %(source)s AND k.key = s.key"
_BEFORE: Final = "k.delivery_id IS DISTINCT FROM %(delivery)s"
_PLACE: Final = "JOIN structure t ON t.source = ANY(%(sources)s) AND t.key = {row}.structure_key"
SAID: Final = "(%(said)s::text[] IS NULL OR f.structure_id || ':' || f.kind = ANY(%(said)s))"
_REPLACES: Final = "(s.operation = 'modifyRequest' OR (%(complet)s AND {structure} = ANY(%(scope)s)))"

# A key that another source of the family knows under the same name, then an INE, is the same human.
MATCH_KEY: Final = f"""
WITH found AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT DISTINCT ON (s.key) %(source)s, s.key, o.person_id, 0
  FROM feed_person s
  JOIN source_key o ON o.source = ANY(%(sources)s) AND o.source <> %(source)s AND o.key = s.key
  JOIN person p ON p.id = o.person_id AND lower(p.last_name) = lower(s.last_name)
    AND lower(p.first_name) = lower(s.first_name)
  WHERE {_STAGED} AND s.operation = 'addRequest'
    AND NOT EXISTS (SELECT FROM source_key k WHERE k.source = %(source)s AND k.key = s.key)
  ON CONFLICT DO NOTHING RETURNING person_id)
SELECT count(*) FROM found
"""
MATCH_INE: Final = f"""
WITH found AS (
  INSERT INTO source_key (source, key, person_id, delivery_id)
  SELECT DISTINCT ON (s.key) %(source)s, s.key, o.person_id, 0
  FROM feed_person s JOIN source_key o ON o.source = 'ine' AND o.key = s.ine
  WHERE {_STAGED} AND s.operation = 'addRequest' AND s.ine <> ''
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
  {_PLACE.format(row="x")}
  JOIN person p ON preau_fold(p.last_name) = preau_fold(s.last_name)
    AND preau_fold(p.first_name) = preau_fold(s.first_name) AND p.birth_date = s.birth_date
    AND p.merged_into_id IS NULL
  JOIN profile f ON f.person_id = p.id AND f.structure_id = t.id AND f.left_on IS NULL
  WHERE {_STAGED} AND NOT EXISTS (SELECT FROM source_key k WHERE k.source = %(source)s AND k.key = s.key)
  ORDER BY s.key, p.id
  ON CONFLICT DO NOTHING RETURNING person_id)
SELECT count(*) FROM found
"""
# It names classes as people do; the academy gives them codes as well.
ADOPT_CLASSES: Final = f"""
WITH adopted AS (
  UPDATE feed_membership m SET code = g.code
  FROM structure t JOIN (
    SELECT structure_id, kind, preau_fold(name) AS name, min(code) AS code FROM grouping
    WHERE code <> '' GROUP BY 1, 2, 3) g ON g.structure_id = t.id
  WHERE m.delivery_id = %(delivery)s AND {_BY_KEY} = m.structure_key AND g.kind = m.kind
    AND g.name = preau_fold(m.code) AND g.code <> m.code
    AND NOT EXISTS (SELECT FROM grouping o WHERE o.structure_id = t.id AND o.kind = m.kind AND o.code = m.code)
  RETURNING 1)
SELECT count(*) FROM adopted
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
  FROM feed_person s {_KEY}
  WHERE {_STAGED} AND p.id = k.person_id
    AND (%(yields_to)s::text[] = '{{}}' OR NOT EXISTS (SELECT FROM source_key o
      WHERE o.person_id = p.id AND o.source = ANY(%(yields_to)s)))
    AND ({", ".join("p." + name for name in _OLD.split(", "))}) IS DISTINCT FROM ({_NEW})
  RETURNING p.id)
SELECT count(*) FROM changed
"""
_LED_BY: Final = """SELECT p.key, array_agg(DISTINCT t.id ORDER BY t.id) AS ids FROM feed_profile p
  JOIN structure t ON t.source = ANY(%(sources)s) AND t.key = p.structure_key
  WHERE p.delivery_id = %(delivery)s AND p.batch = %(batch)s AND p.category = %(category)s GROUP BY p.key"""
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
  WHERE {_STAGED} AND s.operation = 'addRequest'
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


# Nothing can be removed from people who were not there before.
ANYBODY_BEFORE: Final = f"SELECT EXISTS (SELECT FROM feed_person s {_KEY} WHERE {_STAGED} AND {_BEFORE})::int"
END_PROFILES: Final = f"""
WITH ended AS (
  UPDATE profile f SET left_on = %(today)s FROM feed_person s {_KEY}
  WHERE {_STAGED} AND s.speaks_of & 1 > 0 AND {_BEFORE}
    AND f.person_id = k.person_id AND f.source = %(source)s AND f.left_on IS NULL AND f.kind = ANY(%(kinds)s)
    AND {SAID} AND {_REPLACES.format(structure="f.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_profile p {_PLACE.format(row="p")}
      WHERE p.delivery_id = %(delivery)s AND p.batch = %(batch)s AND p.key = s.key AND p.category = s.category
        AND t.id = f.structure_id AND p.kind = f.kind)
  RETURNING f.id)
SELECT count(*) FROM ended
"""
ADD_PROFILES: Final = f"""
WITH added AS (
  INSERT INTO profile (person_id, structure_id, kind, source, functions, level, attributes)
  SELECT DISTINCT ON (k.person_id, t.id, s.kind)
    k.person_id, t.id, s.kind, %(source)s, s.functions, s.level, s.attributes
  FROM feed_profile s {_KEY} {_PLACE.format(row="s")}
  WHERE {_STAGED} ORDER BY k.person_id, t.id, s.kind
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
  UPDATE profile f SET level = s.attributes->>'mef' FROM feed_person s {_KEY}
  WHERE {_STAGED} AND s.operation = 'modifyRequest' AND s.attributes->>'mef' IS NOT NULL
    AND f.person_id = k.person_id AND f.source = %(source)s AND f.kind = 'pupil'
    AND f.level <> s.attributes->>'mef'
  RETURNING f.id)
SELECT count(*) FROM changed
"""
_GROUP: Final = (
    _PLACE.format(row="{row}")
    + " JOIN grouping g ON g.structure_id = t.id AND g.kind = {row}.kind AND g.code = {row}.code AND g.code <> ''"
)
CREATE_GROUPS: Final = f"""
WITH wanted AS (
  SELECT DISTINCT ON (t.id, m.kind, m.code) t.id AS structure_id, m.kind, m.code,
    coalesce(nullif(m.label, ''), m.code) AS name
  FROM feed_membership m {_PLACE.format(row="m")}
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
  DELETE FROM membership m USING grouping g, feed_person s {_KEY}
  WHERE {_STAGED} AND s.speaks_of & 2 > 0 AND {_BEFORE}
    AND m.person_id = k.person_id AND m.source = %(source)s AND g.id = m.group_id
    AND (m.role = 'member') = (%(category)s = 'pupil')
    AND {_REPLACES.format(structure="g.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_membership x {_PLACE.format(row="x")}
      WHERE x.delivery_id = %(delivery)s AND x.batch = %(batch)s AND x.key = s.key AND x.category = s.category
        AND t.id = g.structure_id AND x.kind = g.kind AND x.code = g.code)
  RETURNING m.group_id)
SELECT count(*) FROM gone
"""
JOIN_GROUPS: Final = f"""
WITH joined AS (
  INSERT INTO membership (group_id, person_id, role, source)
  SELECT DISTINCT ON (g.id, k.person_id) g.id, k.person_id,
    CASE s.role WHEN 'form_teacher' THEN 'teacher' ELSE s.role END, %(source)s
  FROM feed_membership s {_KEY} {_GROUP.format(row="s")}
  WHERE {_STAGED} ORDER BY g.id, k.person_id
  ON CONFLICT (group_id, person_id) DO UPDATE SET role = excluded.role, source = excluded.source
  WHERE membership.source <> 'manual' AND membership.source <> ALL(%(yields_to)s)
    AND (membership.role, membership.source) <> (excluded.role, excluded.source)
  RETURNING group_id)
SELECT count(*) FROM joined
"""
LEAVE_ROLES: Final = f"""
WITH gone AS (
  DELETE FROM role r USING grouping g, feed_person s {_KEY}
  WHERE {_STAGED} AND s.speaks_of & 2 > 0 AND {_BEFORE} AND r.person_id = k.person_id
    AND r.source = %(source)s AND r.name = 'form_teacher' AND g.id = r.group_id
    AND {_REPLACES.format(structure="r.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_membership x WHERE x.delivery_id = %(delivery)s
      AND x.batch = %(batch)s AND x.key = s.key
      AND x.category = s.category AND x.role = 'form_teacher' AND x.kind = g.kind AND x.code = g.code)
  RETURNING r.id)
SELECT count(*) FROM gone
"""
TAKE_ROLES: Final = f"""
WITH taken AS (
  INSERT INTO role (person_id, structure_id, name, group_id, source)
  SELECT DISTINCT k.person_id, t.id, 'form_teacher', g.id, %(source)s
  FROM feed_membership s {_KEY} {_GROUP.format(row="s")}
  WHERE {_STAGED} AND s.role = 'form_teacher'
  ON CONFLICT (person_id, structure_id, name, group_id) DO NOTHING RETURNING id)
SELECT count(*) FROM taken
"""
STOP_TEACHING: Final = f"""
WITH gone AS (
  DELETE FROM teaching c USING grouping g, feed_person s {_KEY}
  WHERE {_STAGED} AND s.speaks_of & 4 > 0 AND {_BEFORE} AND c.person_id = k.person_id
    AND c.source = %(source)s AND g.id = c.group_id AND {_REPLACES.format(structure="c.structure_id")}
    AND NOT EXISTS (SELECT FROM feed_teaching x {_PLACE.format(row="x")}
      WHERE x.delivery_id = %(delivery)s AND x.batch = %(batch)s AND x.key = s.key AND t.id = c.structure_id
        AND x.kind = g.kind AND x.code = g.code AND x.subject_code = c.subject_code)
  RETURNING c.id)
SELECT count(*) FROM gone
"""
TEACH: Final = f"""
WITH added AS (
  INSERT INTO teaching (person_id, structure_id, group_id, subject_code, source)
  SELECT DISTINCT k.person_id, t.id, g.id, s.subject_code, %(source)s
  FROM feed_teaching s {_KEY} {_GROUP.format(row="s")}
  WHERE {_STAGED} ON CONFLICT (person_id, group_id, subject_code) DO NOTHING RETURNING id)
SELECT count(*) FROM added
"""
UNTIE: Final = f"""
WITH gone AS (
  DELETE FROM relation r USING feed_person s {_KEY}
  WHERE {_STAGED} AND s.speaks_of & 8 > 0 AND {_BEFORE} AND r.pupil_id = k.person_id AND r.source = %(source)s
    AND (s.operation = 'modifyRequest' OR %(complet)s)
    AND NOT EXISTS (SELECT FROM feed_relation x
      JOIN source_key o ON o.source = %(source)s AND o.key = x.guardian_key
      WHERE x.delivery_id = %(delivery)s AND x.batch = %(batch)s AND x.key = s.key AND o.person_id = r.guardian_id)
  RETURNING r.guardian_id
), noted AS (
  INSERT INTO feed_touched (delivery_id, batch, person_id) SELECT %(delivery)s, %(batch)s, guardian_id FROM gone)
SELECT count(*) FROM gone
"""
TIE: Final = """
WITH tied AS (
  INSERT INTO relation (guardian_id, pupil_id, link, legal, financial, contact, payment, lives_with, source)
  SELECT DISTINCT ON (g.person_id, k.person_id) g.person_id, k.person_id, s.link, s.legal, s.financial,
    s.contact, s.payment, s.lives_with, %(source)s
  FROM feed_relation s JOIN source_key k ON k.source = %(source)s AND k.key = s.key
  JOIN source_key g ON g.source = %(source)s AND g.key = s.guardian_key
  WHERE s.delivery_id = %(delivery)s AND s.batch = %(batch)s
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
  SELECT k.person_id FROM feed_person s {_KEY} WHERE {_STAGED}
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
# Whoever was there before needs a fresh look at the end: profiles, then who may see the person.
TOUCH_KNOWN: Final = f"""
INSERT INTO feed_touched (delivery_id, batch, person_id)
SELECT %(delivery)s, %(batch)s, k.person_id FROM feed_person s {_KEY} WHERE {_STAGED}
"""
TOUCH_GUARDIANS: Final = f"""
INSERT INTO feed_touched (delivery_id, batch, person_id)
SELECT %(delivery)s, %(batch)s, r.guardian_id FROM feed_person s {_KEY}
JOIN relation r ON r.pupil_id = k.person_id
JOIN source_key g ON g.source = %(source)s AND g.person_id = r.guardian_id
WHERE {_STAGED} AND ({_BEFORE} OR g.delivery_id IS DISTINCT FROM %(delivery)s)
"""
# A record that names what is not there yet is read again next time.
REMEMBER: Final = f"""
WITH unresolved AS MATERIALIZED (
  SELECT p.key FROM feed_profile p
  WHERE p.delivery_id = %(delivery)s AND p.batch = %(batch)s AND p.category = %(category)s
    AND NOT EXISTS (SELECT FROM structure t WHERE t.source = ANY(%(sources)s) AND t.key = p.structure_key)
  UNION
  SELECT r.key FROM feed_relation r
  WHERE r.delivery_id = %(delivery)s AND r.batch = %(batch)s AND %(category)s = 'pupil'
    AND NOT EXISTS (SELECT FROM source_key g WHERE g.source = %(source)s AND g.key = r.guardian_key))
INSERT INTO feed_record (source, category, key, head, delivery_id)
SELECT DISTINCT ON (s.key) %(source)s, s.category, s.key,
  CASE WHEN s.operation = 'addRequest' AND u.key IS NULL THEN s.head END, %(delivery)s
FROM feed_person s {_KEY} LEFT JOIN unresolved u ON u.key = s.key WHERE {_STAGED}
ON CONFLICT (source, category, key) DO UPDATE SET head = excluded.head, delivery_id = excluded.delivery_id
  WHERE feed_record.head IS DISTINCT FROM excluded.head
"""

_MISSING: Final = "x.delivery_id = %(delivery)s AND x.batch = %(batch)s"
_IN_SCOPE: Final = "(NOT %(complet)s OR {structure} = ANY(%(scope)s))"
LEAVERS: Final[dict[str, str]] = {
    "left": f"""WITH ended AS (UPDATE profile f SET left_on = %(today)s FROM feed_missing x
      WHERE {_MISSING} AND f.person_id = x.person_id AND f.source = %(source)s AND f.left_on IS NULL
        AND f.kind <> 'guardian' AND (f.kind = 'pupil') = (x.category = 'pupil') AND x.category <> 'guardian'
        AND {SAID} AND {_IN_SCOPE.format(structure="f.structure_id")} RETURNING f.id) SELECT count(*) FROM ended""",
    "memberships": f"""WITH gone AS (DELETE FROM membership m USING feed_missing x, grouping g
      WHERE {_MISSING} AND m.person_id = x.person_id AND m.source = %(source)s AND g.id = m.group_id
        AND (m.role = 'member') = (x.category = 'pupil') AND x.category <> 'guardian'
        AND {_IN_SCOPE.format(structure="g.structure_id")} RETURNING 1) SELECT count(*) FROM gone""",
    "teachings": f"""WITH gone AS (DELETE FROM teaching c USING feed_missing x
      WHERE {_MISSING} AND c.person_id = x.person_id AND c.source = %(source)s AND x.category = 'staff'
        AND {_IN_SCOPE.format(structure="c.structure_id")} RETURNING 1) SELECT count(*) FROM gone""",
    "roles": f"""WITH gone AS (DELETE FROM role r USING feed_missing x
      WHERE {_MISSING} AND r.person_id = x.person_id AND r.source = %(source)s AND x.category = 'staff'
        AND {_IN_SCOPE.format(structure="r.structure_id")} RETURNING 1) SELECT count(*) FROM gone""",
    "relations": f"""WITH gone AS (DELETE FROM relation r USING feed_missing x
      WHERE {_MISSING} AND x.category = 'guardian' AND r.guardian_id = x.person_id AND r.source = %(source)s
      RETURNING 1) SELECT count(*) FROM gone""",
    "touched": f"""WITH noted AS (INSERT INTO feed_touched (delivery_id, batch, person_id)
      SELECT %(delivery)s, %(batch)s, x.person_id FROM feed_missing x WHERE {_MISSING}
      UNION ALL SELECT %(delivery)s, %(batch)s, r.guardian_id FROM feed_missing x
        JOIN relation r ON r.pupil_id = x.person_id WHERE {_MISSING} RETURNING 1) SELECT count(*) FROM noted""",
    "forgotten": f"""WITH gone AS (DELETE FROM feed_record a USING feed_missing x
      WHERE {_MISSING} AND a.source = %(source)s AND a.category = x.category AND a.key = x.key
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
