"""An import killed at any batch, and started again, ends where an undisturbed one ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from sqlalchemy import text

from preau.demo.export import requests
from preau.kernel.database import db
from preau.kernel.tenancy import lifted

from .conftest import directory

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


def start(app, what: str) -> subprocess.Popen[bytes]:
    settings = app.config["SETTINGS"]
    environment = os.environ | {
        "PREAU_DATABASE": settings.database,
        "PREAU_DATA": str(settings.data),
        "PREAU_SECRET_KEY": "tests",
    }
    return subprocess.Popen(
        [sys.executable, "-c", "from preau.cli import main; main()", "feed", "apply", what, "--approve"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.slow
@pytest.mark.sdet("SOC-INT-IED-02", "SOC-INT-IED-03", "SOC-INT-IED-22")
def test_killed_at_every_batch_it_ends_in_the_same_directory(app, feed, academy, tmp_path):
    delivery = feed.receive(feed.write(list(requests(academy, "2D"))))
    execute(WAIT)
    kills = 0
    while True:
        process = start(app, str(delivery.id))
        while process.poll() is None and not asleep():
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        execute(END)
        kills += 1
        print(kills, time.time(), file=open("/tmp/aaf/k.log","a"))
        assert kills < 60
        execute("UPDATE allowed_batches SET n = n + 1")
    assert process.returncode == 0
    assert kills > 12
    broken = directory()

    execute("DROP TRIGGER wait_here ON feed_batch")
    with lifted():
        for table in ("source_key", "relation", "membership", "teaching", "role", "profile", "feed_record"):
            db.session.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        db.session.execute(text("UPDATE feed_delivery SET state = 'refused'"))
        db.session.execute(text("DELETE FROM grouping"))
        db.session.execute(text("DELETE FROM structure_link"))
        db.session.execute(text("DELETE FROM account"))
        db.session.execute(text("DELETE FROM person WHERE uid LIKE 'F%'"))
        db.session.commit()
    feed.apply(feed.write(list(requests(academy, "2D"))))
    undisturbed = directory()
    assert [row for row in broken if row[0] != "person" or row[1]] == [
        row for row in undisturbed if row[0] != "person" or row[1]
    ]
