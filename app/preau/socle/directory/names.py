"""Finding people by name: every word begins a last, first or birth name; accents and case do not count."""

import re
import unicodedata

from sqlalchemy import ColumnElement, and_, func, or_, true

from preau.socle.directory.models import Person

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
MOST_WORDS = 4
LONGEST = 100
# The last character of Unicode comes after whatever may follow a prefix.
LAST = "\U0010ffff"


def fold(text: str) -> str:
    """The text as ``preau_fold`` makes it in the database: no accent, no capital."""
    stripped = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'"))
    return "".join(each for each in stripped if not unicodedata.combining(each)).lower()


def words_of(text: str) -> list[str]:
    """The words to look for, folded, at most :data:`MOST_WORDS`."""
    return [fold(word) for word in WORD.findall(text[:LONGEST])][:MOST_WORDS]


def named(text: str) -> ColumnElement[bool]:
    """Condition on :class:`Person`: each word of the text begins one of the names."""
    words = words_of(text)
    if not words:
        return true()
    return and_(
        *(
            or_(
                _begins(func.preau_fold(Person.last_name), word),
                _begins(func.preau_fold(Person.first_name), word),
            )
            for word in words
        )
    )


def _begins(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    # What LIKE 'word%' becomes on these indexes, said so that a plan made once serves every word.
    return and_(name.bool_op("~>=~")(word), name.bool_op("~<~")(word + LAST))
