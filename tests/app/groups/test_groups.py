"""Groups as people make and run them."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from preau.kernel import jobs, preferences, rights, statistics
from preau.kernel.database import db, today
from preau.kernel.notify_models import NotificationRow
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.utilities.files.models import Space
from preau.services.utilities.groups import jobs as group_jobs
from preau.services.utilities.groups import tools
from preau.services.utilities.groups.models import GroupSheet
from preau.socle.directory.models import Group, Membership
from preau.socle.security.authentication.sessions import rights_moved
from preau.socle.security.models import PermissionOverride


def make(client, world, **values):
    data = {
        "name": "Club théâtre",
        "structure_id": world.structures["college"],
        "joining": "closed",
        **values,
    }
    return client.post("/groupes/creer", data=data)


def only():
    with lifted():
        return db.session.scalars(select(Group).where(Group.kind == "free")).one()


def add(client, group, *principals):
    return client.post(f"/groupes/{group.id}/membres/ajouter", data={"principals": list(principals)})


def person(world, key):
    return f"person:{world.people[key]}"


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_a_teacher_makes_a_group_and_its_members_find_it(browser, world):
    teacher = browser("teacher")
    assert make(teacher, world, description="Le mardi à midi").status_code == 303
    group = only()
    assert add(teacher, group, f"group:{world.groups['6A']}").status_code == 303
    pupil = browser("pupil")
    assert "Club théâtre" in pupil.get("/groupes/").text
    page = pupil.get(f"/groupes/{group.id}").text
    assert "Le mardi à midi" in page
    assert "Malo Voisin" in page
    assert "Ajouter des membres" not in page
    with lifted():
        told = select(NotificationRow.event).where(NotificationRow.person_id == world.people["pupil"])
        assert "groups.added" in db.session.scalars(told).all()


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_what_is_shared_with_a_group_opens_to_a_member_who_was_already_signed_in(browser, world):
    pupil, teacher = browser("pupil"), browser("teacher")
    make(teacher, world)
    group = only()
    assert pupil.get(f"/groupes/{group.id}").status_code == 404
    add(teacher, group, person(world, "pupil"))
    assert pupil.get(f"/groupes/{group.id}").status_code == 200
    with lifted():
        assert f"group:{group.id}" in world.identity("pupil").principals
        assert f"group:{group.id}:guardian" in world.identity("guardian").principals


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_only_people_of_the_school_enter_a_group_of_the_school(browser, world):
    teacher = browser("teacher")
    make(teacher, world)
    group = only()
    assert add(teacher, group, person(world, "stranger")).status_code == 422
    assert add(teacher, group, person(world, "school_teacher")).status_code == 422
    assert add(teacher, group).status_code == 422
    with lifted():
        assert db.session.scalars(
            select(Membership.person_id).where(Membership.group_id == group.id)
        ).all() == [world.people["teacher"]]


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_a_code_brings_somebody_of_another_school_into_a_group_across_schools(browser, world):
    teacher, stranger = browser("teacher"), browser("stranger")
    make(teacher, world, structure_id="", joining="code")
    group = only()
    assert stranger.get(f"/groupes/{group.id}").status_code == 404
    with lifted():
        code = db.session.get(GroupSheet, group.id).code
    assert code in teacher.get(f"/groupes/{group.id}").text
    assert stranger.post("/groupes/rejoindre", data={"code": "faux"}).status_code == 422
    assert stranger.post("/groupes/rejoindre", data={"code": code.upper()}).status_code == 303
    assert "Club théâtre" in stranger.get(f"/groupes/{group.id}").text
    assert "Ugo Ailleurs" in teacher.get(f"/groupes/{group.id}").text
    assert "Théo Professeur" in stranger.get(f"/groupes/{group.id}").text
    with lifted():
        assert set(only().open_to) == {world.structures["college"], world.structures["lycee"]}


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_a_code_of_a_group_of_one_school_opens_nothing_to_another(browser, world):
    make(browser("teacher"), world, joining="code")
    with lifted():
        code = db.session.scalars(select(GroupSheet.code)).one()
    assert browser("stranger").post("/groupes/rejoindre", data={"code": code}).status_code == 403


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_one_asks_to_enter_and_a_manager_answers(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    make(teacher, world, joining="request")
    group = only()
    assert "Club théâtre" in pupil.get("/groupes/rejoindre").text
    assert "Club théâtre" not in browser("stranger").get("/groupes/rejoindre").text
    pupil.post(f"/groupes/{group.id}/demander", data={"message": "J’aime jouer"})
    assert "J’aime jouer" in teacher.get(f"/groupes/{group.id}").text
    teacher.post(f"/groupes/{group.id}/demandes/{world.people['pupil']}", data={"answer": "oui"})
    assert pupil.get(f"/groupes/{group.id}").status_code == 200
    assert browser("stranger").post(f"/groupes/{group.id}/demander").status_code == 404


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_the_last_manager_stays_until_another_is_named(browser, world):
    teacher, camille = browser("teacher"), browser("camille")
    make(teacher, world)
    group = only()
    assert teacher.post(f"/groupes/{group.id}/quitter").status_code == 409
    add(teacher, group, person(world, "camille"))
    teacher.post(f"/groupes/{group.id}/membres/{world.people['camille']}/role", data={"role": "manager"})
    assert teacher.post(f"/groupes/{group.id}/quitter").status_code == 303
    assert camille.get(f"/groupes/{group.id}/modifier").status_code == 200
    assert teacher.get(f"/groupes/{group.id}").status_code == 404


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_a_member_taken_out_loses_what_the_group_opened_and_can_be_put_back(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    make(teacher, world)
    group = only()
    add(teacher, group, person(world, "pupil"))
    pupil_id = world.people["pupil"]
    assert "Remettre cette personne" in teacher.post(f"/groupes/{group.id}/membres/{pupil_id}/retirer").text
    assert pupil.get(f"/groupes/{group.id}").status_code == 404
    teacher.post(f"/groupes/{group.id}/membres/{pupil_id}/remettre")
    assert pupil.get(f"/groupes/{group.id}").status_code == 200


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_a_group_lives_until_its_last_day_and_its_managers_are_told_before(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    make(teacher, world, ends_on=(today() + timedelta(days=5)).isoformat())
    group = only()
    add(teacher, group, person(world, "pupil"))
    with lifted():
        group_jobs.follow_lifetimes()
        group_jobs.follow_lifetimes()
        told = select(NotificationRow).where(NotificationRow.event == "groups.end_near")
        assert [each.person_id for each in db.session.scalars(told)] == [world.people["teacher"]]
        with atomic():
            db.session.get(Group, group.id).ends_on = today() - timedelta(days=1)
        group_jobs.follow_lifetimes()
        assert f"group:{group.id}" not in world.identity("pupil").principals
    assert "Club théâtre" not in pupil.get("/groupes/").text
    assert "Club théâtre" in teacher.get("/groupes/?fermes=1").text


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_a_closed_group_can_be_opened_again_and_an_open_one_is_never_deleted(browser, world):
    teacher = browser("teacher")
    make(teacher, world)
    group = only()
    assert teacher.post(f"/groupes/{group.id}/supprimer").status_code == 409
    assert "Rouvrir ce groupe" in teacher.post(f"/groupes/{group.id}/fermer").text
    assert "Club théâtre" not in teacher.get("/groupes/").text
    teacher.post(f"/groupes/{group.id}/rouvrir")
    assert "Club théâtre" in teacher.get("/groupes/").text
    teacher.post(f"/groupes/{group.id}/fermer")
    assert teacher.post(f"/groupes/{group.id}/supprimer").status_code == 303
    with lifted():
        assert db.session.get(Group, group.id) is None


def test_a_life_that_ends_before_it_begins_is_refused_and_nothing_typed_is_lost(browser, world):
    answer = make(browser("teacher"), world, starts_on="2030-02-01", ends_on="2030-01-01", name="Voile")
    assert answer.status_code == 422
    assert "vient avant le premier" in answer.text
    assert 'value="Voile"' in answer.text


def test_a_class_is_read_and_never_changed_here(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    group_id = world.groups["6A"]
    assert "6e A" in pupil.get("/groupes/").text
    assert teacher.get(f"/groupes/{group_id}").status_code == 200
    assert teacher.get(f"/groupes/{group_id}/modifier").status_code == 403
    assert pupil.post(f"/groupes/{group_id}/quitter").status_code == 403
    assert browser("school_teacher").get(f"/groupes/{group_id}").status_code == 404


@pytest.mark.sdet("UTI-UTL-GRP-02")
def test_the_manager_gives_the_group_a_tool_and_its_members_use_it(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    make(teacher, world)
    group = only()
    add(teacher, group, person(world, "pupil"))
    assert pupil.get(f"/signets/groupes/{group.id}").status_code == 403
    teacher.post(f"/groupes/{group.id}/outils", data={"tools": ["bookmarks"], "level_bookmarks": "write"})
    assert "Signets" in pupil.get(f"/groupes/{group.id}").text
    assert pupil.get(f"/signets/groupes/{group.id}").status_code == 200
    teacher.post(f"/signets/groupes/{group.id}")
    assert "Club théâtre" in pupil.get(f"/signets/groupes/{group.id}").text
    assert browser("other_pupil").get(f"/signets/groupes/{group.id}").status_code == 404


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_rights_on_a_tool_are_those_of_the_members_unless_decided_for_one(browser, world):
    teacher = browser("teacher")
    make(teacher, world)
    group = only()
    add(teacher, group, f"group:{world.groups['6A']}")
    teacher.post(f"/groupes/{group.id}/outils", data={"tools": ["bookmarks"], "level_bookmarks": "read"})
    path = f"/groupes/{group.id}/membres/{world.people['pupil']}/droits"
    teacher.post(path, data={"level_bookmarks": "write"})
    levels = {}
    for key in ("pupil", "other_pupil", "teacher", "guardian"):
        identity = world.identity(key)
        with behind(identity):
            found = db.session.get(Group, group.id)
            levels[key] = tools.level_of(identity, found, "bookmarks")
    assert levels == {"pupil": "write", "other_pupil": "read", "teacher": "manage", "guardian": "none"}
    assert browser("pupil").post(f"/signets/groupes/{group.id}").status_code == 303
    assert browser("other_pupil").post(f"/signets/groupes/{group.id}").status_code == 403


def set_limits(client, world, **values):
    data = {"structure_id": world.structures["college"], "most_teacher": "50", "quota_teacher": "100"}
    return client.post("/groupes/reglages", data={**data, "tools_teacher": ["bookmarks"], **values})


@pytest.mark.sdet("UTI-UTL-GRP-03")
def test_the_administrator_limits_the_number_of_groups_of_a_category(browser, world):
    assert set_limits(browser("manager"), world, most_teacher="1").status_code == 303
    teacher = browser("teacher")
    assert make(teacher, world).status_code == 303
    answer = make(teacher, world, name="Échecs")
    assert answer.status_code == 422
    assert "le plus possible" in answer.text
    assert 'value="Échecs"' in answer.text
    assert make(browser("head"), world, name="Conseil").status_code == 303


@pytest.mark.sdet("UTI-UTL-GRP-04")
def test_the_administrator_chooses_the_tools_and_quotas_of_a_category(browser, world):
    set_limits(browser("manager"), world)
    teacher = browser("teacher")
    make(teacher, world)
    group = only()
    page = teacher.get(f"/groupes/{group.id}/outils").text
    assert 'id="tool-bookmarks"' in page
    assert 'id="tool-news"' not in page
    refused = teacher.post(f"/groupes/{group.id}/outils", data={"tools": ["news"], "level_news": "read"})
    assert refused.status_code == 422
    too_much = {"tools": ["bookmarks"], "level_bookmarks": "read", "quota_bookmarks": "101"}
    assert teacher.post(f"/groupes/{group.id}/outils", data=too_much).status_code == 422
    with lifted():
        assert preferences.value("groups.tools_teacher", None, world.structures["college"]) == ["bookmarks"]


@pytest.mark.sdet("UTI-UTL-GRP-04")
@pytest.mark.parametrize("key", ["teacher", "pupil", "school_head"])
def test_only_the_school_s_administrators_set_the_limits(browser, world, key):
    assert set_limits(browser(key), world).status_code == 403


@pytest.mark.sdet("UTI-UTL-GRP-05")
def test_the_administrator_closes_the_service_to_a_category(browser, world):
    with lifted(), atomic() as session:
        session.add(
            PermissionOverride(
                structure_id=world.structures["college"],
                permission="groups.use",
                profile="pupil",
                allowed=False,
            )
        )
        rights_moved(world.people["pupil"])
    assert browser("pupil").get("/groupes/").status_code == 403
    assert browser("pupil").get("/api/v1/groups").status_code == 403
    assert browser("teacher").get("/groupes/").status_code == 200


@pytest.mark.sdet("UTI-UTL-GRP-06")
def test_members_go_out_as_a_spreadsheet_and_come_in_the_same(browser, world):
    teacher = browser("teacher")
    make(teacher, world)
    group = only()
    add(teacher, group, f"group:{world.groups['6A']}")
    listed = teacher.get(f"/groupes/{group.id}/membres.csv").data
    assert "Élève;Lina;membre" in listed.decode("utf-8-sig")
    for pupil in ("pupil", "other_pupil"):
        teacher.post(f"/groupes/{group.id}/membres/{world.people[pupil]}/retirer")
    upload = {"file": (io.BytesIO(listed), "membres.csv")}
    answer = teacher.post(f"/groupes/{group.id}/importer", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert teacher.get(f"/groupes/{group.id}/membres.csv").data == listed


@pytest.mark.sdet("UTI-UTL-GRP-06")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "n’importe quoi",
        "nom;prenom;role\nÉlève;Lina;membre\nAilleurs;Ugo;membre",
        "nom;prenom;role\nÉlève;Lina;chef",
        "identifiant\nW9999999",
        "nom;prenom\nMaître;Yann",
    ],
)
def test_a_list_with_an_error_adds_nobody_and_says_which_line(browser, world, content):
    teacher = browser("teacher")
    make(teacher, world)
    group = only()
    upload = {"file": (io.BytesIO(content.encode()), "membres.csv")}
    answer = teacher.post(f"/groupes/{group.id}/importer", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 422
    with lifted():
        members = select(Membership.person_id).where(Membership.group_id == group.id)
        assert db.session.scalars(members).all() == [world.people["teacher"]]


@pytest.mark.sdet("SOC-SEC-AUT-01")
@pytest.mark.parametrize("action", ["read", "write"])
def test_lists_and_checks_of_groups_agree_for_everybody(browser, world, action):
    make(browser("teacher"), world)
    add(browser("teacher"), only(), f"group:{world.groups['6A']}")
    make(browser("camille"), world, structure_id="", name="Entre écoles")
    with lifted():
        everything = db.session.scalars(select(Group)).all()
    for key in world.people:
        identity = world.identity(key)
        with behind(identity):
            listed = set(db.session.scalars(rights.allowed(identity, Group, action)))
            visible = [
                each
                for each in everything
                if identity.everywhere
                or each.owner_id == identity.person_id
                or identity.structures & set(each.open_to)
            ]
            assert listed == {each for each in visible if rights.may(identity, action, each)}


def test_a_foreign_school_sees_nothing_through_any_page_of_a_group(browser, world):
    make(browser("teacher"), world)
    group = only()
    paths = ("", "/modifier", "/membres/ajouter", "/outils", "/membres.csv", "/importer")
    for key in ("school_head", "stranger", "other_pupil"):
        for path in paths:
            assert browser(key).get(f"/groupes/{group.id}{path}").status_code == 404
    for path in ("/fermer", "/rouvrir", "/supprimer", "/quitter"):
        assert browser("school_head").post(f"/groupes/{group.id}{path}").status_code == 404


def test_the_administrator_finds_every_group_of_the_school(browser, world):
    make(browser("teacher"), world)
    assert "Club théâtre" in browser("head").get("/groupes/administration?q=club").text
    assert "Club théâtre" not in browser("school_head").get("/groupes/administration").text
    assert browser("teacher").get("/groupes/administration").status_code == 403


def test_the_api_makes_lists_and_closes(browser, world):
    teacher = browser("teacher")
    made = teacher.post("/api/v1/groups", json={"name": "API", "structure_id": world.structures["college"]})
    assert made.status_code == 201
    key = made.json["id"]
    teacher.post(f"/api/v1/groups/{key}/members", json={"principals": [person(world, "pupil")]})
    names = [each["name"] for each in teacher.get(f"/api/v1/groups/{key}/members").json["items"]]
    assert names == ["Théo Professeur", "Lina Élève"]
    assert "API" in [each["name"] for each in browser("pupil").get("/api/v1/groups").json["items"]]
    assert teacher.delete(f"/api/v1/groups/{key}").status_code == 204
    jobs.run_pending()
    assert "API" not in [each["name"] for each in browser("pupil").get("/api/v1/groups").json["items"]]


@pytest.mark.sdet("UTI-UTL-GRP-02", "UTI-UTL-GRP-04")
def test_the_group_s_space_of_files_is_what_its_manager_gave(browser, world):
    teacher, pupil = browser("teacher"), browser("pupil")
    make(teacher, world)
    group = only()
    add(teacher, group, person(world, "pupil"))
    assert pupil.get(f"/fichiers/groupes/{group.id}").status_code == 403
    given = {"tools": ["files"], "level_files": "read", "quota_files": "20"}
    assert teacher.post(f"/groupes/{group.id}/outils", data=given).status_code == 303
    assert pupil.get(f"/fichiers/groupes/{group.id}").status_code < 400
    with lifted():
        space = db.session.scalars(select(Space).where(Space.group_id == group.id)).one()
        assert (space.members_level, space.quota_set) == ("read", 20 * 1024**2)
    teacher.post(f"/groupes/{group.id}/outils", data={})
    assert pupil.get(f"/fichiers/groupes/{group.id}").status_code == 403


@pytest.mark.sdet("UTI-UTL-GRP-01")
def test_making_a_group_is_counted_without_anybody_s_name(browser, world):
    before = statistics.waiting()
    make(browser("teacher"), world)
    assert any(key.counter == "groups.created" for key in statistics._tally)
    assert statistics.waiting() > before


def test_two_managers_do_not_overwrite_each_other_unknowingly(browser, world):
    client = browser("teacher")
    make(client, world)
    address = f"/groupes/{only().id}/modifier"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).text)[1]
    form = {"structure_id": world.structures["college"], "joining": "closed", "seen": seen}
    assert client.post(address, data={**form, "name": "Théâtre et danse"}).status_code == 303
    late = client.post(address, data={**form, "name": "Théâtre d’ombres"})
    assert late.status_code == 422
    assert "Théâtre et danse" in late.text
    assert "Théâtre d’ombres" in late.text
    assert only().name == "Théâtre et danse"
