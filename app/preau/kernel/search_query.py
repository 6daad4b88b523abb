"""Searching: quick, advanced, and while typing. Every query filters by the identity's principals itself."""

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, cast, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.search import Federated, Hit, Searchable
from preau.kernel.search_index import EVERYWHERE, FRENCH, MARK, SearchDocument
from preau.kernel.tenancy import behind, current_wall, wall_of

# Ranking reads every vector found: only the most recent of this many matches are ranked.
CANDIDATES = 2000
PER_PAGE = 20
LONGEST = 200
START, STOP = "⟦", "⟧"
HEADLINE = (
    f"StartSel={START}, StopSel={STOP}, MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter= … "
)
WORD = re.compile(r"\w+")
PARIS = ZoneInfo("Europe/Paris")
# Titles this far from what is typed are still suggested (pg_trgm's word similarity).
ALIKE = 0.45


class Query(BaseModel):
    """What is asked. ``text`` knows "an exact phrase", -without and or; every other field narrows."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    text: str = Field(default="", max_length=LONGEST)
    phrase: str = Field(default="", max_length=LONGEST)
    without: str = Field(default="", max_length=LONGEST)
    kinds: list[str] = Field(default_factory=list, max_length=40)
    author: str = Field(default="", max_length=LONGEST)
    structure: int | None = None
    since: date | None = None
    until: date | None = None
    field: str = Field(default="", max_length=40)
    value: str = Field(default="", max_length=LONGEST)
    mine: bool = False
    order: str = Field(default="rank", pattern="^(rank|recent|title)$")

    @property
    def empty(self) -> bool:
        """Whether nothing at all is asked."""
        return self == Query(order=self.order)

    @property
    def advanced(self) -> bool:
        """Whether anything but the search field narrows."""
        return self != Query(text=self.text)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results. ``total`` stops counting at :data:`CANDIDATES`."""

    hits: Sequence[Hit]
    total: int
    kinds: dict[str, int] = field(default_factory=dict)
    federated: dict[str, Sequence[Hit]] = field(default_factory=dict)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.total >= CANDIDATES


def mine(identity: Identity) -> ColumnElement[Any]:
    """The tsquery of the identity's own principals: the first wall."""
    either = " | ".join("'" + (MARK + each).replace("'", "''") + "'" for each in sorted(identity.principals))
    return cast(bindparam("principals", either or f"'{MARK}'"), TSQUERY)


def words(query: Query) -> list[ColumnElement[Any]]:
    """The tsqueries of what is asked, all of which must match."""
    found: list[ColumnElement[Any]] = []
    if query.text:
        found.append(func.websearch_to_tsquery(FRENCH, query.text))
    if query.phrase:
        found.append(func.phraseto_tsquery(FRENCH, query.phrase))
    if query.author:
        found.append(func.plainto_tsquery(FRENCH, query.author))
    if query.value and not query.field:
        found.append(func.plainto_tsquery(FRENCH, query.value))
    return found


def conditions(identity: Identity, query: Query) -> list[ColumnElement[bool]]:
    """Everything that a row must satisfy."""
    asked = words(query)
    # Words that mean nothing (punctuation, articles) find nothing, rather than everything.
    where: list[ColumnElement[bool]] = [func.numnode(each) > 0 for each in asked]
    if not identity.everywhere:
        asked.append(mine(identity))
    if asked:
        together = asked[0]
        for each in asked[1:]:
            together = together.op("&&", return_type=TSQUERY())(each)
        where.append(SearchDocument.tsv.op("@@", is_comparison=True)(together))
    if query.without:
        hidden = func.to_tsquery(FRENCH, " | ".join(WORD.findall(query.without)) or "''")
        where.append(~SearchDocument.tsv.op("@@", is_comparison=True)(hidden))
    return where + _narrowings(identity, query)


def _narrowings(identity: Identity, query: Query) -> list[ColumnElement[bool]]:
    row = SearchDocument
    where: list[ColumnElement[bool]] = []
    if query.kinds:
        where.append(row.kind.in_(query.kinds))
    if query.author:
        where += [
            func.unaccent(row.author).ilike(func.unaccent(f"%{word}%")) for word in WORD.findall(query.author)
        ]
    if query.structure is not None:
        where.append(or_(row.open_to.op("@>")([query.structure]), row.open_to.op("@>")([EVERYWHERE])))
    if query.since:
        where.append(row.at >= _midnight(query.since))
    if query.until:
        where.append(row.at < _midnight(query.until + timedelta(days=1)))
    if query.field:
        known = func.unaccent(func.jsonb_extract_path_text(row.metadata_, query.field))
        where.append(known.ilike(func.unaccent(f"%{query.value}%")))
    if query.mine:
        where.append(row.owner_id == identity.person_id)
    return where


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PARIS)


def _ranked(query: Query) -> ColumnElement[Any]:
    asked = words(query)
    if not asked:
        return literal(0.0)
    together = asked[0]
    for each in asked[1:]:
        together = together.op("||", return_type=TSQUERY())(each)
    return func.ts_rank(SearchDocument.tsv, together)


def candidates(identity: Identity, query: Query) -> Select[Any]:
    """At most :data:`CANDIDATES` of the rows that match and may be seen, each with its rank."""
    return (
        select(
            SearchDocument.kind,
            SearchDocument.object_id,
            SearchDocument.at,
            SearchDocument.title,
            _ranked(query).label("rank"),
        )
        .where(*conditions(identity, query))
        .limit(CANDIDATES)
    )


