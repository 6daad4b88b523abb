"""The signed-in home: tiles from rights, children, classes, messages, context, and few queries."""

import re

import pytest
from sqlalchemy import event, select

from preau.kernel.database import db
from preau.kernel.notify import notify
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile, Relation
from preau.socle.portal import messages
from preau.socle.portal.messages import MessageIn
from tests.app.security.pages import sign_in
from tests.support.world import PASSWORD


@pytest.fixture
def queries(app):
    """Counts what is sent to PostgreSQL, the walls' statements included."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    for engine in db.engines.values():
        event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in db.engines.values():
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.sdet("SOC-POR-PPO-04", "SOC-POR-PRE-01", "QUA-PER-01")
def test_the_tiles_are_the_services_that_rights_open(browser):
    assert "Administration" not in browser("pupil").get("/").text
    head = browser("head").get("/").text
    assert 'href="/administration/"' in head
    assert 'href="/signets/"' in head


def test_the_home_greets_by_first_name_in_each_face(browser):
    for key, face in (
        ("little", "maternelle"),
        ("child", "elementaire"),
        ("pupil", "college-lycee"),
        ("teacher", "adulte"),
    ):
        page = browser(key).get("/").text
        assert f'data-face="{face}"' in page
        assert f"images/hero/{face}.svg" in page


def test_a_parent_sees_each_child_with_class_and_school(world, browser):
    with lifted():
        db.session.add(
            Relation(guardian_id=world.people["camille"], pupil_id=world.people["pupil"], link="10", legal=1)
        )
        db.session.add(
            Relation(guardian_id=world.people["camille"], pupil_id=world.people["little"], link="10", legal=1)
        )
        db.session.add(
            Profile(
                person_id=world.people["camille"], structure_id=world.structures["college"], kind="guardian"
            )
        )
        db.session.commit()
    page = browser("camille").get("/").text
    for child in ("Zoé", "Lina", "Tom"):
        assert f"<h3>{child}</h3>" in page
    assert "CP · École Simone-Veil" in page
    assert "6e A · Collège Jean-Zay" in page


def test_a_teacher_sees_the_classes_of_the_chosen_school(browser):
    page = browser("teacher").get("/").text
    assert "Mes classes" in page
    assert "<strong>6e A</strong><span>2 élèves</span>" in page
    assert "Mes classes" not in browser("pupil").get("/").text


@pytest.mark.sdet("SOC-POR-PPO-02", "SOC-POR-PPO-03")
def test_a_message_of_the_administration_reaches_its_profiles_and_cannot_be_hidden(world, browser):
    admin = world.identity("admin")
    with behind(admin):
        messages.write_message(
            admin, None, MessageIn(title="Carte de cantine", audience=["guardian"], tone="warning")
        )
    guardian = browser("guardian")
    guardian.post("/preferences/accueil", data={"hide": "messages", "order": ["bookmarks"]})
    assert "Carte de cantine" in guardian.get("/").text
    assert "Carte de cantine" not in browser("pupil").get("/").text


def test_a_school_s_message_stays_in_the_school(world, browser):
    head = world.identity("head")
    with behind(head):
        messages.write_message(
            head, world.structures["college"], MessageIn(title="Portes ouvertes", body="**Samedi**")
        )
    assert "<strong>Samedi</strong>" in browser("pupil").get("/").text
    assert "Portes ouvertes" not in browser("child").get("/").text


def test_a_hostile_message_is_shown_as_text(world, browser):
    head = world.identity("head")
    with behind(head):
        messages.write_message(
            head,
            world.structures["college"],
            MessageIn(title="<b>x</b>", body="<script>alert(1)</script>[a](javascript:b)"),
        )
    page = browser("pupil").get("/").text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "&lt;b&gt;x" in page


@pytest.mark.sdet("QUA-PER-01")
def test_switching_context_changes_school_and_face_but_not_rights(world, browser):
    camille = browser("camille")
    before = world.identity("camille").grants
    with lifted():
        guardian_profile = db.session.scalar(
            select(Profile.id).where(Profile.person_id == world.people["camille"], Profile.kind == "guardian")
        )
    answer = camille.post("/contexte", data={"context": guardian_profile, "next": "/plan-du-site"})
    assert (answer.status_code, answer.location) == (303, "/plan-du-site")
    page = camille.get("/").text
    assert '<span class="pr-brand-name">École Simone-Veil</span>' in page
    assert world.identity("camille", context=guardian_profile).grants == before


def test_one_cannot_take_somebody_else_s_context_nor_be_sent_elsewhere(world, browser):
    teacher = browser("teacher")
    with lifted():
        theirs = db.session.scalar(select(Profile.id).where(Profile.person_id == world.people["head"]))
        mine = db.session.scalar(select(Profile.id).where(Profile.person_id == world.people["teacher"]))
    assert teacher.post("/contexte", data={"context": theirs}).status_code == 404
    assert teacher.post("/contexte", data={"context": "x" * 5000}).status_code == 404
    for hostile in ("https://ailleurs.test/", "//ailleurs.test", "/\\ailleurs.test", "javascript:x"):
        assert teacher.post("/contexte", data={"context": mine, "next": hostile}).location == "/"


@pytest.mark.parametrize("key", ["camille", "teacher", "head", "pupil", "little", "admin"])
def test_the_home_takes_at_most_ten_queries_cold_and_three_warm(browser, queries, key):
    client = browser(key)
    db.session.commit()
    queries.clear()
    assert client.get("/").status_code == 200
    cold = len(queries)
    queries.clear()
    db.session.commit()
    assert client.get("/").status_code == 200
    assert cold <= 10
    assert len(queries) <= 3, queries


@pytest.mark.sdet("QUA-FIA-03")
def test_what_the_school_changes_is_on_the_next_page(world, browser):
    pupil, head = browser("pupil"), browser("head")
    assert 'data-palette="preau"' in pupil.get("/").text
    head.post(f"/administration/apparence/structure/{world.structures['college']}", data={"palette": "foret"})
    assert 'data-palette="foret"' in pupil.get("/").text
    assert 'data-palette="preau"' in browser("child").get("/").text


@pytest.fixture
def visitor(browser):
    """``visitor("pupil")``: somebody who signs in by the form, on a device of their own."""

    def signs_in(login):
        client = browser()
        assert sign_in(client, login, PASSWORD).status_code == 303
        return client

    return signs_in


@pytest.mark.sdet("SOC-POR-PPO-02")
def test_the_home_counts_by_service_what_is_new_since_the_last_visit(world, visitor):
    teacher = world.identity("teacher")
    assert "Depuis votre dernière visite" not in visitor("pupil").get("/").text
    with behind(teacher), atomic():
        for title in ("Sortie", "Pique-nique"):
            to = [f"person:{world.people['pupil']}"]
            notify(
                teacher,
                "news.published",
                to,
                url="/actualites/",
                title=title,
                actor="Théo",
                school="Jean-Zay",
            )
        notify(teacher, "bookmarks.shared", to, url="/signets/", name="Volcans", actor="Théo")
    page = visitor("pupil").get("/").text
    assert "Depuis votre dernière visite, " in page
    counted = page.partition('class="pr-since-services"')[2].partition("</ul>")[0]
    assert re.findall(r'href="(\S+)".*?<strong>(\d)</strong>', counted) == [
        ("/actualites/", "2"),
        ("/signets/", "1"),
    ]
    page = visitor("pupil").get("/").text
    assert "Rien de nouveau depuis votre dernière visite." in page
    assert "Pique-nique" in page
