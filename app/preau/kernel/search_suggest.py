"""Suggestions while typing: titles one of whose words begins so, else titles that look like it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, func, literal, select, text

from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.search import Hit
from preau.kernel.search_find import FENCE, matching, standing
from preau.kernel.search_index import SearchDocument
from preau.kernel.search_query import LONGEST
from preau.kernel.search_words import beginning, folded, mine

LIMIT = 8
# Those who see everything look among this many recent titles first: what they type begins many.
RECENT = 4000
# A slip is forgiven among this many of the reader's most recent titles,
FORGIVEN = 2000
# from this many letters on: shorter, everything looks alike,
LETTERS = 4
# and as far as this (pg_trgm's word similarity).
ALIKE = 0.45


def suggest(identity: Identity, typed: str, limit: int = LIMIT) -> list[Hit]:
    """Titles the identity may find, the most recent first; three bounded queries at most."""
    words = folded(typed[:LONGEST])
    if not words:
        return []
    with standing(identity):
        found = _beginning(identity, words, limit)
        if not found and len(typed.strip()) >= LETTERS:
            found = _alike(identity, typed[:LONGEST], limit)
    return [Hit(each.kind, each.object_id, each.title, each.url) for each in found]


def _beginning(identity: Identity, words: list[str], limit: int) -> Sequence[Any]:
    begins = beginning(words)
    if not identity.everywhere:
        return db.session.execute(_newest(_open(begins, mine(identity)), limit)).all()
    recent = _newest(_titles(), RECENT).subquery()
    match = recent.c.tsv.op("@@", is_comparison=True)(begins)
    found = db.session.execute(_newest(recent, limit, match)).all()
    return found if len(found) == limit else db.session.execute(_newest(_open(begins), limit)).all()


def _alike(identity: Identity, typed: str, limit: int) -> Sequence[Any]:
    mine_ = _titles() if identity.everywhere else _open(mine(identity))
    recent = _newest(mine_, FORGIVEN).subquery()
    near = literal(typed, Text).op("<%", is_comparison=True)(recent.c.title)
    best = func.word_similarity(typed, recent.c.title).desc()
    db.session.execute(text(f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}"))
    return db.session.execute(select(recent).where(near).order_by(best, recent.c.title).limit(limit)).all()


def _titles() -> Subquery:
    row = SearchDocument
    return select(row.kind, row.object_id, row.title, row.url, row.at, row.tsv).subquery()


def _open(*tsqueries: ColumnElement[Any]) -> Subquery:
    row = SearchDocument
    found = select(row.kind, row.object_id, row.title, row.url, row.at, row.tsv)
    return found.where(matching(*tsqueries)).offset(FENCE).subquery()


def _newest(rows: Subquery, limit: int, *where: ColumnElement[bool]) -> Select[Any]:
    return select(rows).where(*where).order_by(rows.c.at.desc().nulls_last()).limit(limit)
