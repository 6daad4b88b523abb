"""How far an import is, where the page and the terminal see it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from psycopg.types.json import Json

from .work import Progress, connect

# Seconds: a page polls every two.
_REPORT_EVERY: Final = 0.3
Listener = Callable[[str, int, int], None]


def reporter(address: str, delivery_id: int, listener: Listener | None) -> Progress:
    """Writes the progress where the page polls it, at most three times a second."""
    at, last = 0.0, ""

    def report(stage: str, done: int, total: int) -> None:
        if listener is not None:
            listener(stage, done, total)
        nonlocal at, last
        moment = time.monotonic()
        if stage == last and done < total and moment - at < _REPORT_EVERY:
            return
        at, last = moment, stage
        with connect(address) as connection:
            connection.execute(
                "UPDATE feed_delivery SET stage = %s, progress = %s WHERE id = %s",
                [stage, Json({"done": done, "total": total}), delivery_id],
            )

    return report
