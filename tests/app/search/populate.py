"""Saved searches and a history."""

from preau.kernel.search_query import Query
from preau.kernel.tenancy import behind
from preau.socle.portal.search import operations
from preau.socle.portal.search.operations import SaveIn


def populate(world):
    for key in ("teacher", "school_teacher", "head"):
        identity = world.identity(key)
        with behind(identity):
            operations.save_search(identity, Query(text="volcan"), SaveIn(name="Volcans"))
            operations.remember(identity, Query(text="volcan"), 3)
