"""An export that was asked for in each of two schools."""

from preau.kernel.tenancy import behind
from preau.socle.integration.exchange import operations
from preau.socle.integration.exchange.operations import ScopeIn


def populate(world):
    for key in ("teacher", "school_teacher"):
        identity = world.identity(key)
        with behind(identity):
            operations.ask_export(identity, ScopeIn(), ["bookmark"])