ORDERS = {
    "rank": "rank DESC, at DESC NULLS LAST, object_id",
    "recent": "at DESC NULLS LAST, object_id",
    "title": "title, object_id",
}


def search(identity: Identity, query: Query, *, page: int = 1, per_page: int = PER_PAGE) -> Results:
    """A page of what the identity may find, best first; two queries, whatever the number of results."""
    if query.empty:
        return Results((), 0)
    with _standing(identity):
        found = candidates(identity, query).cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
        best = (
            select(found.c.kind, found.c.object_id, found.c.rank, func.count().over().label("total"))
            .order_by(text(ORDERS[query.order]))
            .limit(per_page)
            .offset((page - 1) * per_page)
            .cte("best")
        )
        rows = db.session.execute(_shown(query, best, found)).all()
    if not rows:
        return Results((), 0)
    return Results([_hit(row) for row in rows], rows[0].total, rows[0].kinds)


def _standing(identity: Identity) -> AbstractContextManager[None]:
    """Behind the identity's wall; a request stands there already."""
    return nullcontext() if current_wall() == wall_of(identity) else behind(identity)


def _shown(query: Query, best: Any, found: Any) -> Select[Any]:
    row = SearchDocument
    asked = words(query)
    excerpt: ColumnElement[Any] = func.left(row.body, 200)
    if asked:
        together = asked[0]
        for each in asked[1:]:
            together = together.op("||", return_type=TSQUERY())(each)
        # Only the rows of the page are read for their excerpt, and only the beginning of a long text.
        excerpt = func.ts_headline(FRENCH, func.left(row.body, 20_000), together, HEADLINE)
    by_kind = select(found.c.kind, func.count().label("count")).group_by(found.c.kind).subquery()
    counted = select(func.jsonb_object_agg(by_kind.c.kind, by_kind.c.count)).scalar_subquery()
    order = ORDERS[query.order].replace("rank", "best.rank").replace("object_id", "search_document.object_id")
    return (
        select(
            row.kind, row.object_id, row.title, row.url, row.author, row.at, row.metadata_,
            excerpt.label("excerpt"), best.c.rank, best.c.total, counted.label("kinds"),
        )
        .join(best, and_(best.c.kind == row.kind, best.c.object_id == row.object_id))
        .order_by(text(order))
    )  # fmt: skip


def _hit(row: Any) -> Hit:
    return Hit(
        kind=row.kind,
        key=row.object_id,
        title=row.title,
        url=row.url,
        excerpt=row.excerpt,
        author=row.author,
        at=row.at,
        rank=row.rank,
        metadata=row.metadata_,
    )


def federated(identity: Identity, query: Query, limit: int = 5) -> dict[str, Sequence[Hit]]:
    """What the sources that keep their own index answer, by source."""
    if not query.text or query.advanced:
        return {}
    with behind(identity):
        return {
            source.name: list(source.find(identity, query.text, limit))[:limit]
            for source in sources().values()
        }


def sources() -> dict[str, Federated]:
    """Sources that keep their own index."""
    return {each.name: each for service in registry for each in service.search if isinstance(each, Federated)}


def kinds() -> dict[str, Searchable]:
    """What can be found, by the name of the kind."""
    return {
        each.name: each for service in registry for each in service.search if isinstance(each, Searchable)
    }


def suggest(identity: Identity, typed: str, limit: int = 8) -> list[Hit]:
    """Titles that begin with what is typed, or look like it; one query, for use while typing."""
    terms = WORD.findall(typed[:LONGEST].lower())
    if not terms:
        return []
    row = SearchDocument
    with _standing(identity):
        prefix = func.to_tsquery(
            FRENCH, " & ".join([*(f"'{word}'" for word in terms[:-1]), f"'{terms[-1]}':*A"])
        )
        open_to_me = row.tsv.op("@@", is_comparison=True)(mine(identity))
        begins = prefix if identity.everywhere else prefix.op("&&", return_type=TSQUERY())(mine(identity))
        select_ = select(row.kind, row.object_id, row.title, row.url)
        first = select_.add_columns(literal(1.0).label("rank")).where(
            row.tsv.op("@@", is_comparison=True)(begins)
        )
        found = db.session.execute(first.order_by(row.at.desc().nulls_last()).limit(limit)).all()
        found = list(found)
        if len(found) < limit and len(typed.strip()) > 3:  # noqa: PLR2004 - shorter, everything looks alike
            alike = func.word_similarity(typed, row.title)
            near = select_.add_columns(alike.label("rank")).where(
                literal(typed, Text).op("<%", is_comparison=True)(row.title),
                *([] if identity.everywhere else [open_to_me]),
            )
            db.session.execute(text(f"SET LOCAL pg_trgm.word_similarity_threshold = {ALIKE}"))
            found += db.session.execute(near.order_by(alike.desc(), row.title).limit(limit)).all()
    unique = {(each.kind, each.object_id): each for each in reversed(found)}
    ordered = [
        unique.pop((each.kind, each.object_id)) for each in found if (each.kind, each.object_id) in unique
    ]
    return [Hit(each.kind, each.object_id, each.title, each.url, rank=each.rank) for each in ordered[:limit]]


__all__ = [
    "CANDIDATES", "START", "STOP", "Query", "Results", "federated", "kinds", "search", "sources", "suggest",
]  # fmt: skip
