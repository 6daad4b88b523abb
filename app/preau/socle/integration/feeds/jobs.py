"""The same steps as jobs, for who starts them from a page; what goes wrong is kept on the delivery."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from preau.kernel import jobs
from preau.kernel.identity import system

from . import operations
from .errors import FeedError


@contextmanager
def _said(delivery_id: int) -> Iterator[None]:
    """A refusal ends the job: the page says why. Somebody else's import is waited for by trying again."""
    try:
        yield
    except FeedError as error:
        if error.code == "PRE-FED-507":
            raise
        operations.say(delivery_id, "")


@jobs.task("feeds.prepare", queue="feeds", retry=2)
def prepare(delivery_id: int, by: str) -> None:
    """Analyse and plan; a refusal is written on the delivery by the operation itself."""
    with _said(delivery_id):
        operations.prepare(system(by), delivery_id)


@jobs.task("feeds.apply", queue="feeds", retry=5)
def apply(delivery_id: int, by: str, *, approve: bool = False) -> None:
    """Apply; an attempt that dies is taken up by the next one at the batch where it stopped."""
    with _said(delivery_id):
        operations.apply(system(by), delivery_id, approve=approve)


@jobs.task("feeds.purge")
def purge() -> None:
    """Remove the archives and the remarks of deliveries older than the setting says: they hold names."""
    operations.purge()
