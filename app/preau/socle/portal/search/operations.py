"""Keeping, erasing and taking away searches. Finding itself is :mod:`preau.kernel.search_find`."""

import uuid
from datetime import timedelta

from flask_babel import gettext as _
from pydantic import BaseModel, Field
from sqlalchemy import Select, delete, select, update

from preau.kernel import journal, preferences
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict
from preau.kernel.identity import Identity
from preau.kernel.rights import fetch
from preau.kernel.search import Hit
from preau.kernel.search_find import search
from preau.kernel.search_query import Query, Results
from preau.kernel.transaction import atomic
from preau.socle.portal.search.models import SavedSearch, SearchHistory

# The same words again within this time are one search: turning pages is not searching anew.
SAME_SEARCH = timedelta(hours=1)
KEPT = 200
MOST_SAVED = 200
MOST_RESULTS = 500


class SaveIn(BaseModel):
    """A search to keep: its name, and the keys ``kind:object`` of the results to keep with it."""

    name: str = Field(min_length=1, max_length=120)
    chosen: list[str] = Field(default_factory=list, max_length=MOST_RESULTS)


def wording(query: Query) -> str:
    """A query in words, for lists."""
    parts = [query.text]
    if query.phrase:
        parts.append(f"« {query.phrase} »")
    if query.without:
        parts.append(_("sans %(words)s", words=query.without))
    if query.author:
        parts.append(_("de %(author)s", author=query.author))
    if query.value:
        parts.append(query.value)
    return " ".join(filter(None, parts))


def remembers(identity: Identity) -> bool:
    """Whether the person lets the ENT keep their searches."""
    return bool(preferences.value("search.history", identity))


def remember(identity: Identity, query: Query, results: int) -> None:
    """Add a search to the person's history, if they keep one."""
    if query.empty or not remembers(identity):
        return
    words, asked, moment = wording(query), query.model_dump(mode="json", exclude_defaults=True), now()
    with atomic() as session:
        same = (
            update(SearchHistory)
            .where(
                SearchHistory.person_id == identity.person_id,
                SearchHistory.query == asked,
                SearchHistory.at > moment - SAME_SEARCH,
            )
            .values(at=moment, results=results)
            .returning(SearchHistory.id)
        )
        if session.execute(same).first() is None:
            session.add(
                SearchHistory(
                    person_id=identity.person_id, query=asked, words=words, results=results, at=moment
                )
            )
        old = history(identity).with_only_columns(SearchHistory.id).offset(KEPT)
        session.execute(
            delete(SearchHistory)
            .where(SearchHistory.id.in_(old))
            .execution_options(synchronize_session=False)
        )


def history(identity: Identity) -> Select[SearchHistory]:
    """The person's searches, last first."""
    mine = SearchHistory.person_id == identity.person_id
    return select(SearchHistory).where(mine).order_by(SearchHistory.at.desc(), SearchHistory.id.desc())


def erase(identity: Identity, entry_id: int | None = None) -> int:
    """Erase one line of the history, or all of it; return how many."""
    which = [SearchHistory.person_id == identity.person_id]
    if entry_id is not None:
        which.append(SearchHistory.id == entry_id)
    with atomic() as session:
        erased = session.execute(delete(SearchHistory).where(*which)).rowcount  # type: ignore[attr-defined]
        journal.record(identity, "search.erase", kind="search_history", count=erased)
    return int(erased)


def keep_history(identity: Identity, *, wanted: bool) -> None:
    """Turn the person's history on, or off: off erases it too."""
    preferences.choose(identity, "search.history", "person", identity.person_id, wanted)
    if not wanted:
        erase(identity)


def saved(identity: Identity) -> Select[SavedSearch]:
    """The person's saved searches."""
    return (
        select(SavedSearch)
        .where(SavedSearch.owner_id == identity.person_id)
        .order_by(SavedSearch.updated_at.desc(), SavedSearch.id)
    )


def save_search(identity: Identity, query: Query, data: SaveIn) -> SavedSearch:
    """Keep a search under a name, with the results chosen from it."""
    if len(db.session.scalars(saved(identity)).all()) >= MOST_SAVED:
        raise Conflict(_("Vous gardez déjà %(count)s recherches : effacez-en une d’abord.", count=MOST_SAVED))
    kept = [_kept(hit) for hit in chosen(identity, query, data.chosen)] if data.chosen else []
    with atomic() as session:
        search_ = SavedSearch(
            owner_id=identity.person_id,
            name=data.name,
            query=query.model_dump(mode="json", exclude_defaults=True),
            results=kept,
        )
        session.add(search_)
        session.flush()
        journal.record(identity, "search.save", search_, results=len(kept))
    return search_


def _kept(hit: Hit) -> dict[str, str]:
    return {"kind": hit.kind, "key": hit.key, "title": hit.title, "url": hit.url}


def forget_search(identity: Identity, key: uuid.UUID) -> SavedSearch:
    """Delete a saved search."""
    search_ = fetch(identity, SavedSearch, key, "delete")
    with atomic() as session:
        session.delete(search_)
        journal.record(identity, "search.forget", search_)
    return search_


def chosen(identity: Identity, query: Query, keys: list[str]) -> list[Hit]:
    """The results of a search that were chosen by ``kind:object``, all of them without a choice."""
    found: Results = search(identity, query, per_page=MOST_RESULTS)
    return [hit for hit in found.hits if not keys or f"{hit.kind}:{hit.key}" in keys]
