"""The directory as each one may see it: rules of the school, restrictions of the person, safe for minors."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import delete, select

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.rights import may
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.information.white_pages import lookup, operations, transfer
from preau.services.information.white_pages.cards import Criteria
from preau.services.information.white_pages.models import Entry
from preau.services.information.white_pages.operations import EntryIn
from preau.services.information.white_pages.visibility import View
from preau.socle.directory.models import Profile, Subject, Teaching
from tests.app.exchange.conftest import comparable
from tests.app.exchange.conftest import export as export_fixture

export = export_fixture


def seen_by(world, key, **criteria):
    identity = world.identity(key)
    with behind(identity):
        return {card.first_name: card for card in lookup.look_up(identity, Criteria(**criteria)).cards}


def profile_of(world, key, kind=None):
    with lifted():
        asked = select(Profile.id).where(Profile.person_id == world.people[key])
        return db.session.scalar(asked.where(Profile.kind == kind) if kind else asked)


def write_entry(world, key, **values):
    identity = world.identity(key)
    with behind(identity):
        operations.update_entry(identity, EntryIn(**values))


@pytest.mark.sdet("UTI-IDO-PBL-01")
def test_everybody_consults_the_directory_of_their_own_schools_only(world):
    assert set(seen_by(world, "manager")) == {"Hélène", "Farid", "Théo", "Camille", "Lina", "Malo", "Gaëlle"}
    assert set(seen_by(world, "camille")) >= {"Théo", "Yann", "Zoé"}
    assert set(seen_by(world, "stranger")) == {"Ugo"}


@pytest.mark.sdet("UTI-IDO-PBL-03")
def test_by_default_minors_are_seen_by_their_classmates_and_staff_alone(world):
    assert set(seen_by(world, "pupil", profil="pupil")) == {"Lina", "Malo"}
    assert set(seen_by(world, "child", profil="pupil")) == {"Zoé"}
    assert set(seen_by(world, "guardian", profil="pupil")) == {"Lina"}
    assert set(seen_by(world, "teacher", profil="pupil")) == {"Lina", "Malo"}
    assert set(seen_by(world, "pupil", profil="guardian")) == set()


@pytest.mark.sdet("UTI-IDO-PBL-03")
def test_the_school_forbids_pupils_to_consult_teachers(world, browser):
    head, pupil = browser("head"), browser("pupil")
    school = world.structures["college"]
    assert "Théo" in pupil.get("/annuaire/").text
    assert (
        head.post(f"/annuaire/visibilite/{school}/pupil", data={"scope_teacher": "none"}).status_code == 303
    )
    assert "Théo" not in pupil.get("/annuaire/").text
    assert pupil.get(f"/annuaire/personnes/{profile_of(world, 'teacher')}").status_code == 404
    assert "Théo" in browser("guardian").get("/annuaire/").text
    head.post(f"/annuaire/visibilite/{school}/pupil", data={"reset": "1"})
    assert "Théo" in pupil.get("/annuaire/").text


def test_rules_are_set_only_by_who_looks_after_that_school(world, browser):
    for key in ("teacher", "pupil", "school_head", "stranger"):
        answer = browser(key).post(f"/annuaire/visibilite/{world.structures['college']}/pupil", data={})
        assert answer.status_code == 403, key


@pytest.mark.sdet("UTI-IDO-PBL-04")
def test_a_person_keeps_a_field_back_from_some_and_shows_it_to_others(world):
    write_entry(
        world, "teacher", mail="theo@exemple.fr", phone="05 56 00 00 00", restrictions={"phone": ["staff"]}
    )
    assert seen_by(world, "head")["Théo"].phone == "05 56 00 00 00"
    school = world.structures["college"]
    head = world.identity("head")
    with behind(head):
        operations.set_view(head, school, "teacher", "teacher", View("school", ("mail", "phone")))
    assert seen_by(world, "camille")["Théo"].phone == "05 56 00 00 00"
    write_entry(
        world, "teacher", mail="theo@exemple.fr", phone="05 56 00 00 00", restrictions={"phone": ["teacher"]}
    )
    assert (seen_by(world, "camille")["Théo"].mail, seen_by(world, "camille")["Théo"].phone) == (
        "theo@exemple.fr",
        "",
    )
    assert seen_by(world, "pupil")["Théo"].mail == ""


@pytest.mark.sdet("UTI-IDO-PBL-04")
def test_a_parent_may_keep_out_of_the_directory_but_not_a_teacher(world):
    assert "Gaëlle" in seen_by(world, "teacher", profil="guardian")
    write_entry(world, "guardian", restrictions={"name": ["teacher"]})
    assert "Gaëlle" not in seen_by(world, "teacher", profil="guardian")
    assert "Gaëlle" in seen_by(world, "manager", profil="guardian")
    write_entry(world, "teacher", restrictions={"name": ["all"]})
    assert "Théo" in seen_by(world, "pupil")


@pytest.mark.sdet("UTI-IDO-PBL-02")
def test_a_person_updates_their_entry_and_what_is_refused_keeps_what_was_typed(browser):
    teacher = browser("teacher")
    refused = teacher.post("/annuaire/ma-fiche", data={"mail": "pas une adresse", "about": "Bureau 12"})
    assert refused.status_code == 422
    assert "pas une adresse" in refused.text
    assert "Bureau 12" in refused.text
    assert (
        teacher.post(
            "/annuaire/ma-fiche", data={"mail": "theo@exemple.fr", "about": "<b>Bureau</b>"}
        ).status_code
        == 303
    )
    page = browser("head").get("/annuaire/?q=professeur").text
    assert "mailto:theo@exemple.fr" in page
    assert "<b>Bureau" not in page


@pytest.mark.parametrize(
    "hostile",
    [
        {"website": "javascript:alert(1)"},
        {"phone": "x" * 5000},
        {"about": "x" * 501},
        {"mail": "a@b\r\nBcc: c@d.e"},
    ],
)
def test_hostile_entries_are_refused(browser, hostile):
    assert browser("teacher").post("/annuaire/ma-fiche", data=hostile).status_code == 422


def test_a_pupil_publishes_no_contact(browser):
    answer = browser("pupil").post("/annuaire/ma-fiche", data={"phone": "06 00 00 00 00"})
    assert answer.status_code == 422
    assert "ne publie ni courriel" in answer.text


@pytest.mark.sdet("UTI-IDO-PBL-06")
def test_search_by_name_class_subject_and_profile_without_minding_accents(world):
    with lifted():
        db.session.add(Subject(code="030001", label="Mathématiques"))
        teaching = db.session.scalar(select(Teaching).where(Teaching.person_id == world.people["teacher"]))
        teaching.subject_code = "030001"
        db.session.commit()
    assert set(seen_by(world, "manager", q="ELEVE lina")) == {"Lina"}
    assert set(seen_by(world, "manager", q="helene")) == {"Hélène"}
    assert set(seen_by(world, "manager", q="100%")) == set()
    assert set(seen_by(world, "manager", matiere="030001")) == {"Théo"}
    assert seen_by(world, "pupil", q="théo")["Théo"].function == "Mathématiques"
    assert set(seen_by(world, "teacher", profil="head")) == {"Hélène"}
    with lifted():
        uid = db.session.scalar(select(lookup.Group.uid).where(lookup.Group.code == "6A"))
    assert set(seen_by(world, "manager", classe=uid)) == {"Lina", "Malo", "Théo", "Camille"}


def test_a_list_and_a_card_say_the_same(world):
    for key in world.people:
        identity = world.identity(key)
        with behind(identity):
            listed = {card.profile_id for card in lookup.look_up(identity, Criteria()).cards}
            for profile in db.session.scalars(select(Profile)):
                assert may(identity, "read", profile) == (profile.id in listed), key


def test_a_parent_sees_the_whole_card_of_their_child(world, browser):
    page = browser("guardian").get(f"/annuaire/personnes/{profile_of(world, 'pupil')}").text
    assert "Représentant légal" in page
    assert "Gaëlle" in page


def test_a_class_shows_faces_to_those_who_may(world, browser):
    with lifted():
        uid = db.session.scalar(select(lookup.Group.uid).where(lookup.Group.code == "6A"))
    page = browser("pupil").get(f"/annuaire/classes/{uid}").text
    assert "pr-faces" in page
    assert "Malo" in page
    assert browser("child").get(f"/annuaire/classes/{uid}").status_code == 404


@pytest.mark.sdet("UTI-IDO-PBL-07", "UTI-IDO-PBL-08")
def test_the_direction_exports_changes_and_imports_the_white_pages(world, browser):
    write_entry(world, "teacher", mail="theo@exemple.fr", about="=1+1;\nfin")
    head = browser("head")
    exported = head.get("/annuaire/export.csv")
    assert exported.headers["Content-Disposition"].startswith("attachment")
    assert "'=1+1" in exported.text
    changed = exported.text.replace("theo@exemple.fr", "prof@exemple.fr")
    school = world.structures["college"]
    answer = head.post(f"/annuaire/import/{school}", data={"file": (io.BytesIO(changed.encode()), "a.csv")})
    assert answer.status_code == 303
    again = head.get("/annuaire/export.csv").text
    assert again == changed
    cards = head.get("/annuaire/export.vcf").text
    assert "EMAIL:prof@exemple.fr\r\n" in cards
    assert cards.count("BEGIN:VCARD") == len(again.strip().splitlines()) - 2
    assert max(len(line.encode()) for line in cards.split("\r\n")) <= 75
    assert browser("teacher").get("/annuaire/export.csv").status_code == 403


@pytest.mark.sdet("UTI-IDO-PBL-08")
@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff" * 50, b"nom;prenom\nA;B\n", b"uid;courriel\nW9999999;a@b.fr\n",
        b"uid;courriel\nW0000003;a@b.fr\nW0000003;pas bon\n", b'uid;courriel\nW0000003;"a@b.fr\n',
        b"uid;telephone\nW0000005;0600000000\n",
        b"BEGIN:VCARD\n", b"BEGIN:VCARD\nEMAIL:a@b.fr\nEND:VCARD\n",
        b"BEGIN:VCARD\nUID:urn:preau:W0000003\nEMAIL:a@b.fr\nEND:VCARD\n"
        b"BEGIN:VCARD\nUID:urn:preau:W0000003\nEMAIL:pas bon\nEND:VCARD\n",
    ],
)  # fmt: skip
def test_a_bad_import_says_why_and_changes_nothing(world, content):
    head = world.identity("head")
    with behind(head), pytest.raises(Invalid) as refused:
        transfer.read(head, world.structures["college"], content)
    assert refused.value.errors
    assert seen_by(world, "head")["Théo"].mail == ""


@pytest.mark.sdet("UTI-IDO-PBL-07", "UTI-IDO-PBL-08")
def test_cards_changed_in_an_address_book_come_back(world, browser):
    write_entry(
        world, "teacher", mail="theo@exemple.fr", phone="0556000000", about="Latin, grec ; théâtre\nle midi"
    )
    head, school = browser("head"), world.structures["college"]
    cards = head.get("/annuaire/export.vcf").text
    changed = cards.replace(
        "EMAIL:theo@exemple.fr", "item1.EMAIL;TYPE=work:prof@exemple.fr\r\nEMAIL:autre@exemple.fr"
    )
    answer = head.post(f"/annuaire/import/{school}", data={"file": (io.BytesIO(changed.encode()), "a.vcf")})
    assert answer.status_code == 303
    assert head.get("/annuaire/export.vcf").text == cards.replace("theo@", "prof@")


@pytest.mark.sdet("UTI-IDO-PBL-05")
def test_a_card_for_an_address_book_holds_only_what_the_reader_sees(world, browser):
    write_entry(world, "teacher", mail="theo@exemple.fr", phone="0556000000")
    number = profile_of(world, "teacher")
    assert "EMAIL:theo" in browser("head").get(f"/annuaire/personnes/{number}.vcf").text
    assert "EMAIL" not in browser("pupil").get(f"/annuaire/personnes/{number}.vcf").text


def test_people_are_found_from_the_search_field_of_every_page(browser):
    assert "Théo" in browser("pupil").get("/recherche?q=professeur").text
    assert "Gaëlle" not in browser("pupil").get("/recherche?q=ga%C3%ABlle").text


def a_photo(size=(900, 600)):
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, "JPEG")
    made.seek(0)
    return made


def with_photo(client, **more):
    return client.post("/annuaire/ma-fiche", data={"photo": (a_photo(), "moi.jpg"), **more})


@pytest.mark.sdet("UTI-IDO-PBL-02", "UTI-IDO-PBL-04")
def test_an_adult_shows_a_photo_to_whom_they_like(world, browser):
    number = profile_of(world, "teacher")
    address = f"/annuaire/personnes/{number}/photo"
    assert browser("pupil").get(address).status_code == 404
    assert with_photo(browser("teacher")).status_code == 303
    with browser("pupil").get(address) as shown:
        assert shown.mimetype == "image/webp"
        assert max(Image.open(io.BytesIO(shown.data)).size) == 320
    assert address in browser("pupil").get("/annuaire/").text
    assert "PHOTO:data:image/jpeg" in browser("head").get(f"/annuaire/personnes/{number}.vcf").text
    browser("teacher").post("/annuaire/ma-fiche", data={"hide_photo": ["pupil"]})
    assert browser("pupil").get(address).status_code == 404
    assert "PHOTO" not in browser("pupil").get(f"/annuaire/personnes/{number}.vcf").text
    with browser("head").get(address) as seen:
        assert seen.status_code == 200


def test_a_photo_is_taken_away_by_its_owner_or_the_direction_alone(world, browser):
    number = profile_of(world, "teacher")
    with_photo(browser("teacher"))
    remove = f"/annuaire/personnes/{number}/photo/retirer"
    assert browser("camille").post(remove).status_code == 403
    assert browser("head").post(remove).status_code == 303
    assert browser("head").get(f"/annuaire/personnes/{number}/photo").status_code == 404
    assert browser("teacher").post(remove).status_code == 404


def test_a_minor_has_no_photo_and_what_is_no_picture_is_refused(browser):
    assert with_photo(browser("pupil")).status_code == 422
    broken = {"photo": (io.BytesIO(b"<svg onload=alert(1)>"), "moi.png"), "about": "Je lis"}
    answer = browser("teacher").post("/annuaire/ma-fiche", data=broken)
    assert answer.status_code == 422
    assert "Je lis" in answer.text


def test_two_tabs_do_not_overwrite_each_other_unknowingly(browser):
    client = browser("teacher")
    seen = re.search(r'name="seen" value="(\w+)"', client.get("/annuaire/ma-fiche").text)[1]
    assert (
        client.post("/annuaire/ma-fiche", data={"seen": seen, "about": "Premier onglet"}).status_code == 303
    )
    late = client.post("/annuaire/ma-fiche", data={"seen": seen, "about": "Second onglet"})
    assert late.status_code == 422
    assert "Premier onglet" in late.text
    assert "Second onglet" in late.text
    again = re.search(r'name="seen" value="(\w+)"', late.text)[1]
    assert (
        client.post("/annuaire/ma-fiche", data={"seen": again, "about": "Second onglet"}).status_code == 303
    )
    assert "Second onglet" in client.get("/annuaire/ma-fiche").text


@pytest.mark.sdet("UTI-IDO-PBL-07", "SOC-INT-IED-06")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_the_entries_of_a_school_come_back_the_same_with_their_photos(world, browser, export, policy):
    write_entry(world, "teacher", mail="theo@exemple.fr", about="Latin")
    with_photo(browser("teacher"), mail="theo@exemple.fr")
    before = export(structure="college")
    with lifted(), atomic() as session:
        session.execute(delete(Entry))
    scope = Scope("structure", structure_id=world.structures["college"])
    import_archive(system("tests"), scope, io.BytesIO(before), policy=policy)
    assert comparable(export(structure="college")) == comparable(before)
