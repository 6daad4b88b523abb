"""Who answers a search: the kinds of the index, and the sources that keep their own."""

from collections.abc import Sequence

from preau.kernel.contract import registry
from preau.kernel.identity import Identity
from preau.kernel.search import Federated, Hit, Searchable
from preau.kernel.search_query import Query
from preau.kernel.tenancy import behind


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
