"""Port: where a person is reached outside the pages. The directory implements it."""

from collections.abc import Collection
from typing import Protocol


class Addresses(Protocol):
    """What the directory answers."""

    def addresses(self, medium: str, people: Collection[int]) -> dict[int, str]:
        """The address of each person for a medium (mail, sms, push); those without one are absent."""


_directory: Addresses | None = None


def provide(directory: Addresses) -> None:
    """Plug the implementation."""
    global _directory  # noqa: PLW0603 - one composition root plugs one directory
    _directory = directory


def addresses() -> Addresses:
    """The implementation."""
    if _directory is None:
        raise RuntimeError("no directory is plugged into kernel.ports.addresses")
    return _directory
