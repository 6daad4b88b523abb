"""A first import takes indexes and foreign keys off, and leaves the tables as it found them."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from preau.demo.export import requests
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.integration.feeds import apply, batches, bulk, storage
from preau.socle.integration.feeds.work import connect

pytestmark = pytest.mark.sdet("SOC-INT-IED-02", "SOC-INT-IED-03")

SCHEMA = (
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) || convalidated FROM pg_constraint",
    "SELECT relname || relrowsecurity || relforcerowsecurity FROM pg_class WHERE relkind = 'r'",
)


def schema() -> list[str]:
    with lifted():
        found = [row[0] for query in SCHEMA for row in db.session.execute(text(query))]
        db.session.rollback()
    return sorted(found)


@pytest.fixture
def large(monkeypatch):
    """Every delivery counts as a large one."""
    monkeypatch.setattr(batches, "MANY", 0)


def test_the_tables_are_bare_during_a_first_import_and_whole_after_it(feed, academy, large, monkeypatch):
    before, seen = schema(), []
    monkeypatch.setattr(apply, "apply_structures", lambda *_: seen.append(schema()) or {})
    feed.apply(feed.write(list(requests(academy, "2D"))))
    assert len(seen[0]) < len(before) - 20
    assert schema() == before


def test_a_second_import_leaves_indexes_and_keys_in_place(load, feed, academy, large, monkeypatch):
    load()
    before, seen = schema(), []
    monkeypatch.setattr(apply, "apply_structures", lambda *_: seen.append(schema()) or {})
    feed.apply(feed.write(list(requests(academy, "2D"))))
    assert seen == [before]


def test_a_row_that_points_nowhere_is_found_when_the_keys_come_back(app, load):
    load()
    with connect(storage.database()) as connection, connection.transaction(force_rollback=True):
        bulk.strip(connection)
        connection.execute(
            "INSERT INTO source_key (source, key, person_id, delivery_id) VALUES ('x', 'x', 999999, 0)"
        )
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            bulk.put_keys_back(connection)


def test_the_walls_stand_while_somebody_works_on_the_tables(app, load):
    load()
    before = schema()
    with connect(storage.database()) as other, other.transaction():
        other.execute("SELECT FROM person LIMIT 1")
        with connect(storage.database()) as connection, connection.transaction():
            bulk.strip(connection)
    assert schema() == before
