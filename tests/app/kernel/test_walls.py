"""From one school, another is out of reach: through every table, every list and every object of every service."""

import uuid

import pytest
from sqlalchemy import inspect, select, text
from werkzeug.routing import IntegerConverter

from preau.kernel import rights
from preau.kernel.database import db
from preau.kernel.tenancy import (
    CLOSED,
    InStructure,
    Personal,
    behind,
    lifted,
    stand_behind,
    walled_models,
)
from preau.socle.security.web import is_public

PEOPLE = ("teacher", "pupil", "manager", "school_teacher", "child", "stranger")


def within(identity, row) -> bool:
    """What the wall must let through, said a third time, in plain Python."""
    if isinstance(row, InStructure):
        return row.structure_id in identity.structures
    holder = row.owner_id if isinstance(row, Personal) else row.id
    return holder == identity.person_id or not identity.structures.isdisjoint(row.open_to)


def plainly_walled():
    return [model for model in walled_models() if not hasattr(model, "__wall__")]


def test_whoever_is_nobody_sees_no_row_of_any_walled_table(world, populated):
    with lifted():
        full = {model for model in walled_models() if db.session.scalars(select(model).limit(1)).first()}
    db.session.rollback()
    stand_behind(CLOSED)
    seen = {
        model.__tablename__
        for model in full
        if db.session.execute(text(f"SELECT 1 FROM {model.__tablename__} LIMIT 1")).first()  # noqa: S608
    }
    assert len(full) > 15
    assert seen == set()


@pytest.mark.sdet("SOC-SEC-AUT-01")
@pytest.mark.parametrize("key", PEOPLE)
def test_both_walls_hold_alone_on_every_table(world, populated, key):
    identity = world.identity(key)
    hidden = 0
    for model in plainly_walled():
        with lifted():
            rows = {inspect(row).identity: row for row in db.session.scalars(select(model))}
        expected = {primary for primary, row in rows.items() if within(identity, row)}
        hidden += len(rows) - len(expected)
        db.session.expunge_all()
        keys = list(inspect(model).primary_key)
        with behind(identity):
            raw = f"SELECT {', '.join(column.name for column in keys)} FROM {model.__tablename__}"  # noqa: S608
            assert {tuple(row) for row in db.session.execute(text(raw))} == expected, model
            assert {inspect(row).identity for row in db.session.scalars(select(model))} == expected, model
        db.session.rollback()
        with lifted():
            db.session.expunge_all()
    assert hidden > 10


@pytest.mark.sdet("SOC-SEC-AUT-01")
@pytest.mark.parametrize("key", ["stranger", "school_teacher", "child"])
def test_no_address_opens_an_object_of_another_school(app, world, populated, browser, key):
    """Every URL that takes a uuid, with every object that the person may not read."""
    identity = world.identity(key)
    forbidden: list[uuid.UUID] = []
    for model in rights.guarded_models():
        with lifted():
            forbidden += [
                row.id
                for row in db.session.scalars(select(model))
                if isinstance(row.id, uuid.UUID) and not rights.may(identity, "read", row)
            ]
    client = browser(key)
    tried = 0
    for rule in app.url_map.iter_rules():
        arguments = {name: converter for name, converter in rule._converters.items()}
        uuids = [name for name, converter in arguments.items() if type(converter).__name__ == "UUIDConverter"]
        if not uuids or "GET" not in rule.methods or is_public(rule.endpoint, app):
            continue
        for target in forbidden:
            values = {
                name: target if name in uuids else sample(converter) for name, converter in arguments.items()
            }
            with app.test_request_context():
                address = app.url_for(rule.endpoint, **values)
            answer = client.get(address)
            assert answer.status_code in (403, 404), (address, answer.status_code)
            tried += 1
    assert tried >= len(forbidden) > 0


def sample(converter):
    """Some value that an argument of a URL takes."""
    choices = getattr(converter, "items", None)
    if choices:
        return next(iter(choices))
    return 1 if isinstance(converter, IntegerConverter) else "x"
