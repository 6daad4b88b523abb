"""Saved searches in an archive."""

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.socle.portal.search.models import SavedSearch


class KeptResult(BaseModel):
    """A result kept with its search."""

    kind: str = Field(max_length=100)
    key: str = Field(max_length=300)
    title: str = Field(max_length=2000)
    url: str = Field(max_length=2000, pattern=r"^(/([^/\\].*)?|https?://.+)$")


class SavedSearchV1(BaseModel):
    """A search kept under a name; ``query`` as the addresses of /recherche write it."""

    owner: str = Field(description="uid de la personne")
    name: str = Field(max_length=120)
    query: dict[str, Any] = Field(max_length=50)
    results: list[KeptResult] = Field(default=[], max_length=1000)


def export(identity: Identity, scope: Scope) -> Iterator[Item]:  # noqa: ARG001 - the exporter's signature
    """Saved searches of the people in scope."""
    for search in db.session.scalars(select(SavedSearch).where(scope.owned(SavedSearch.owner_id))):
        yield Item(
            key=str(search.id),
            data=SavedSearchV1(
                owner=scope.refs.person_uid(search.owner_id),
                name=search.name,
                query=search.query,
                results=[KeptResult(**result) for result in search.results],
            ),
            title=search.name,
            path="/recherche/enregistrees",
            created_at=search.created_at,
            updated_at=search.updated_at,
        )


def import_(identity: Identity, item: Imported, context: Context) -> SavedSearch | None:  # noqa: ARG001
    """Write a saved search."""
    owner_id = context.owner(item.data.owner)
    if owner_id is None:
        return None
    search = item.existing or SavedSearch(id=context.id_for(SavedSearch, item.key))
    search.owner_id, search.name, search.query = owner_id, item.data.name, item.data.query
    search.results = [result.model_dump() for result in item.data.results]
    db.session.add(search)
    return search


FORMATS = (
    Exchangeable(
        "saved_search", 1, SavedSearchV1, export, import_, model=SavedSearch,
        label=_l("Recherches enregistrées"), merge={"results": "newest"},
    ),
)  # fmt: skip
