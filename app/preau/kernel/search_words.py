"""The words of the index, and the signs that set apart those that no text yields.

One vector holds a document's words, who may find it and how the words of its title begin, so that one scan
of one index answers all three at once.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, bindparam, cast, literal_column
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.sql import ColumnElement

from preau.kernel.identity import Identity

FRENCH: Any = literal_column("'public.fr'::regconfig", REGCONFIG)
WORD = re.compile(r"\w+")
PRINCIPAL, TITLE = "§", "¶"
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def folded(text: str) -> list[str]:
    """The words of a text without accents nor capitals, in their order."""
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    return WORD.findall("".join(each for each in plain if not unicodedata.combining(each)).lower())


def of_principals(principals: Iterable[str]) -> set[str]:
    """Principals as lexemes."""
    return {PRINCIPAL + principal for principal in principals}


def of_title(title: str) -> set[str]:
    """The words of a title as lexemes; unlike the words of the text they keep their endings."""
    return {TITLE + word for word in folded(title)}


def mine(identity: Identity) -> ColumnElement[Any]:
    """The tsquery of the identity's own principals: the first wall."""
    either = " | ".join(_quoted(each) for each in sorted(of_principals(identity.principals)))
    return _tsquery(either or _quoted(PRINCIPAL))


def beginning(words: Iterable[str]) -> ColumnElement[Any]:
    """The tsquery of titles in which each folded word begins one of the title's."""
    return _tsquery(" & ".join(_quoted(TITLE + word) + ":*" for word in words))


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _tsquery(value: str) -> ColumnElement[Any]:
    return cast(bindparam(None, value, type_=Text), TSQUERY)
