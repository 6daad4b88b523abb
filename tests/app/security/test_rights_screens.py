"""Rights: by profile, granted, delegated, dated, suspended, withdrawn; they move at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from preau.kernel.database import db, today
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile, Role
from preau.socle.security.authorisation import operations, review
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account, Grant, ProjectRole
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


@pytest.mark.sdet("SOC-SEC-AUT-03", "QUA-FIA-03")
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
    assert review.review(TOMORROW) == 1
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
    form = {"permissions": "security.accounts", "principals": f"person:{world.people['camille']}"}
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
    review.review()
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


@pytest.fixture
def lent(world):
    """The manager lent the administration of accounts and rights to the teacher, for a week."""
    names = ["security.accounts", "security.rights"]
    until = operations.Period(ends_on=today() + timedelta(days=7))
    manager, college = world.identity("manager"), world.structures["college"]
    with lifted():
        operations.delegate(manager, college, names, world.people["teacher"], until)
    return {grant.permission: grant for grant in grants()}


def test_who_was_lent_rights_neither_lengthens_the_loan_nor_takes_it_back_up(browser, world, lent):
    row, page = f"{HOME}attributions/{lent['security.rights'].id}", f"{HOME}delegations"
    later = (today() + timedelta(days=60)).isoformat()
    client = browser("teacher")
    assert send(client, row, {"do": "dates", "ends_on": later}, page=page).status_code == 403
    assert send(client, row, {"do": "resume"}, page=page).status_code == 403
    with lifted():
        assert db.session.get(Grant, lent["security.rights"].id).ends_on == today() + timedelta(days=7)


def test_who_was_lent_rights_names_no_administrator_and_dismisses_none(browser, world, lent):
    client, page = browser("teacher"), f"{HOME}roles"
    form = {"role": "functional_admin", "person": world.people["camille"]}
    assert send(client, page, form).status_code == 403
    with lifted():
        role = db.session.scalars(select(Role).where(Role.person_id == world.people["manager"])).one()
    assert send(client, f"{HOME}roles/{role.id}/retirer", {}, page=page).status_code == 403


@pytest.mark.parametrize("key", ["head", "manager"])
@pytest.mark.parametrize("action", ["reset", "suspend", "second_factor", "devices"])
def test_who_was_lent_accounts_touches_those_of_pupils_and_not_of_administrators(
    browser, world, lent, key, action
):
    accounts, client = "/administration/comptes/", browser("teacher")
    own, theirs = (f"{accounts}{world.person(each).uid}" for each in ("pupil", key))
    assert send(client, f"{theirs}/{action}", {}, page=accounts).status_code == 403
    typed = {"login": "a.prendre", "first_name": "A", "last_name": "B", "mail": "a@exemple.test"}
    assert send(client, theirs, typed, page=accounts).status_code == 403
    assert send(client, f"{own}/suspend", {}, page=accounts).status_code == 303


def test_an_administrator_of_one_school_resets_nobody_who_administers_another(browser, world):
    with lifted(), atomic() as session:
        session.add(
            Profile(
                person_id=world.people["school_head"],
                structure_id=world.structures["college"],
                kind="teacher",
            )
        )
        ours = [world.structures["college"], world.structures["ecole"]]
        session.execute(update(Person).where(Person.id == world.people["school_head"]).values(open_to=ours))
    accounts = "/administration/comptes/"
    path = f"{accounts}{world.person('school_head').uid}"
    refused = send(browser("manager"), f"{path}/reset", {}, page=path)
    assert refused.status_code == 403
    assert "dans chacune de ses écoles" in words(refused)


def test_nobody_makes_a_right_lasting_by_giving_it_to_oneself(browser, world):
    form = {"permissions": "security.journal", "principals": f"person:{world.people['manager']}"}
    refused = send(browser("manager"), f"{HOME}attributions", form)
    assert refused.status_code == 422
    assert "quelqu’un d’autre que vous" in words(refused)
    assert grants() == []


def test_a_loan_does_not_end_what_the_colleague_holds_for_good(browser, world):
    client = browser("manager")
    form = {
        "school": world.structures["college"],
        "permissions": "security.journal",
        "principals": f"person:{world.people['teacher']}",
        "person": world.people["teacher"],
    }
    send(client, f"{HOME}attributions", form)
    send(client, f"{HOME}delegations", {**form, "ends_on": NEXT_WEEK})
    assert [(grant.ends_on, grant.delegated_by_id) for grant in grants()] == [(None, None)]


@pytest.mark.sdet("SOC-SEC-AUT-03", "SOC-SUP-ABO-04")
def test_the_dates_of_a_grant_and_of_a_loan_are_changed_on_the_screen(browser, world, lent):
    client, page = browser("manager"), f"{HOME}delegations"
    row = f"{HOME}attributions/{lent['security.accounts'].id}"
    assert "Changer les dates" in words(client.get(page))
    sooner = today() + timedelta(days=2)
    assert send(client, row, {"do": "dates", "ends_on": sooner.isoformat()}, page=page).status_code == 303
    assert sooner in {grant.ends_on for grant in grants()}
    for wrong, said in (
        ({"ends_on": (today() - timedelta(days=1)).isoformat()}, "La date de fin est passée"),
        ({"ends_on": (today() + timedelta(days=400)).isoformat()}, "au plus 90 jours"),
        ({"ends_on": ""}, "Donnez une date de fin"),
        ({"ends_on": "bientôt"}, "Écrivez chaque date en entier"),
    ):
        refused = send(client, row, {"do": "dates", **wrong}, page=page)
        assert refused.status_code == 422
        assert said in words(refused)
        assert sooner in {grant.ends_on for grant in grants()}


def test_a_project_role_that_ends_moves_rights_the_same_night(world):
    with lifted(), atomic() as session:
        session.execute(update(ProjectRole).values(ends_on=today() - timedelta(days=1)))
    before = world.identity("admin")
    assert review.review() == 1
    assert not before.everywhere
