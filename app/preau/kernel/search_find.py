"""Searching: every query filters by the identity's principals itself, and reads a bounded number of rows."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, literal, literal_column, or_, select, text
from sqlalchemy.orm import aliased

from preau.kernel.database import SCHOOL_ZONE, db
from preau.kernel.identity import Identity
from preau.kernel.search import Hit
from preau.kernel.search_index import EVERYWHERE, SearchDocument
from preau.kernel.search_query import CANDIDATES, PER_PAGE, Query, Results, joined, words
from preau.kernel.search_words import FRENCH, WORD, mine
from preau.kernel.tenancy import behind, current_wall, wall_of

START, STOP = "⟦", "⟧"
HEADLINE = (
    f"StartSel={START}, StopSel={STOP}, MaxWords=30, MinWords=12, MaxFragments=2, FragmentDelimiter= … "
)
# A subquery with an OFFSET is planned for itself: by the words, whatever the order and the limit around it.
FENCE: Any = literal_column("0")
# What was written today weighs twice what is old, which is never enough to pass a title (10 times a text).
HALF_YEAR = 180 * 86_400
# One word may be in a third of all documents: who sees them all looks among this many recent ones first.
RECENT = 12_000


def matching(*tsqueries: ColumnElement[Any]) -> ColumnElement[bool]:
    """Rows whose vector satisfies all of these, in one scan of the index."""
    return SearchDocument.tsv.op("@@", is_comparison=True)(joined(tsqueries, "&&"))


def standing(identity: Identity) -> AbstractContextManager[None]:
    """Behind the identity's wall; a request stands there already."""
    return nullcontext() if current_wall() == wall_of(identity) else behind(identity)


def conditions(identity: Identity, query: Query) -> list[ColumnElement[bool]]:
    """Everything that a row must satisfy."""
    asked = words(query)
    # Words that mean nothing (punctuation, articles) find nothing, rather than everything.
    where: list[ColumnElement[bool]] = [func.numnode(each) > 0 for each in asked]
    if not identity.everywhere:
        asked.append(mine(identity))
    if asked:
        where.append(matching(*asked))
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
    return datetime.combine(day, time.min, SCHOOL_ZONE)


def candidates(identity: Identity, query: Query, *, recent: bool = False) -> Select[Any]:
    """At most :data:`CANDIDATES` of the rows that match and may be seen, the most recent, with their rank."""
    row = SearchDocument
    matches = (
        select(row.kind, row.object_id, row.at, row.title, row.tsv)
        .where(*conditions(identity, query), *([_is_recent()] if recent else []))
        .offset(FENCE)
        .subquery("matches")
    )
    last = matches.c.title.asc() if query.order == "title" else matches.c.at.desc().nulls_last()
    kept = select(matches).order_by(last).limit(CANDIDATES).subquery("kept")
    return select(kept.c.kind, kept.c.object_id, kept.c.at, kept.c.title, _rank(query, kept).label("rank"))


def _is_recent() -> ColumnElement[bool]:
    at = aliased(SearchDocument).at
    return (
        SearchDocument.at
        >= select(at).order_by(at.desc().nulls_last()).offset(RECENT).limit(1).scalar_subquery()
    )


def _rank(query: Query, row: Any) -> ColumnElement[Any]:
    asked = words(query)
    if not asked or query.order != "rank":
        return literal(0.0)
    age = func.extract(
        "epoch", literal(datetime.now(UTC)) - func.coalesce(row.c.at, datetime(2000, 1, 1, tzinfo=UTC))
    )
    return func.ts_rank(row.c.tsv, joined(asked, "||")) * (1 + func.exp(-func.greatest(age, 0) / HALF_YEAR))


ORDERS = {
    "rank": "rank DESC, at DESC NULLS LAST, object_id",
    "recent": "at DESC NULLS LAST, object_id",
    "title": "title, object_id",
}


def search(identity: Identity, query: Query, *, page: int = 1, per_page: int = PER_PAGE) -> Results:
    """A page of what the identity may find, best first; two queries at most, whatever is found."""
    if query.empty:
        return Results((), 0)
    with standing(identity):
        one_word = not query.advanced and len(WORD.findall(query.text)) == 1
        rows = _page(identity, query, page, per_page, recent=True) if identity.everywhere and one_word else []
        if not rows or rows[0].total < CANDIDATES:
            rows = _page(identity, query, page, per_page)
    if not rows:
        return Results((), 0)
    return Results([_hit(row) for row in rows], rows[0].total, rows[0].kinds)


def _page(
    identity: Identity, query: Query, page: int, per_page: int, *, recent: bool = False
) -> Sequence[Row[Any]]:
    found = candidates(identity, query, recent=recent).cte("found")
    found = found.prefix_with("MATERIALIZED", dialect="postgresql")
    best = (
        select(found.c.kind, found.c.object_id, found.c.rank, func.count().over().label("total"))
        .order_by(text(ORDERS[query.order]))
        .limit(per_page)
        .offset((page - 1) * per_page)
        .cte("best")
    )
    return db.session.execute(_shown(query, best, found)).all()


def _shown(query: Query, best: Any, found: Any) -> Select[Any]:
    row = SearchDocument
    asked = words(query)
    excerpt: ColumnElement[Any] = func.left(row.body, 200)
    if asked:
        # Only the rows of the page are read for their excerpt, and only the beginning of a long text.
        excerpt = func.ts_headline(FRENCH, func.left(row.body, 20_000), joined(asked, "||"), HEADLINE)
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
