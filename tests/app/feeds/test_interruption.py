"""An import killed at any batch, and started again, ends where an undisturbed one ends."""

from __future__ import annotations

import multiprocessing

import pytest
from sqlalchemy import text

from preau.demo.export import requests
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.integration.feeds import batches, operations

from .conftest import directory
from .test_first_import import schema

# The batch that is one too many waits here, its work done and not committed, until it is killed.
WAIT = """
CREATE TABLE allowed_batches (n bigint);
INSERT INTO allowed_batches VALUES (0);
GRANT ALL ON allowed_batches TO preau_system;
CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.done AND (SELECT count(*) FROM feed_batch WHERE done) >= (SELECT n FROM allowed_batches) THEN
    PERFORM pg_sleep(60);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER wait_here BEFORE UPDATE ON feed_batch FOR EACH ROW EXECUTE FUNCTION wait_here();
"""
ASLEEP = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = 'preau-feed' AND datname = current_database()"
)


def execute(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def asleep() -> bool:
    # Without the system's role: pg_stat_activity shows a session to its own user only.
    with db.engine.connect() as connection:
        return bool(connection.scalar(text(ASLEEP)))


def apply_in_a_process(app, feed, delivery_id: int) -> multiprocessing.process.BaseProcess:
    def run() -> None:
        with app.app_context():
            db.engine.dispose(close=False)
            operations.apply(feed.identity, delivery_id, approve=True)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    return process


def forget_everything() -> None:
    """Takes out what the feed brought in."""
    with lifted():
        for table in ("relation", "membership", "teaching", "role", "profile", "grouping"):
            db.session.execute(text(f"DELETE FROM {table} WHERE source LIKE 'aaf%'"))  # noqa: S608
        db.session.execute(text("DELETE FROM person p USING source_key k WHERE k.person_id = p.id"))
        for table in ("feed_record", "structure_link", "subject", "mef"):
            db.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        db.session.execute(text("DELETE FROM structure WHERE source LIKE 'aaf%'"))
        db.session.execute(text("UPDATE feed_delivery SET state = 'refused'"))
        db.session.commit()


@pytest.mark.slow
@pytest.mark.sdet("SOC-INT-IED-02", "SOC-INT-IED-03", "SOC-INT-IED-22")
@pytest.mark.parametrize("many", [1000, 0], ids=["small", "first and large"])
def test_killed_at_every_batch_it_ends_in_the_same_directory(app, feed, academy, monkeypatch, many):
    monkeypatch.setattr(batches, "MANY", many)
    delivery = feed.receive(feed.write(list(requests(academy, "2D"))))
    execute(WAIT)
    before = schema()
    kills = 0
    while True:
        process = apply_in_a_process(app, feed, delivery.id)
        while process.is_alive() and not asleep():
            process.join(0.05)
        if not process.is_alive():
            break
        process.kill()
        process.join()
        execute(END)
        kills += 1
        assert kills < 60
        execute("UPDATE allowed_batches SET n = n + 1")
    assert process.exitcode == 0
    assert kills > (12 if many else 28)
    assert schema() == before
    broken = directory()

    execute("DROP TRIGGER wait_here ON feed_batch")
    forget_everything()
    feed.apply(feed.write(list(requests(academy, "2D"))))
    assert broken == directory()
