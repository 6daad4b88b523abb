"""Words that the statements share, and what depends on the source."""

from typing import Any, Final

_ALPHABET: Final = "abcdefghijkmnpqrstuvwxyz23456789"


def uid(letter: str, column: str) -> str:
    """An SQL expression: a letter and seven signs, one for each id, that do not tell the order of arrival."""
    scrambled = f"mod({column} * 2654435761 + 97, 34359738368)"
    signs = "||".join(f"substr('{_ALPHABET}', (({scrambled} >> {5 * n}) & 31)::int + 1, 1)" for n in range(7))
    return f"'{letter}'||{signs}"


BY_KEY: Final = "t.source = ANY(%(sources)s) AND t.key"


def placed(statement: str, names: dict[str, Any]) -> str:
    """The statement as this source names schools: by a key of its own, a local authority by their UAI."""
    return statement.replace(BY_KEY, "t.uai") if names["by_uai"] else statement


IN_BATCH: Final = "{row}.delivery_id = %(delivery)s AND {row}.batch BETWEEN %(batch)s AND %(last)s"
STAGED: Final = IN_BATCH.format(row="s") + " AND s.category = %(category)s"
KEY: Final = "JOIN source_key k ON k.source = %(source)s AND k.key = s.key"
BEFORE: Final = "k.delivery_id IS DISTINCT FROM %(delivery)s"
PLACE: Final = "JOIN structure t ON t.source = ANY(%(sources)s) AND t.key = {row}.structure_key"
GROUP: Final = (
    PLACE.format(row="{row}")
    + " JOIN grouping g ON g.structure_id = t.id AND g.kind = {row}.kind AND g.code = {row}.code AND g.code <> ''"
)
SAID: Final = "(%(said)s::text[] IS NULL OR f.structure_id || ':' || f.kind = ANY(%(said)s))"
REPLACES: Final = "(s.operation = 'modifyRequest' OR (%(complet)s AND {structure} = ANY(%(scope)s)))"
MISSING: Final = IN_BATCH.format(row="x")
IN_SCOPE: Final = "(NOT %(complet)s OR {structure} = ANY(%(scope)s))"
