"""Usage by service, profile, structure and hour; no person is kept (RGPD by construction).

Counts gather in memory and are written in one statement from time to time: a page that is read writes
nothing. Several processes add to the same rows.

    statistics.count("search.asked", identity)
"""

import threading
from collections import Counter as Tally
from contextlib import suppress
from datetime import datetime
from multiprocessing.util import Finalize
from time import monotonic
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request
from sqlalchemy import BigInteger, Index, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel import channels, events
from preau.kernel.contract import registry
from preau.kernel.database import Model, Moment, db, now
from preau.kernel.identity import Identity
from preau.kernel.pages import wants_fragment
from preau.kernel.tenancy import MINE, SYSTEM_ROLE

EVERY = 30.0
PAGES = "pages"


class UsageHour(Model):
    """One count. ``profile`` is a kind of profile, or ``nobody``; structure 0 is none."""

    __tablename__ = "usage_hour"
    __wall__ = f"structure_id = ANY({MINE})"

    hour: Mapped[Moment] = mapped_column(primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    counter: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str] = mapped_column(primary_key=True)
    structure_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    channel: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)

    __table_args__ = (Index(None, "structure_id", "hour"),)


class _Key(NamedTuple):
    hour: datetime
    service: str
    counter: str
    profile: str
    structure_id: int
    channel: str


_tally: Tally[_Key] = Tally()
_lock = threading.Lock()
_flushed = monotonic()


def count(name: str, identity: Identity | None = None, value: int = 1, *, channel: str = "") -> None:
    """Add to a counter of a service's contract, ``<service>.<counter>``; costs no query."""
    context = identity.context if identity else None
    key = _Key(
        hour=now().replace(minute=0, second=0, microsecond=0),
        service=name.partition(".")[0],
        counter=name,
        profile=context.kind if context else "nobody",
        structure_id=context.structure_id if context else 0,
        channel=channel or (channels.current().name if request else "api"),
    )
    with _lock:
        _tally[key] += value


def waiting() -> int:
    """How many counts this process has not written yet."""
    with _lock:
        return _tally.total()


def flush() -> int:
    """Write what waits in this process; return how many rows."""
    global _flushed  # noqa: PLW0603 - one clock for the process
    with _lock:
        taken = Tally(_tally)
        _tally.clear()
        _flushed = monotonic()
    if not taken:
        return 0
    statement = insert(UsageHour).values(
        [{**key._asdict(), "count": value} for key, value in sorted(taken.items())]
    )
    statement = statement.on_conflict_do_update(
        index_elements=["hour", "service", "counter", "profile", "structure_id", "channel"],
        set_={"count": UsageHour.count + statement.excluded.count},
    )
    try:
        # A connection of its own: counting belongs to no operation, and no rollback may undo it.
        with db.engine.begin() as connection:
            connection.execute(text(f"SET LOCAL ROLE {SYSTEM_ROLE}"))
            connection.execute(statement)
    except SQLAlchemyError:
        with _lock:
            _tally.update(taken)
        raise
    return len(taken)


def _flush_behind_the_page() -> None:
    try:
        flush()
    except SQLAlchemyError:
        # The counts wait in memory; whoever reads a page must not pay for them.
        current_app.logger.exception("PRE-STA-001")


def _counted(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200  # noqa: PLR2004
        and response.mimetype == "text/html"
        and not wants_fragment()
    )


_listening: set[str] = set()


def listen() -> None:
    """Count each event whose name a service declares as one of its counters."""
    for service in registry:
        for counter in service.counters:
            if counter.name not in _listening:
                _listening.add(counter.name)
                events.after(counter.name, lambda event: count(event.name, event.identity))


def init_app(app: Flask) -> None:
    """Count events and the pages of each service; write now and then, and when the process ends."""
    listen()

    @app.after_request
    def count_page(response: Response) -> Response:
        service = registry.of_blueprint(request.blueprint)
        if service is not None and _counted(response):
            count(f"{service.name}.{PAGES}", g.get("identity"))
        if monotonic() - _flushed > EVERY and not app.testing:
            _flush_behind_the_page()
        return response

    if not app.testing:

        def write_the_rest() -> None:
            # The database may have stopped first: half a minute of counts is not worth an alarm.
            with app.app_context(), suppress(SQLAlchemyError):
                flush()

        # And not atexit: the server's processes are forked, and end without it.
        Finalize(None, write_the_rest, exitpriority=1)
