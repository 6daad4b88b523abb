"""A teacher gives new codes to their own pupils, and to nobody else."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from preau.kernel import jobs
from preau.kernel.database import db
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile
from preau.socle.security.accounts.models import AccountBatch
from preau.socle.security.models import PermissionOverride
from tests.app.security.pages import account_of, send, words

HOME = "/mes-eleves/codes/"


def path(world, group: str = "6A") -> str:
    return f"{HOME}{world.groups[group]}"


@pytest.mark.sdet("SOC-SEC-IAU-14")
def test_a_teacher_prints_a_new_sheet_for_a_pupil_whose_former_password_opens_nothing(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    assert "6e A" in words(teacher.get(HOME))
    assert "Codes de mes élèves" in words(teacher.get("/compte/appareils"))
    asked = send(teacher, path(world), {"person": world.people["pupil"]})
    assert asked.status_code == 303
    jobs.run_pending()
    page = teacher.get(asked.location)
    assert "1 compte changé" in words(page)
    pdf = teacher.get(re.search(r'href="([^"]+fiches\.pdf)"', page.text).group(1))
    text = PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert "Lina Élève" in text
    assert "Malo" not in text
    assert pupil.get("/compte/appareils").status_code == 303
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", text).group()
    assert send(browser(), "/activation", {"login": "pupil", "code": code}).status_code == 303
    with lifted():
        line = db.session.scalars(
            select(JournalEntry).where(JournalEntry.action == "security.account_reset")
        ).one()
    assert (line.actor_id, line.object_key) == (world.people["teacher"], world.person("pupil").uid)


@pytest.mark.parametrize("key", ["manager", "guardian", "pupil", "stranger"])
def test_who_does_not_teach_the_class_finds_it_nowhere(browser, world, key):
    assert browser(key).get(path(world)).status_code in (403, 404)
    assert browser(key).get(path(world, "CP")).status_code in (403, 404)


def test_only_the_pupils_of_the_class_are_taken_whatever_is_sent(browser, world):
    client = browser("teacher")
    others = [world.people[key] for key in ("head", "guardian", "child", "teacher", "admin")]
    refused = send(client, path(world), {"person": others})
    assert refused.status_code == 422
    assert "Cochez au moins un élève" in words(refused)
    with lifted(), atomic() as session:
        session.add(
            Profile(
                person_id=world.people["other_pupil"],
                structure_id=world.structures["college"],
                kind="staff",
            )
        )
    assert "Voisin" not in words(client.get(path(world)))
    assert send(client, path(world), {"person": world.people["other_pupil"]}).status_code == 422
    with lifted():
        assert db.session.scalar(select(func.count()).select_from(AccountBatch)) == 0
    assert account_of(world.people["head"]).state == "active"


def test_another_teacher_does_not_read_the_sheets(browser, world):
    asked = send(browser("teacher"), path(world), {"person": world.people["pupil"]})
    jobs.run_pending()
    for key in ("camille", "stranger", "guardian"):
        for page in ("", "/avancement", "/fiches.pdf"):
            assert browser(key).get(asked.location + page).status_code == 404


def test_a_school_keeps_codes_to_its_administrators_when_it_wants(browser, world):
    with lifted(), atomic() as session:
        session.add(
            PermissionOverride(
                structure_id=world.structures["college"],
                permission="security.pupil_codes",
                profile="teacher",
                allowed=False,
            )
        )
    client = browser("teacher")
    assert client.get(HOME).status_code == 403
    assert "Codes de mes élèves" not in words(client.get("/compte/appareils"))
