"""The journal keeps who did what, and shows any hand laid on it."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from preau.cli import main
from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic


def write(world, *actions):
    identity = world.identity("teacher", origin="192.0.2.7")
    for action in actions:
        with behind(identity), atomic():
            journal.record(identity, action, world.person("pupil"), figure=3)


def tamper(statement: str) -> None:
    """What an attacker with the database's own keys would do."""
    with atomic() as session:
        for table in ("journal_entry", "journal_seal"):
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        with lifted():
            session.execute(text(statement))


@pytest.mark.sdet("SOC-SUP-EXP-01", "SOC-SEC-APS-03")
def test_a_line_says_who_what_on_what_from_where_and_when(world):
    write(world, "bookmarks.create")
    with lifted():
        entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.actor, entry.action, entry.object_kind) == ("W0000003", "bookmarks.create", "person")
    assert (entry.object_key, entry.origin, entry.details) == ("W0000005", "192.0.2.7", {"figure": 3})
    assert entry.at.tzinfo is not None
    assert entry.structure_id == world.structures["college"]


@pytest.mark.sdet("SOC-SEC-APS-04")
def test_lines_can_only_be_added(world):
    write(world, "one")
    for statement in ("UPDATE journal_entry SET actor = 'x'", "DELETE FROM journal_entry"):
        with lifted(), pytest.raises(DBAPIError, match="PRE-JOU-001"):
            db.session.execute(text(statement))
        db.session.rollback()


@pytest.mark.sdet("SOC-SEC-APS-04")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE journal_entry SET actor = 'someone' WHERE action = 'two'", (2, "altered")),
        ("UPDATE journal_entry SET at = at - interval '1 hour' WHERE action = 'three'", (3, "altered")),
        ("DELETE FROM journal_seal WHERE sequence = 2", (3, "missing")),
        ("UPDATE journal_seal SET hash = repeat('0', 64) WHERE sequence = 1", (1, "altered")),
        (
            "UPDATE journal_seal SET entry_id = CASE sequence WHEN 1 THEN -1 ELSE entry_id END",
            None,
        ),
    ],
)
def test_verification_says_where_a_hand_was_laid(world, statement, fault):
    write(world, "one", "two", "three")
    assert journal.seal() >= 3
    assert journal.verify().intact
    if fault is None:
        with pytest.raises(DBAPIError):
            tamper(statement)
        return
    tamper(statement)
    assert fault in journal.verify().faults
    answer = CliRunner().invoke(main, ["journal", "verify"])
    assert answer.exit_code == 1, answer.output


def test_sealing_twice_adds_nothing(world):
    write(world, "one")
    journal.seal()
    assert journal.seal() == 0
    assert journal.verify().waiting == 0


def test_a_person_reads_only_their_own_lines_and_those_of_their_schools(world):
    write(world, "one")
    for key, lines in (("teacher", 1), ("head", 1), ("school_teacher", 0)):
        with behind(world.identity(key)):
            assert len(db.session.scalars(select(JournalEntry)).all()) == lines


def test_a_line_of_an_operation_that_fails_is_not_written(world):
    with lifted(), pytest.raises(RuntimeError), atomic():
        journal.record(world.identity("teacher"), "gone")
        raise RuntimeError
    with lifted():
        assert db.session.scalars(select(JournalEntry)).all() == []
