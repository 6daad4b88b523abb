"""Port: the directory shown elsewhere (LDAP comes as one adapter). What PostgreSQL says is the truth.

A projection is idempotent: it is told which persons may have changed and makes the other side equal.
"""

from collections.abc import Iterable
from typing import Protocol

from preau.kernel import jobs


class Projection(Protocol):
    """The other side."""

    def project(self, person_ids: Iterable[int] | None = None) -> int:
        """Make these persons (all without an argument) equal there; return how many were written."""

    def verify(self) -> list[str]:
        """Uids that differ, without repairing them."""


class Nowhere:
    """The embedded adapter: nothing is projected."""

    def project(self, person_ids: Iterable[int] | None = None) -> int:
        """Write nothing."""
        del person_ids
        return 0

    def verify(self) -> list[str]:
        """Nothing can differ."""
        return []


_projection: Projection = Nowhere()


def provide(projection: Projection) -> None:
    """Plug the adapter."""
    global _projection  # noqa: PLW0603 - one composition root plugs one adapter
    _projection = projection


@jobs.task("directory.project")
def project(person_ids: list[int] | None = None) -> None:
    """Bring the projection up to date, after a feed or a change."""
    _projection.project(person_ids)
