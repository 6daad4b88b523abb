"""Events: what happened, told once the operation is committed, or by a job enqueued with it.

A service publishes ``events.publish("news.published", identity, obj, …)`` inside its operation.
Listeners inside the transaction use :func:`within`; everything else listens after the commit.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from blinker import Namespace

from preau.kernel.identity import Identity
from preau.kernel.transaction import after_commit

_within = Namespace()
_after = Namespace()


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, by whom, on what."""

    name: str
    identity: Identity
    obj: Any = None
    data: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[Event], None]


def publish(name: str, identity: Identity, obj: Any = None, **data: Any) -> None:
    """Tell listeners: those inside the transaction now, the others once it is committed."""
    event = Event(name, identity, obj, data)
    _within.signal(name).send(event)

    def tell() -> None:
        _after.signal(name).send(event)

    after_commit(tell)


def within(name: str, listener: Listener) -> None:
    """Call ``listener`` inside the transaction: what it raises undoes the operation."""
    _within.signal(name).connect(listener, weak=False)


def after(name: str, listener: Listener) -> None:
    """Call ``listener`` after the commit."""
    _after.signal(name).connect(listener, weak=False)
