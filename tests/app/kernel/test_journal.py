"""The journal keeps who did what, and shows any hand laid on it."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from preau.cli import main
from preau.kernel import journal, journal_seals
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
    assert journal_seals.seal() >= 3
    assert journal_seals.verify().intact
    if fault is None:
        with pytest.raises(DBAPIError):
            tamper(statement)
        return
    tamper(statement)
    assert fault in journal_seals.verify().faults
    answer = CliRunner().invoke(main, ["journal", "verify"])
    assert answer.exit_code == 1, answer.output


def test_sealing_twice_adds_nothing(world):
    write(world, "one")
    journal_seals.seal()
    assert journal_seals.seal() == 0
    assert journal_seals.verify().waiting == 0


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


def old_lines(count: int, days: int) -> None:
    """Lines that somebody wrote some days ago, as they stand in the database of an old school."""
    with lifted(), atomic() as session:
        session.execute(
            text(
                "INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, origin, details)"
                " SELECT now() - make_interval(days => :days), 0, 'x', 'old', '', n::text, '', '{}'"
                " FROM generate_series(1, :count) n"
            ),
            {"days": days, "count": count},
        )
    while journal_seals.seal():
        pass


def actions() -> list[str]:
    with lifted():
        db.session.rollback()
        return list(db.session.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


@pytest.mark.sdet("SOC-SUP-EXP-03", "SOC-SEC-APS-04")
def test_lines_leave_at_the_end_of_their_retention_and_the_rest_still_verifies(world):
    old_lines(5, days=400)
    write(world, "recent")
    assert journal_seals.purge(365) == 5
    assert actions() == ["recent", "journal.purged"]
    verdict = journal_seals.verify()
    assert verdict.intact
    assert verdict.purged == 5
    assert (verdict.lines, verdict.waiting) == (2, 0)
    assert "Lignes 1 à 5 effacées" in CliRunner().invoke(main, ["journal", "verify"]).output
    assert journal_seals.purge(365) == 0
    assert actions() == ["recent", "journal.purged"]


def test_nothing_younger_than_six_months_leaves_whatever_is_asked(world):
    old_lines(2, days=170)
    assert journal_seals.purge(1) == 0
    assert actions() == ["old", "old"]


def test_a_purge_that_follows_another_keeps_the_chain(world, monkeypatch):
    monkeypatch.setattr(journal_seals, "PURGED_AT_ONCE", 2)
    old_lines(5, days=400)
    write(world, "recent")
    assert [journal_seals.purge(365) for _time in range(4)] == [2, 2, 1, 0]
    assert journal_seals.verify().intact
    assert journal_seals.verify().purged == 5


@pytest.mark.sdet("SOC-SEC-APS-04")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE journal_entry SET origin = '10.0.0.1' WHERE action = 'recent'", (3, "altered")),
        (
            "UPDATE journal_entry SET details = details || '{\"lines\": 1}' WHERE action = 'journal.purged'",
            None,
        ),
        (
            "WITH gone AS (DELETE FROM journal_seal WHERE sequence = 3 RETURNING entry_id)"
            " SELECT count(*) FROM gone",
            (4, "missing"),
        ),
        (
            "DELETE FROM journal_seal USING journal_entry e WHERE e.id = entry_id AND e.action = 'journal.purged'",
            0,
        ),
    ],
)
def test_a_purge_hides_no_hand_laid_on_what_remains(world, statement, fault):
    old_lines(2, days=400)
    write(world, "recent", "more")
    journal_seals.purge(365)
    assert journal_seals.verify().intact
    tamper(statement)
    verdict = journal_seals.verify()
    if fault == 0:  # the last seal: it waits to be sealed again, and the head is no longer the one noted
        assert verdict.waiting == 1
    elif fault is None:
        assert [what for _sequence, what in verdict.faults] == ["altered"]
    else:
        assert fault in verdict.faults


def test_a_line_that_was_altered_before_it_was_old_is_kept_to_be_looked_at(world):
    old_lines(3, days=400)
    tamper("UPDATE journal_entry SET actor = 'someone' WHERE object_key = '2'")
    assert journal_seals.purge(365) == 1
    assert (2, "altered") in journal_seals.verify().faults
    assert journal_seals.purge(365) == 0


def test_a_forged_mark_of_purge_hides_no_recent_line(world):
    write(world, "one", "two", "three")
    journal_seals.seal()
    head = journal_seals.verify().head
    tamper("DELETE FROM journal_seal WHERE sequence <= 2")
    with lifted(), atomic() as session:
        session.execute(
            text(
                "INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, origin, details)"
                " VALUES (now(), 0, 'conservation', 'journal.purged', 'journal', '', '',"
                " jsonb_build_object('through', 2, 'hash', CAST(:head AS text), 'lines', 2, 'until', now()::text))"
            ),
            {"head": head},
        )
    assert (3, "missing") in journal_seals.verify().faults


def test_a_connection_that_has_forgotten_its_wall_reads_nothing_and_does_not_fail(world):
    write(world, "one")
    session = db.session
    session.execute(text("SELECT set_config('preau.structures', '', true), set_config('role', 'none', true)"))
    assert session.scalar(text("SELECT count(*) FROM journal_entry")) == 0
    assert session.scalar(text("SELECT count(*) FROM security_alert")) == 0
