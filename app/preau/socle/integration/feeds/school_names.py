"""School names as people read them: the source writes ``CLG$TEILHARD DE CHARDIN$CHAMALIERES`` in capitals."""

import re
from typing import Final

KINDS: Final = {
    "E.M.PU": "École maternelle",
    "E.M.PR": "École maternelle",
    "E.E.PU": "École élémentaire",
    "E.E.PR": "École élémentaire",
    "E.P.PU": "École primaire",
    "E.PR.PU": "École primaire",
    "E.PR.PR": "École primaire",
    "EMPU": "École maternelle",
    "EEPU": "École élémentaire",
    "EPPU": "École primaire",
    "EPR": "École",
    "CLG": "Collège",
    "COL": "Collège",
    "LYC": "Lycée",
    "LG": "Lycée général",
    "LGT": "Lycée",
    "LP": "Lycée professionnel",
    "LPO": "Lycée polyvalent",
    "LT": "Lycée technologique",
    "EREA": "EREA",
    "CFA": "CFA",
    "SEP": "Section professionnelle",
    "SGT": "Section générale",
    "CSC": "Cité scolaire",
}
SMALL: Final = frozenset(
    {"de", "du", "des", "la", "le", "les", "et", "en", "sur", "sous", "aux", "au", "lès", "lez", "à"}
)
ELIDED: Final = re.compile(r"^(d|l)['’](.+)$", re.IGNORECASE)


def readable(kind: str, name: str, town: str = "") -> str:
    """``Collège Teilhard de Chardin – Chamalieres``; a name that is not all capitals is left as it is."""
    words = KINDS.get(kind.upper().strip(), kind)
    named = capitalised(name) if name.isupper() else name
    placed = capitalised(town) if town.isupper() else town
    return " – ".join(filter(None, (f"{words} {named}".strip(), placed)))


def capitalised(text: str) -> str:
    """French capitals: each word but the small ones, on both sides of a hyphen or an apostrophe."""
    parts = re.split(r"([\s-]+)", text.lower())
    return "".join(_word(part, first=position == 0) for position, part in enumerate(parts))


def _word(word: str, *, first: bool) -> str:
    if elided := ELIDED.match(word):
        particle = elided[1].capitalize() if first else elided[1]
        return f"{particle}’{elided[2].capitalize()}"
    if word in SMALL and not first:
        return word
    return word.capitalize()
