"""The batches of an import: persons of one category, some thousands at a time, and the steps around them."""

from __future__ import annotations

from typing import Final

from .work import Connection, plan_batches

# Responsibles first and staff last: of somebody in two categories, the employer's word prevails.
CATEGORIES: Final = ("guardian", "pupil", "staff")
# Statistics are worth their cost when that many people move.
MANY: Final = 1000
# Enough for a join with all keys to be worth its cost, few enough to be done again after a stop.
_PEOPLE: Final = 20_000


def declare(connection: Connection, delivery: int) -> int:
    """Declares the batches; how many persons are staged."""
    rows = connection.execute(
        "SELECT category, batch, count(*) FROM feed_person WHERE delivery_id = %s GROUP BY 1, 2 ORDER BY 1, 2",
        [delivery],
    ).fetchall()
    persons = sum(int(row[2]) for row in rows)
    nobody = connection.execute("SELECT NOT EXISTS (SELECT FROM source_key)").fetchone() == (True,)
    with connection.transaction():
        for stage in ("structures", "groups", "refresh", "keys"):
            plan_batches(connection, delivery, stage, [(0, "")])
        if nobody and persons > MANY:
            plan_batches(connection, delivery, "bare", [(0, "")])
        for category in CATEGORIES:
            batches = _joined([(batch, count) for found, batch, count in rows if found == category])
            plan_batches(connection, delivery, f"persons:{category}", batches)
            plan_batches(connection, delivery, f"links:{category}", batches)
    return persons


def _joined(staged: list[tuple[int, int]]) -> list[tuple[int, str]]:
    """Staged batches, joined until they hold `_PEOPLE` persons: their first number, and their last as a name."""
    batches: list[tuple[int, str]] = []
    held = _PEOPLE
    for number, count in staged:
        if held >= _PEOPLE:
            batches.append((number, ""))
            held = 0
        batches[-1] = (batches[-1][0], str(number))
        held += count
    return batches
