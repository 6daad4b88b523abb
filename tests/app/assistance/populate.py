"""Incidents of both schools."""

from preau.kernel.tenancy import behind
from preau.socle.support.assistance import operations
from preau.socle.support.assistance.operations import IncidentIn


def populate(world):
    for key in ("teacher", "school_teacher"):
        identity = world.identity(key)
        with behind(identity):
            operations.report(identity, IncidentIn(title="Panne", body="Rien ne s’affiche."))
