"""Rights: by profile, granted, delegated, dated, suspended, withdrawn; they move at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from preau.kernel.database import db, today
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Role
from preau.socle.security.authorisation import operations
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account, Grant
from tests.app.security.pages import send, words

HOME = "/administration/droits/"
JOURNAL = "/administration/securite/journal"
TOMORROW = today() + timedelta(days=1)
NEXT_WEEK = (today() + timedelta(days=7)).isoformat()


def ticked(page) -> list[str]:
    """The boxes that are ticked and may be changed."""
    boxes = re.findall(r'name="allowed" value="([^"]+)"[^>]*?>', page.text)
    tags = re.findall(r'<input[^>]*name="allowed"[^>]*>', page.text)
    return [
        name for name, tag in zip(boxes, tags, strict=True) if " checked" in tag and " disabled" not in tag
    ]


def grants() -> list[Grant]:
    with lifted():
        db.session.rollback()
        return list(db.session.scalars(select(Grant)))


@pytest.mark.sdet("SOC-SEC-AUT-03")
def test_a_school_opens_a_right_to_a_profile_and_it_moves_at_once_and_there_only(browser, world):
    teacher, client = browser("teacher"), browser("manager")
    assert teacher.get(JOURNAL).status_code == 403
    allowed = [*ticked(client.get(HOME)), "security.journal:teacher"]
    answer = send(client, HOME, {"allowed": allowed, "school": world.structures["college"]})
    assert answer.status_code == 303
    assert teacher.get(JOURNAL).status_code == 200
    assert browser("stranger").get(JOURNAL).status_code == 403
    assert "différent du réglage d’origine" in words(client.get(HOME))
    send(client, HOME, {"allowed": allowed[:-1], "school": world.structures["college"]})
    assert teacher.get(JOURNAL).status_code == 403
    assert "différent du réglage d’origine" not in words(client.get(HOME))
    with lifted():
        lines = db.session.scalars(
            select(JournalEntry.details).where(JournalEntry.action == "security.permission_chosen")
        )
        assert [line["allowed"] for line in lines] == [True, False]


def test_saving_the_matrix_as_it_is_changes_nothing(browser, world):
    client = browser("manager")
    answer = send(client, HOME, {"allowed": ticked(client.get(HOME)), "school": world.structures["college"]})
    assert "Rien n’a changé" in words(client.get(answer.location))


def test_the_rights_of_another_school_are_out_of_reach(browser, world):
    client = browser("manager")
    data = {"allowed": [], "school": world.structures["ecole"]}
    assert send(client, HOME, data).status_code == 403
    assert client.get(f"{HOME}?school={world.structures['ecole']}").status_code == 403


@pytest.mark.sdet("SOC-SEC-AUT-02", "SOC-SEC-AUT-03")
def test_a_right_is_granted_to_a_person_for_a_time_suspended_brought_back_and_withdrawn(browser, world):
    client, teacher = browser("manager"), browser("teacher")
    page = f"{HOME}attributions"
    form = {
        "school": world.structures["college"],
        "permissions": "security.journal",
        "principals": f"person:{world.people['teacher']}",
        "ends_on": NEXT_WEEK,
    }
    assert send(client, page, form).status_code == 303
    assert teacher.get(JOURNAL).status_code == 200
    assert "Théo Professeur" in words(client.get(page))
    row = f"{HOME}attributions/{grants()[0].id}"
    for todo, status in (("suspend", 403), ("resume", 200), ("withdraw", 403)):
        assert send(client, row, {"do": todo}, page=page).status_code == 303
        assert teacher.get(JOURNAL).status_code == status
    assert grants() == []


def test_a_grant_starts_and_ends_on_its_days_without_signing_in_again(browser, world):
    teacher, client = browser("teacher"), browser("manager")
    form = {
        "school": world.structures["college"],
        "permissions": "security.journal",
        "principals": f"group:{world.groups['6A']}",
        "starts_on": TOMORROW.isoformat(),
    }
    send(client, f"{HOME}attributions", form)
    assert teacher.get(JOURNAL).status_code == 403
    assert operations.review(TOMORROW) == 1
    assert "security.journal" in flatten(world.people["teacher"], today=TOMORROW).grants


def test_nobody_gives_a_right_that_they_do_not_hold(browser, world):
    with lifted(), atomic() as session:
        session.add(
            Grant(
                structure_id=world.structures["college"],
                permission="security.rights",
                principal=f"person:{world.people['teacher']}",
            )
        )
        session.execute(update(Account).values(rights_version=Account.rights_version + 1))
    client = browser("teacher")
    form = {"permissions": "security.accounts", "principals": f"person:{world.people['teacher']}"}
    assert send(client, f"{HOME}attributions", form).status_code == 403
    assert "security.accounts:pupil" not in ticked(client.get(HOME))
    send(client, HOME, {"allowed": ["security.accounts:teacher"], "school": world.structures["college"]})
    assert client.get("/administration/comptes/").status_code == 403


def test_the_picker_works_without_script_and_keeps_what_was_ticked(browser, world):
    form = {
        "permissions": "security.journal",
        "principals_q": "théo",
        "search_principals": "1",
        "ends_on": NEXT_WEEK,
    }
    page = send(browser("manager"), f"{HOME}attributions", form)
    assert f"person:{world.people['teacher']}" in page.text
    assert f'value="{NEXT_WEEK}"' in page.text
    assert grants() == []


@pytest.mark.sdet("SOC-SUP-ABO-04", "SOC-SEC-AUT-03")
def test_an_administrator_lends_rights_until_a_date_to_a_colleague_who_cannot_lend_them_on(browser, world):
    client, teacher = browser("manager"), browser("teacher")
    page = f"{HOME}delegations"
    form = {
        "school": world.structures["college"],
        "permissions": ["security.accounts", "security.rights"],
        "person": world.people["teacher"],
    }
    assert "Donnez une date de fin" in words(send(client, page, form))
    far = (today() + timedelta(days=400)).isoformat()
    assert send(client, page, {**form, "ends_on": far}).status_code == 422
    assert send(client, page, {**form, "ends_on": NEXT_WEEK}).status_code == 303
    assert teacher.get("/administration/comptes/").status_code == 200
    assert "Farid Admin" in words(client.get(page))
    on = {**form, "permissions": "security.accounts", "person": world.people["camille"], "ends_on": NEXT_WEEK}
    assert send(teacher, page, on).status_code == 403
    for grant in grants():
        send(client, f"{HOME}attributions/{grant.id}", {"do": "withdraw"}, page=page)
    assert teacher.get("/administration/comptes/").status_code == 403


@pytest.mark.parametrize("to", ["pupil", "guardian", "stranger", "manager"])
def test_rights_are_only_lent_to_staff_of_the_school(browser, world, to):
    form = {"permissions": "security.accounts", "person": world.people[to], "ends_on": NEXT_WEEK}
    assert send(browser("manager"), f"{HOME}delegations", form).status_code == 422
    assert grants() == []


def test_a_delegation_ends_on_its_day_and_falls_with_its_authors_right(browser, world):
    manager = world.identity("manager")
    until = operations.Period(ends_on=today() + timedelta(days=3))
    with lifted():
        operations.delegate(
            manager, world.structures["college"], ["security.accounts"], world.people["teacher"], until
        )
    after = today() + timedelta(days=4)
    assert "security.accounts" in flatten(world.people["teacher"]).grants
    assert "security.accounts" not in flatten(world.people["teacher"], today=after).grants
    with lifted(), atomic() as session:
        session.execute(
            update(Role)
            .where(Role.person_id == manager.person_id)
            .values(ends_on=today() - timedelta(days=1))
        )
    operations.review()
    assert grants()[0].suspended
    assert "security.accounts" not in flatten(world.people["teacher"]).grants


def test_a_role_is_given_for_a_time_and_taken_back(browser, world):
    client, teacher = browser("manager"), browser("teacher")
    page = f"{HOME}roles"
    form = {
        "school": world.structures["college"],
        "role": "functional_admin",
        "person": world.people["teacher"],
    }
    assert send(client, page, {**form, "person": world.people["pupil"]}).status_code == 422
    assert send(client, page, form).status_code == 303
    assert teacher.get("/administration/comptes/").status_code == 200
    with lifted():
        role = db.session.scalars(select(Role).where(Role.person_id == world.people["teacher"])).one()
    assert send(client, f"{HOME}roles/{role.id}/retirer", {}, page=page).status_code == 303
    assert teacher.get("/administration/comptes/").status_code == 403
