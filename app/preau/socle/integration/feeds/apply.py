"""Writes a staged delivery into the directory, by batches that are whole or not at all."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any, Final

from . import statements as sql
from .plan import find_leavers, reach_of
from .structure_apply import apply_structures
from .work import Connection, Progress, connect, plan_batches, run_batches

# Responsibles first and staff last: of somebody in two categories, the employer's word prevails.
CATEGORIES: Final = ("guardian", "pupil", "staff")
KINDS: Final = {
    "pupil": ["pupil"],
    "staff": ["teacher", "staff", "head", "academic", "authority", "external"],
    "guardian": [],
}
_JOURNAL: Final = """
INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, structure_id, origin, details)
VALUES (now(), %(actor_id)s, %(actor)s, 'feeds.apply_batch', 'feed_delivery', %(delivery)s, NULL,
  %(origin)s, %(details)s)
"""
_LINKS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "pupil": (
        ("profiles_ended", sql.END_PROFILES),
        ("profiles", sql.ADD_PROFILES),
        ("levels", sql.CHANGE_LEVELS),
        ("groups_left", sql.LEAVE_GROUPS),
        ("groups_joined", sql.JOIN_GROUPS),
        ("untied", sql.UNTIE),
        ("tied", sql.TIE),
        ("guardian_profiles", sql.FOLLOW_CHILDREN),
    ),
    "staff": (
        ("profiles_ended", sql.END_PROFILES),
        ("profiles", sql.ADD_PROFILES),
        ("roles_left", sql.LEAVE_ROLES),
        ("groups_left", sql.LEAVE_GROUPS),
        ("groups_joined", sql.JOIN_GROUPS),
        ("roles", sql.TAKE_ROLES),
        ("teachings_ended", sql.STOP_TEACHING),
        ("teachings", sql.TEACH),
    ),
    "guardian": (),
}

_REMOVALS: Final = frozenset(
    {"profiles_ended", "levels", "groups_left", "untied", "roles_left", "teachings_ended"}
)
# Statistics are worth their cost when that many people move.
_MANY: Final = 1000


def apply_staged(address: str, names: dict[str, Any], actor: dict[str, Any], progress: Progress) -> None:
    """Everything from structures to leavers; may be called again after any interruption."""
    delivery = names["delivery"]
    with connect(address) as connection:
        many = _declare(connection, delivery) > _MANY
    steps = [("structures", partial(_structures, names, actor))]
    steps += [(f"persons:{category}", partial(_persons, names, actor, category)) for category in CATEGORIES]
    steps += [("groups", partial(_groups, names, actor))]
    for stage, do in steps:
        run_batches(address, delivery, stage, do, progress)
    with connect(address) as connection:
        names = names | reach_of(connection, names)
        if many:
            _analyze(connection)
        with connection.transaction():
            find_leavers(connection, names)
            rows = connection.execute(
                "SELECT DISTINCT batch FROM feed_missing WHERE delivery_id = %s ORDER BY 1", [delivery]
            )
            plan_batches(connection, delivery, "leavers", [(row[0], "") for row in rows.fetchall()])
    for category in ("pupil", "staff", "guardian"):
        run_batches(address, delivery, f"links:{category}", partial(_links, names, actor, category), progress)
    run_batches(address, delivery, "leavers", partial(_leavers, names, actor), progress)
    run_batches(address, delivery, "refresh", partial(_refresh, names, actor), progress)
    if many:
        with connect(address) as connection:
            _analyze(connection)


def _declare(connection: Connection, delivery: int) -> int:
    """Declares the batches; how many persons are staged."""
    rows = connection.execute(
        "SELECT category, batch, count(*) FROM feed_person WHERE delivery_id = %s GROUP BY 1, 2 ORDER BY 1, 2",
        [delivery],
    ).fetchall()
    with connection.transaction():
        for stage in ("structures", "groups", "refresh"):
            plan_batches(connection, delivery, stage, [(0, "")])
        for category in CATEGORIES:
            batches = [(batch, "") for found, batch, _count in rows if found == category]
            plan_batches(connection, delivery, f"persons:{category}", batches)
            plan_batches(connection, delivery, f"links:{category}", batches)
    return sum(row[2] for row in rows)


def _analyze(connection: Connection) -> None:
    connection.execute("RESET ROLE")
    for table in (
        "person",
        "source_key",
        "profile",
        "membership",
        "relation",
        "teaching",
        "grouping",
        "structure",
    ):
        connection.execute(f"ANALYZE {table}")
    connection.execute("SET ROLE preau_system")


def _structures(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    return _told(connection, names, actor, "structures", number, apply_structures(connection, names))


def _groups(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    if names["yields_to"]:
        _count(connection, sql.ADOPT_CLASSES, names)
    return _told(
        connection, names, actor, "groups", number, {"groups": _count(connection, sql.CREATE_GROUPS, names)}
    )


def _persons(
    names: dict[str, Any], actor: dict[str, Any], category: str, connection: Connection, number: int, _: str
) -> dict[str, int]:
    values = names | {"batch": number, "category": category, "kinds": KINDS[category]}
    counts = {
        "matched": _count(connection, sql.MATCH_KEY, values)
        + (_count(connection, sql.MATCH_INE, values) if category == "pupil" else 0)
        + (_count(connection, sql.MATCH_PEOPLE, values) if names["yields_to"] else 0)
    }
    connection.execute(sql.TOUCH_KNOWN, values)
    counts["changed"] = _count(connection, sql.UPDATE_PERSONS, values)
    counts["created"] = _count(connection, sql.create_persons(guardian=category == "guardian"), values)
    return _told(connection, names, actor, f"persons:{category}", number, counts)


def _links(
    names: dict[str, Any], actor: dict[str, Any], category: str, connection: Connection, number: int, _: str
) -> dict[str, int]:
    values = names | {"batch": number, "category": category, "kinds": KINDS[category]}
    known = _count(connection, sql.ANYBODY_BEFORE, values)
    counts = {
        name: _count(connection, statement, values)
        for name, statement in _LINKS[category]
        if known or name not in _REMOVALS
    }
    if category == "pupil":
        connection.execute(sql.TOUCH_GUARDIANS, values)
    connection.execute(sql.placed(sql.REMEMBER, values), values)
    return _told(connection, names, actor, f"links:{category}", number, counts)


def _leavers(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    values = names | {"batch": number}
    counts = {name: _count(connection, statement, values) for name, statement in sql.LEAVERS.items()}
    return _told(connection, names, actor, "leavers", number, counts)


def _refresh(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    counts = {name: _count(connection, statement, names) for name, statement in sql.REFRESH.items()}
    return _told(connection, names, actor, "refresh", number, counts)


def _count(connection: Connection, statement: str, values: dict[str, Any]) -> int:
    row = connection.execute(sql.placed(statement, values), values).fetchone()
    return int(row[0]) if row else 0


def _told(
    connection: Connection,
    names: dict[str, Any],
    actor: dict[str, Any],
    stage: str,
    number: int,
    counts: dict[str, int],
) -> dict[str, int]:
    """The journal's line of a batch that changed something, in its transaction: counts and their hash."""
    if any(counts.values()):
        content = json.dumps([names["delivery"], stage, number, counts], sort_keys=True)
        details = {
            "stage": stage,
            "batch": number,
            **counts,
            "hash": hashlib.sha256(content.encode()).hexdigest(),
        }
        connection.execute(
            _JOURNAL, {**actor, "delivery": str(names["delivery"]), "details": json.dumps(details)}
        )
    return counts
