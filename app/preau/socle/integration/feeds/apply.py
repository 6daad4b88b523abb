"""Writes a staged delivery into the directory, by batches that are whole or not at all."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any, Final

from preau.kernel.adapters.postgres_provision import SYSTEM_ROLE

from . import batches, bulk
from .batches import CATEGORIES, declare
from .closures import CLOSE
from .plan import find_leavers, reach_of
from .statements import groups, leavers, persons, profiles, relations, terms
from .structure_apply import apply_structures
from .work import Connection, Do, Progress, connect, plan_batches, run_batches

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
        ("profiles_ended", profiles.END_PROFILES),
        ("profiles", profiles.ADD_PROFILES),
        ("levels", profiles.CHANGE_LEVELS),
        ("groups_left", groups.LEAVE_GROUPS),
        ("groups_joined", groups.JOIN_GROUPS),
        ("untied", relations.UNTIE),
        ("tied", relations.TIE),
        ("guardian_profiles", relations.FOLLOW_CHILDREN),
    ),
    "staff": (
        ("profiles_ended", profiles.END_PROFILES),
        ("profiles", profiles.ADD_PROFILES),
        ("roles_left", groups.LEAVE_ROLES),
        ("groups_left", groups.LEAVE_GROUPS),
        ("groups_joined", groups.JOIN_GROUPS),
        ("roles", groups.TAKE_ROLES),
        ("teachings_ended", groups.STOP_TEACHING),
        ("teachings", groups.TEACH),
    ),
    "guardian": (),
}

_REMOVALS: Final = frozenset(
    {"profiles_ended", "levels", "groups_left", "untied", "roles_left", "teachings_ended"}
)


def apply_staged(address: str, names: dict[str, Any], actor: dict[str, Any], progress: Progress) -> None:
    """Everything from structures to leavers; may be called again after any interruption."""
    delivery = names["delivery"]
    with connect(address) as connection:
        many = declare(connection, delivery) > batches.MANY
    steps: list[tuple[str, Do]] = [("bare", _strip), ("structures", partial(_structures, names, actor))]
    steps += [(f"persons:{category}", partial(_persons, names, actor, category)) for category in CATEGORIES]
    steps += [("groups", partial(_groups, names, actor))]
    for stage, do in steps:
        run_batches(address, delivery, stage, do, progress)
    with connect(address) as connection:
        names = names | reach_of(connection, names)
        if many:
            for table in ("source_key", "grouping", "structure"):
                _analyze(connection, 0, table)
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
    with connect(address) as connection:
        plan_batches(connection, delivery, "indexes", bulk.missing_indexes(connection))
        plan_batches(connection, delivery, "statistics", list(enumerate(bulk.TABLES)) if many else [])
    for stage, do in (("indexes", _index), ("keys", _keys), ("statistics", _analyze)):
        run_batches(address, delivery, stage, do, progress)


def _strip(connection: Connection, _number: int, _name: str) -> dict[str, int]:
    bulk.strip(connection)
    return {}


def _index(connection: Connection, _number: int, name: str) -> dict[str, int]:
    bulk.put_index_back(connection, name)
    return {}


def _keys(connection: Connection, _number: int, _name: str) -> dict[str, int]:
    bulk.put_keys_back(connection)
    return {}


def _analyze(connection: Connection, _number: int, table: str) -> dict[str, int]:
    connection.execute("RESET ROLE")
    connection.execute(f"ANALYZE {table}")
    connection.execute(f"SET ROLE {SYSTEM_ROLE}")
    return {}


def _structures(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    return _told(connection, names, actor, "structures", number, apply_structures(connection, names))


def _groups(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    if names["yields_to"]:
        _count(connection, groups.ADOPT_CLASSES, names)
    return _told(
        connection,
        names,
        actor,
        "groups",
        number,
        {"groups": _count(connection, groups.CREATE_GROUPS, names)},
    )


def _persons(
    names: dict[str, Any],
    actor: dict[str, Any],
    category: str,
    connection: Connection,
    number: int,
    last: str,
) -> dict[str, int]:
    values = names | {"batch": number, "last": int(last), "category": category, "kinds": KINDS[category]}
    counts = {
        "matched": _count(connection, persons.MATCH_KEY, values)
        + (_count(connection, persons.MATCH_INE, values) if category == "pupil" else 0)
        + (_count(connection, persons.MATCH_PEOPLE, values) if names["yields_to"] else 0)
    }
    if _count(connection, persons.ANYBODY, values):
        connection.execute(persons.TOUCH_KNOWN, values)
        counts["changed"] = _count(connection, persons.UPDATE_PERSONS, values)
    counts["created"] = _count(connection, persons.create_persons(guardian=category == "guardian"), values)
    return _told(connection, names, actor, f"persons:{category}", number, counts)


def _links(
    names: dict[str, Any],
    actor: dict[str, Any],
    category: str,
    connection: Connection,
    number: int,
    last: str,
) -> dict[str, int]:
    values = names | {"batch": number, "last": int(last), "category": category, "kinds": KINDS[category]}
    known = _count(connection, persons.ANYBODY_BEFORE, values)
    counts = {
        name: _count(connection, statement, values)
        for name, statement in _LINKS[category]
        if known or name not in _REMOVALS
    }
    if category == "pupil":
        connection.execute(relations.TOUCH_GUARDIANS, values)
    connection.execute(terms.placed(persons.REMEMBER, values), values)
    return _told(connection, names, actor, f"links:{category}", number, counts)


def _leavers(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    values = names | {"batch": number, "last": number}
    counts = {name: _count(connection, statement, values) for name, statement in leavers.LEAVERS.items()}
    return _told(connection, names, actor, "leavers", number, counts)


def _refresh(
    names: dict[str, Any], actor: dict[str, Any], connection: Connection, number: int, _: str
) -> dict[str, int]:
    counts = {}
    if names["closed"] or names["suspended"]:
        counts = {name: _count(connection, statement, names) for name, statement in CLOSE.items()}
    counts |= {name: _count(connection, statement, names) for name, statement in leavers.REFRESH.items()}
    return _told(connection, names, actor, "refresh", number, counts)


def _count(connection: Connection, statement: str, values: dict[str, Any]) -> int:
    row = connection.execute(terms.placed(statement, values), values).fetchone()
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
