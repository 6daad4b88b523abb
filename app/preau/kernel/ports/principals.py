"""Port: who a principal is. The directory implements it; the kernel and the services only hold the strings.

``person:12``, ``structure:3`` (everybody there), ``profile:3:teacher``, ``group:9`` (members),
``group:9:guardian`` (those responsible for its members), ``role:3:head_teacher``, ``all``.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Select

from preau.kernel.identity import Identity


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal as people read it."""

    key: str
    label: str
    kind: str
    detail: str = ""


class Principals(Protocol):
    """What the directory answers about principals."""

    def search(self, identity: Identity, text: str, limit: int = 12) -> list[Principal]:
        """Principals whose name matches, that the identity may address."""

    def describe(self, keys: Collection[str]) -> dict[str, Principal]:
        """Each key's wording; a key that no longer means anybody is absent."""

    def addressable(self, identity: Identity, keys: Collection[str]) -> set[str]:
        """Those of the keys that the identity may address (structures of theirs, visible people)."""

    def structures(self, keys: Iterable[str]) -> set[int]:
        """Structures that the principals' people belong to: what a row must be opened to."""

    def members(self, keys: Collection[str]) -> Select[int]:
        """A select of the person ids behind the principals, without doubles."""

    def portable(self, keys: Collection[str]) -> dict[str, str]:
        """Each key in its form for another instance: uid and UAI in place of ids."""

    def local(self, keys: Collection[str]) -> dict[str, str]:
        """The inverse of :meth:`portable`; a reference unknown here is absent."""


_directory: Principals | None = None


def provide(directory: Principals) -> None:
    """Plug the implementation."""
    global _directory  # noqa: PLW0603 - one composition root plugs one directory
    _directory = directory


def principals() -> Principals:
    """The implementation."""
    if _directory is None:
        raise RuntimeError("no directory is plugged into kernel.ports.principals")
    return _directory
