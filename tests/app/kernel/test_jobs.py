"""Jobs are enqueued with the operation that needs them, and done by a real worker."""

import pytest
from sqlalchemy import func, select, text

from preau.kernel import jobs
from preau.kernel.database import db, now
from preau.kernel.preferences import SettingValue
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import after_commit, atomic

done: list[str] = []


@jobs.task("tests.note")
def note(word: str) -> None:
    done.append(word)


@jobs.task("tests.write", retry=0)
def write(name: str) -> None:
    with atomic() as session:
        session.add(SettingValue(name=name, level="project", scope_id=0, value=1))


def waiting() -> int:
    return db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"))


@pytest.fixture(autouse=True)
def nothing_done():
    done.clear()


def test_a_job_is_there_if_and_only_if_the_operation_is(world):
    with lifted():
        with pytest.raises(RuntimeError), atomic():
            jobs.defer(note, word="lost")
            raise RuntimeError
        assert waiting() == 0
        with atomic():
            jobs.defer(note, word="kept")
        assert waiting() == 1
    jobs.run_pending()
    assert done == ["kept"]


def test_a_real_worker_does_what_waits_and_keeps_no_trace_of_success(app, world):
    with lifted(), atomic():
        jobs.defer(write, name="portal.palette")
    db.session.close()
    jobs.run_worker(app, wait=False)
    with lifted():
        assert db.session.scalar(select(func.count()).select_from(SettingValue)) == 1
        assert waiting() == 0


def test_the_same_unique_job_waits_once(world):
    with lifted(), atomic():
        for _again in range(3):
            jobs.defer(note, unique="tests.once", word="once")
    jobs.run_pending()
    assert done == ["once"]


def test_a_job_for_later_waits(world):
    from datetime import timedelta

    with lifted(), atomic():
        jobs.defer(note, at=now() + timedelta(hours=1), word="later")
    jobs.run_pending()
    assert done == []


def test_effects_wait_for_the_commit_of_the_outermost_operation(world):
    with lifted():
        with atomic():
            with atomic():
                after_commit(lambda: done.append("effect"))
            assert done == []
        assert done == ["effect"]
