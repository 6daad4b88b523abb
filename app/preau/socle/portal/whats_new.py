"""What is new for a person: their latest notifications, those of the administrations first."""

from collections.abc import Sequence
from typing import Any

from preau.kernel import notify
from preau.kernel.identity import Identity

SHOWN = 6


def whats_new(identity: Identity) -> Sequence[Any]:
    """The latest unread notifications of the person."""
    source = getattr(notify, "whats_new", None)
    return source(identity, SHOWN) if source else ()
