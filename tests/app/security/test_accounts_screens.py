"""What a functional administrator sees and does, and what stays out of reach."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from preau.kernel import jobs, preferences
from preau.kernel.database import db, today
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile
from preau.socle.security.accounts.models import AccountBatch, ClassDoor
from preau.socle.security.models import Account
from tests.app.security.pages import account_of, send, sign_in, token_of, words
from tests.support.world import PASSWORD

HOME = "/administration/comptes/"


def uid(world, key: str) -> str:
    return world.person(key).uid


def path(world, key: str, action: str = "") -> str:
    return f"{HOME}{uid(world, key)}" + (f"/{action}" if action else "")


def batch(client, **form):
    """Ask for a batch and do the jobs; the page that follows it."""
    answer = send(client, f"{HOME}lot", form, page=HOME)
    assert answer.status_code == 303, words(answer)
    jobs.run_pending()
    return client.get(answer.location)


@pytest.mark.sdet("SOC-SEC-AUT-01")
@pytest.mark.parametrize("who", ["teacher", "pupil", "guardian", "stranger"])
def test_who_does_not_administer_is_refused(browser, who):
    client = browser(who)
    for page in (
        HOME,
        "/administration/droits/",
        "/administration/securite/",
        "/administration/securite/journal",
    ):
        assert client.get(page).status_code == 403


def test_an_administrator_finds_the_people_of_the_school_and_no_other(browser, world):
    client = browser("manager")
    page = words(client.get(HOME))
    assert "Élève Lina" in page
    assert "Ailleurs Ugo" not in page
    assert "Deuxvies Zoé" not in page
    assert client.get(path(world, "stranger")).status_code == 404
    assert "Élève Lina" in words(client.get(f"{HOME}?q=eleve+lina"))
    assert "Voisin" in words(client.get(f"{HOME}?group={world.groups['6A']}&profile=pupil"))
    assert "Professeur Théo" not in words(client.get(f"{HOME}?group={world.groups['6A']}"))
    assert "Aucun compte trouvé" in words(client.get(f"{HOME}?state=suspended"))
    assert "Aucun compte trouvé" in words(client.get(f"{HOME}?q=personne%25"))


@pytest.mark.sdet("SOC-SEC-IAU-13")
def test_suspending_closes_the_door_at_once_and_reactivating_opens_it(browser, world):
    pupil, client = browser("pupil"), browser("manager")
    page = path(world, "pupil")
    assert send(client, path(world, "pupil", "suspend"), {}, page=page).status_code == 303
    assert pupil.get("/compte/appareils").status_code == 303
    assert sign_in(browser(), "pupil", PASSWORD).status_code == 422
    assert send(client, path(world, "pupil", "suspend"), {}, page=page).status_code == 409
    assert send(client, path(world, "pupil", "reactivate"), {}, page=page).status_code == 303
    assert sign_in(browser(), "pupil", PASSWORD).status_code == 303
    said = words(client.get(page))
    assert "Compte suspendu" in said
    assert "Compte réactivé" in said


@pytest.mark.sdet("SOC-SEC-IAU-14")
def test_a_reset_gives_a_code_shown_once_that_activates_again(browser, world):
    client = browser("manager")
    shown = send(client, path(world, "pupil", "reset"), {}, page=path(world, "pupil"))
    code = re.search(r'id="code">([A-Z0-9-]+)<', shown.text).group(1)
    assert shown.headers["Cache-Control"] == "no-store"
    assert account_of(world.people["pupil"]).password_hash == ""
    assert sign_in(browser(), "pupil", PASSWORD).status_code == 422
    assert send(browser(), "/activation", {"login": "pupil", "code": code}).status_code == 303
    assert code not in client.get(path(world, "pupil")).text


def test_an_administrator_touches_neither_their_own_account_nor_the_projects(browser, world):
    client = browser("manager")
    assert send(client, path(world, "manager", "suspend"), {}, page=path(world, "pupil")).status_code == 403
    with lifted(), atomic() as session:
        session.add(
            Profile(person_id=world.people["admin"], structure_id=world.structures["college"], kind="staff")
        )
        session.execute(
            update(Person)
            .where(Person.id == world.people["admin"])
            .values(open_to=[world.structures["college"]])
        )
    assert send(client, path(world, "admin", "reset"), {}, page=path(world, "pupil")).status_code == 403
    assert sign_in(browser(), "admin", PASSWORD).status_code == 303


@pytest.mark.sdet("SOC-SEC-IAU-13", "SOC-SUP-ABO-02")
def test_disabling_dates_the_erasure_within_three_months(browser, world):
    client, page = browser("manager"), path(world, "pupil")
    late = (today() + timedelta(days=120)).isoformat()
    refused = send(client, path(world, "pupil", "disable"), {"purge_on": late}, page=page)
    assert refused.status_code == 422
    assert "Choisissez une date" in words(refused)
    assert send(client, path(world, "pupil", "disable"), {}, page=page).status_code == 303
    account = account_of(world.people["pupil"])
    assert (account.state, account.disabled_reason) == ("disabled", "hand")
    assert account.purge_on <= today() + timedelta(days=90)
    assert send(client, path(world, "pupil", "enable"), {}, page=page).status_code == 303
    assert sign_in(browser(), "pupil", PASSWORD).status_code == 303


@pytest.mark.sdet("SOC-SEC-IAU-13")
def test_the_identity_changes_and_a_login_taken_elsewhere_is_refused_with_what_was_typed(browser, world):
    client, page = browser("manager"), path(world, "pupil")
    form = {"first_name": "Lina-Rose", "last_name": "Élève", "mail": "", "login": "stranger"}
    refused = send(client, page, form)
    assert refused.status_code == 422
    assert "déjà pris" in words(refused)
    assert 'value="Lina-Rose"' in refused.text
    assert send(client, page, {**form, "login": "lina-rose.eleve"}).status_code == 303
    assert sign_in(browser(), "lina-rose.eleve", PASSWORD).status_code == 303
    with lifted():
        line = db.session.scalars(
            select(JournalEntry).where(JournalEntry.action == "security.account_changed")
        ).one()
    assert line.details == {"fields": ["login", "first_name", "mail"]}


def test_a_guest_needs_an_end_date_and_gets_a_code(browser, world):
    client = browser("manager")
    form = {
        "structure": str(world.structures["college"]),
        "profile": "external",
        "first_name": "Inès",
        "last_name": "Conteuse",
    }
    assert send(client, f"{HOME}nouveau", form).status_code == 422
    form["ends_on"] = (today() + timedelta(days=30)).isoformat()
    shown = send(client, f"{HOME}nouveau", form)
    assert "ines.conteuse" in shown.text
    code = re.search(r'id="code">([A-Z0-9-]+)<', shown.text).group(1)
    assert send(browser(), "/activation", {"login": "ines.conteuse", "code": code}).status_code == 303
    elsewhere = {**form, "structure": str(world.structures["lycee"])}
    assert send(client, f"{HOME}nouveau", elsewhere).status_code == 403


@pytest.mark.sdet("SOC-SEC-IAU-14")
def test_a_blocked_account_says_so_and_is_opened_again_before_its_delay(browser, world):
    for _number in range(8):
        sign_in(browser(), "pupil", "faux")
    assert sign_in(browser(), "pupil", PASSWORD).status_code == 429
    client, page = browser("manager"), path(world, "pupil")
    assert "bloqué jusqu’au" in words(client.get(page))
    assert send(client, path(world, "pupil", "unblock"), {}, page=page).status_code == 303
    assert sign_in(browser(), "pupil", PASSWORD).status_code == 303
    after = words(client.get(page))
    assert "bloqué jusqu’au" not in after
    assert "Blocage levé" in after


@pytest.mark.parametrize("profile", ["head", "academic", "authority", "god"])
def test_no_form_creates_somebody_who_commands(browser, world, profile):
    form = {
        "structure": str(world.structures["college"]),
        "profile": profile,
        "first_name": "Faux",
        "last_name": "Chef",
    }
    assert send(browser("manager"), f"{HOME}nouveau", form).status_code == 422


def test_a_new_code_opens_the_activation_that_too_many_tries_had_closed(browser, world):
    with lifted(), atomic() as session:
        session.execute(update(Account).where(Account.login == "pupil").values(state="pending"))
    guesser = browser()
    for _number in range(8):
        assert send(guesser, "/activation", {"login": "pupil", "code": "AAAA-AAAA-AAAA"}).status_code == 422
    assert "Trop d’essais" in words(send(guesser, "/activation", {"login": "pupil", "code": "A"}))
    client = browser("manager")
    assert "Compte bloqué" in words(client.get("/administration/securite/"))
    shown = send(client, path(world, "pupil", "reset"), {}, page=path(world, "pupil"))
    code = re.search(r'id="code">([A-Z0-9-]+)<', shown.text).group(1)
    assert send(browser(), "/activation", {"login": "pupil", "code": code}).status_code == 303


@pytest.mark.sdet("SOC-SEC-IAU-13", "SOC-SEC-IAU-14")
def test_the_sheets_of_a_class_are_a_tagged_pdf_whose_codes_activate(browser, world):
    with lifted(), atomic() as session:
        session.execute(
            update(Account).where(Account.login == "pupil").values(state="pending", password_hash="")
        )
    client = browser()
    sign_in(client, "manager", PASSWORD)
    group = str(world.groups["6A"])
    page = batch(client, group=group, everybody="1", kind="sheets")
    assert "1 compte changé" in words(page)
    pdf = client.get(re.search(r'href="([^"]+fiches\.pdf)"', page.text).group(1))
    assert pdf.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(pdf.data))
    text = " ".join(leaf.extract_text() for leaf in reader.pages)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    with lifted():
        line = db.session.scalars(
            select(JournalEntry).where(JournalEntry.action == "security.account_reset")
        ).one()
    assert line.origin == "127.0.0.1"  # of who asked, though a job did it
    assert "Lina Élève" in text
    assert "Malo" not in text  # already active: the sheet would cancel the password
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", text).group()
    assert send(browser(), "/activation", {"login": "pupil", "code": code}).status_code == 303
    with lifted():
        stored = db.session.scalars(select(AccountBatch.file)).one()
    assert not stored.startswith(b"%PDF")
    assert browser("head").get(f"{HOME}lots/{_key()}/fiches.pdf").status_code == 404


def _key():
    with lifted():
        return db.session.scalars(select(AccountBatch.id)).one()


def test_a_batch_leaves_out_people_of_other_schools_and_oneself(browser, world):
    client = browser("manager")
    people = [str(world.people[key]) for key in ("pupil", "manager", "stranger")]
    page = batch(client, person=people, kind="suspend")
    assert "1 compte changé" in words(page)
    assert account_of(world.people["pupil"]).state == "suspended"
    assert account_of(world.people["stranger"]).state == "active"
    batch(client, person=people, kind="reactivate")
    assert account_of(world.people["pupil"]).state == "active"


def test_a_batch_with_nobody_ticked_says_so(browser, world):
    answer = send(browser("manager"), f"{HOME}lot", {"kind": "suspend"}, page=HOME)
    assert answer.status_code == 422
    assert "Cochez au moins une personne" in words(answer)


@pytest.mark.sdet("SOC-SEC-IAU-03")
def test_a_young_child_signs_in_by_the_door_of_the_class_with_three_pictures(browser, world):
    school = world.structures["ecole"]
    with lifted():
        preferences.choose(world.identity("school_head"), "security.class_doors", "structure", school, True)
    client = browser("school_head")
    page = batch(client, group=str(world.groups["PS"]), everybody="1", kind="sheets", renew="1")
    pdf = client.get(re.search(r'href="([^"]+fiches\.pdf)"', page.text).group(1))
    text = PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    drawn = re.findall(r"[123]\. (\w+)", text)
    assert len(drawn) == 3
    send(client, f"{HOME}portes/{world.groups['PS']}", {}, page=f"{HOME}?group={world.groups['PS']}")
    with lifted():
        code = db.session.scalars(select(ClassDoor.code)).one()
    child = browser()
    door = f"/connexion/classe/{code}"
    assert "Tom" in words(child.get(door))
    assert "Petit" not in words(child.get(door)).replace("Petite section", "")
    board = f"{door}/{world.people['little']}"
    keys = dict(re.findall(r'value="([a-z]+)"><img [^>]*alt="([^"]+)"', child.get(board).text))
    by_label = {label: key for key, label in keys.items()}
    assert len(keys) == 24
    wrong = [by_label[label] for label in reversed(drawn)]
    token = token_of(child, board)
    for key in wrong:  # without script: one picture per press
        answer = child.post(board, data={"csrf_token": token, "pictures": key})
    assert answer.status_code == 422
    assert "Essaie encore" in words(answer)
    right = [by_label[label] for label in drawn]
    answer = child.post(board, data={"csrf_token": token, "pictures": right})
    assert (answer.status_code, answer.location) == (303, "/")
    assert child.get("/compte/appareils").status_code == 200


def test_the_door_of_a_class_is_closed_unless_the_school_opens_it(browser, world):
    with lifted(), atomic() as session:
        session.add(
            ClassDoor(structure_id=world.structures["ecole"], group_id=world.groups["PS"], code="porte")
        )
    assert browser().get("/connexion/classe/porte").status_code == 404
    assert browser().get("/connexion/classe/inconnue").status_code == 404


def test_where_no_class_has_a_door_a_young_child_gets_a_code_to_type(browser, world):
    client = browser("school_head")
    page = batch(client, group=str(world.groups["PS"]), everybody="1", kind="sheets", renew="1")
    pdf = client.get(re.search(r'href="([^"]+fiches\.pdf)"', page.text).group(1))
    text = PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", text)
    assert account_of(world.people["little"]).state == "pending"
