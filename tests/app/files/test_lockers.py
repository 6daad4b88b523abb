"""Hand-in lockers: each pupil sees only their own, the teacher sees all."""

import io
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from preau.kernel.database import db, now
from preau.kernel.notify_models import NotificationRow
from preau.kernel.tenancy import lifted
from preau.services.utilities.files import lockers
from preau.services.utilities.files.models import HandIn, HandInFile, Locker


@pytest.fixture
def locker(browser, world):
    answer = browser("teacher").post(
        "/fichiers/casiers/ouvrir",
        data={
            "title": "Exposé",
            "group_id": world.groups["6A"],
            "due_at": (now() + timedelta(hours=8)).isoformat(),
            "late_accepted": "1",
        },
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def hand_in(client, locker, name="expose.txt", content=b"mon expose"):
    return client.post(locker, data={"files": (io.BytesIO(content), name), "comment": "Voilà"})


def only(model):
    with lifted():
        return db.session.scalars(select(model)).one()


def told(world, key):
    with lifted():
        statement = select(NotificationRow.event).where(NotificationRow.person_id == world.people[key])
        return list(db.session.scalars(statement))


def test_a_pupil_hands_in_and_gets_a_receipt(browser, world, locker):
    pupil = browser("pupil")
    assert "files.locker_opened" in told(world, "pupil")
    assert hand_in(pupil, locker).status_code == 303
    page = pupil.get(locker).text
    assert str(only(HandIn).id) in page
    assert only(HandInFile).blob[:16] in page
    assert "files.handed_in" in told(world, "teacher")


def test_a_pupil_never_sees_what_another_handed_in(browser, locker):
    hand_in(browser("pupil"), locker)
    file = f"/fichiers/casiers/fichiers/{only(HandInFile).id}"
    assert browser("pupil").get(file, buffered=True).data == b"mon expose"
    other = browser("other_pupil")
    assert "expose.txt" not in other.get(locker).text
    assert other.get(file).status_code == 404
    assert other.get(f"/fichiers/casiers/rendus/{only(HandIn).id}").status_code == 404
    assert other.get(f"{locker}/telecharger").status_code == 403
    assert browser("school_teacher").get(locker).status_code == 404


def test_the_teacher_sees_who_handed_in_and_takes_all_at_once(browser, locker):
    hand_in(browser("pupil"), locker)
    teacher = browser("teacher")
    page = teacher.get(locker).text
    assert "Pas rendu" in page
    assert "rendus : 1 sur 2" in page
    with zipfile.ZipFile(io.BytesIO(teacher.get(f"{locker}/telecharger").data)) as archive:
        assert archive.namelist() == ["Élève Lina/expose.txt"]


def test_annotated_work_comes_back_to_its_pupil_alone(browser, world, locker):
    hand_in(browser("pupil"), locker)
    data = {"answer": "Très bien", "files": (io.BytesIO(b"annote"), "corrige.txt")}
    given = browser("teacher").post(f"/fichiers/casiers/rendus/{only(HandIn).id}", data=data)
    assert given.status_code == 303
    assert "files.given_back" in told(world, "pupil")
    page = browser("pupil").get(locker).text
    assert "Très bien" in page
    assert "corrige.txt" in page
    assert hand_in(browser("pupil"), locker).status_code == 422


def test_late_work_is_marked_and_a_closed_locker_takes_nothing(browser, locker):
    with lifted():
        found = only(Locker)
        found.due_at = now() - timedelta(hours=1)
        db.session.commit()
    assert hand_in(browser("pupil"), locker).status_code == 303
    assert only(HandIn).late
    browser("teacher").post(f"{locker}/fermer")
    refused = hand_in(browser("other_pupil"), locker)
    assert refused.status_code == 422
    assert "fermé" in refused.text


def test_those_who_handed_nothing_in_are_reminded_the_day_before_once(browser, world, locker):
    hand_in(browser("pupil"), locker)
    with lifted():
        lockers.remind()
        lockers.remind()
    assert told(world, "other_pupil").count("files.locker_due") == 1
    assert "files.locker_due" not in told(world, "pupil")


def test_a_pupil_opens_no_locker(browser):
    assert browser("pupil").get("/fichiers/casiers/ouvrir").status_code == 403
