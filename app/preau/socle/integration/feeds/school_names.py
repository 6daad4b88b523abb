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
    "LEGTA": "Lycée agricole",
    "LEGTPA": "Lycée agricole",
    "LPA": "Lycée professionnel agricole",
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
# Kept in capitals: what people say by its letters, and the numbers of kings.
_LETTERS: Final = frozenset(
    [
        "RPI",
        "RPC",
        "REP",
        "SEGPA",
        "ULIS",
        "UPE2A",
        "EREA",
        "ERPD",
        "CFA",
        "LEGTA",
        "MFR",
        "IEN",
        "DSDEN",
        "CNED",
        "BTP",
    ]
)
_ROMAN: Final = re.compile(r"(?=[IVX])(X{0,2})(IX|IV|V?I{0,3})")
_DOTTED: Final = re.compile(r"\b((?:[A-Z]\.){2,}[A-Z]?)")
_CEDEX: Final = re.compile(r"\s+CEDEX(\s+\d+)?$")
_SAINT: Final = {"ST": "SAINT", "STE": "SAINTE"}
_ZONE: Final = re.compile(r"^Z\.?\s*REMP\W*", re.IGNORECASE)
_ARTICLES: Final = frozenset({"LE", "LA", "LES"})


def readable(kind: str, name: str, town: str = "") -> str:
    """``Collège Teilhard de Chardin – Chamalieres``; a name that is not all capitals is left as it is."""
    words = KINDS.get(kind.upper().strip(), kind)
    named = capitalised(name, begins=not words) if name.isupper() else name
    placed = _town(town) if town.isupper() else town
    return " – ".join(filter(None, (f"{words} {named}".strip(), placed)))


def readable_whole(name: str) -> str:
    """A name that came in one piece: ``LYC-PASCAL``, ``RPI VAL DE SIOULE``, ``Z.REMP- LYON``."""
    if (zone := _ZONE.match(name)) is not None:
        return f"Zone de remplacement {_town(name[zone.end() :].strip().upper())}".strip()
    kind, dash, rest = name.partition("-")
    if dash and kind.strip().upper() in KINDS and rest.strip():
        return readable(kind, rest.strip())
    return readable("", name)


def capitalised(text: str, *, begins: bool = True) -> str:
    """French capitals: each word but the small ones, on both sides of a hyphen or an apostrophe."""
    text = _DOTTED.sub(lambda found: found[0].replace(".", ""), text)
    parts = re.split(r"([\s-]+)", text)
    # An article that opens a name is a part of it: Lycée La Fayette, but École du Val.
    begins = begins or parts[0] in _ARTICLES or parts[0].startswith(("L'", "L’"))
    return "".join(_word(part, first=begins and position == 0) for position, part in enumerate(parts))


def _town(text: str) -> str:
    """A commune as it is spelled: hyphens but after its article, no Cedex."""
    words = _CEDEX.sub("", text).split()
    words = [_SAINT.get(word, word) for word in words]
    if all(word.replace("'", "").isalpha() for word in words):
        article = words[:1] if len(words) > 1 and words[0] in _ARTICLES else []
        words = [*article, "-".join(words[len(article) :])]
    return capitalised(" ".join(filter(None, words)))


def _word(word: str, *, first: bool) -> str:
    if word in _LETTERS or (len(word) > 1 and _ROMAN.fullmatch(word)):
        return word
    lower = word.lower()
    if elided := ELIDED.match(lower):
        particle = elided[1].capitalize() if first else elided[1]
        return f"{particle}’{elided[2].capitalize()}"
    return lower if lower in SMALL and not first else lower.capitalize()
