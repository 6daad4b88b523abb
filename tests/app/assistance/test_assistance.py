"""An incident is reported to level 1 of the school, answered, and stays in the school."""

import pytest
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.support.assistance.models import Incident

TYPED = {"title": "Panne", "body": "La page est blanche.", "severity": "blocking", "page": "/fichiers/"}


@pytest.mark.sdet("SOC-SUP-ASU-02")
def test_an_incident_goes_to_the_school_s_administrator_who_answers(browser):
    teacher, manager = browser("teacher"), browser("manager")
    assert teacher.post("/assistance/signaler", data=TYPED).status_code == 303
    with lifted():
        address = f"/assistance/{db.session.scalar(select(Incident.id))}"
    assert "Panne" in manager.get("/assistance/").text
    assert "Incident signalé : Panne" in manager.get("/").text
    assert manager.post(address, data={"state": "closed", "answer": "C’est réparé."}).status_code == 303
    assert "C’est réparé." in teacher.get(address).text
    assert "Réponse à votre signalement" in teacher.get("/").text


@pytest.mark.sdet("SOC-SUP-ASU-04")
def test_the_project_reads_what_every_school_reports(browser):
    browser("teacher").post("/assistance/signaler", data=TYPED)
    browser("school_teacher").post("/assistance/signaler", data=TYPED | {"title": "Autre panne"})
    page = browser("admin").get("/assistance/").text
    assert "Panne" in page
    assert "Autre panne" in page


def test_others_neither_read_nor_answer_it(browser):
    browser("teacher").post("/assistance/signaler", data=TYPED)
    with lifted():
        address = f"/assistance/{db.session.scalar(select(Incident.id))}"
    assert browser("teacher").post(address, data={"state": "closed"}).status_code == 403
    for key in ("camille", "school_head", "stranger"):
        assert browser(key).get(address).status_code == 404, key


@pytest.mark.parametrize(
    "bad", [{"title": ""}, {"title": "x" * 151}, {"body": "x" * 5001}, {"severity": "fun"}]
)
def test_what_is_refused_keeps_what_was_typed(browser, bad):
    answer = browser("teacher").post("/assistance/signaler", data=TYPED | bad)
    assert answer.status_code == 422
    assert "La page est blanche." in answer.text or "body" in bad


def test_a_pupil_asks_an_adult(browser):
    assert browser("pupil").post("/assistance/signaler", data=TYPED).status_code == 403
