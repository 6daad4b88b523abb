"""News as people read and write it."""

import io
import re
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from preau.kernel import jobs
from preau.kernel.database import SCHOOL_ZONE, db, now, today
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.communication.news import queries
from preau.services.communication.news.models import Article


def write(client, world, /, *, send=True, to=None, **values):
    """Post the form of a new article."""
    data = {
        "structure_id": world.structures["college"],
        "title": "Portes ouvertes",
        "body": "Venez **samedi**.",
        "level": "information",
        "principals": to or [f"structure:{world.structures['college']}"],
        "duration": "7",
        "send" if send else "save": "1",
        **values,
    }
    return client.post("/actualites/ecrire", data=data, content_type="multipart/form-data")


def only():
    with lifted():
        return db.session.scalars(select(Article)).one()


def picture(size=(60, 40)):
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, "PNG")
    made.seek(0)
    return made


def shown(client):
    return client.get("/actualites/").text


@pytest.mark.sdet("UTI-CCO-AIN-01")
def test_a_head_informs_the_whole_community_of_the_school_and_nobody_else(browser, world):
    assert write(browser("head"), world).status_code == 303
    for reader in ("pupil", "guardian", "teacher", "camille"):
        assert "Portes ouvertes" in shown(browser(reader))
    article = only()
    for stranger in ("school_teacher", "child", "stranger"):
        assert "Portes ouvertes" not in shown(browser(stranger))
        assert browser(stranger).get(f"/actualites/{article.id}").status_code == 404


@pytest.mark.sdet("UTI-CCO-AIN-01")
def test_news_for_a_class_and_for_its_families_reaches_only_them(browser, world):
    group = world.groups["6A"]
    write(browser("head"), world, to=[f"group:{group}"], title="Sortie au musée")
    write(browser("head"), world, to=[f"group:{group}:guardian"], title="Réunion des familles")
    pupil, guardian, teacher = (shown(browser(each)) for each in ("pupil", "guardian", "manager"))
    assert "Sortie au musée" in pupil
    assert "Réunion des familles" not in pupil
    assert "Réunion des familles" in guardian
    assert "Sortie au musée" not in teacher


@pytest.mark.sdet("UTI-CCO-AIN-01")
def test_an_alert_comes_before_what_is_newer_and_what_is_pinned_before_all(browser, world):
    head = browser("head")
    write(head, world, title="Alerte crue", level="alert")
    write(head, world, title="Menu de mardi")
    write(head, world, title="Charte", pinned="1")
    page = shown(browser("pupil"))
    assert page.index("Charte") < page.index("Alerte crue") < page.index("Menu de mardi")
    only_alerts = browser("pupil").get("/actualites/?niveau=alert").text
    assert "Alerte crue" in only_alerts
    assert "Menu de mardi" not in only_alerts


@pytest.mark.sdet("UTI-CCO-AIN-02")
def test_nothing_is_shown_before_its_first_day_nor_after_its_last(browser, world, app):
    write(browser("head"), world, duration="1")
    article = only()
    pupil = browser("pupil")
    assert "Portes ouvertes" in shown(pupil)
    moments = {
        "over": (now() - timedelta(days=2), now() - timedelta(seconds=1)),
        "to come": (now() + timedelta(hours=1), now() + timedelta(days=1)),
    }
    for starts_at, ends_at in moments.values():
        with lifted(), atomic():
            article = db.session.get(Article, article.id)
            article.starts_at, article.ends_at = starts_at, ends_at
        assert "Portes ouvertes" not in shown(pupil)
        assert pupil.get(f"/actualites/{article.id}").status_code == 404
        assert queries.latest(world.identity("pupil")) == []


@pytest.mark.sdet("UTI-CCO-AIN-02")
@pytest.mark.parametrize("duration", ["1", "3", "7", "14", "30"])
def test_a_duration_counts_whole_days_from_the_first(browser, world, duration):
    first = today() + timedelta(days=3)
    write(browser("head"), world, starts_on=first.isoformat(), duration=duration)
    article = only()
    assert article.starts_at.astimezone(SCHOOL_ZONE).date() == first
    assert article.ends_at.astimezone(SCHOOL_ZONE).date() == first + timedelta(days=int(duration))


@pytest.mark.sdet("UTI-CCO-AIN-02")
def test_a_last_day_in_the_past_is_refused_and_nothing_typed_is_lost(browser, world):
    yesterday = (today() - timedelta(days=1)).isoformat()
    answer = write(browser("head"), world, duration="date", ends_on=yesterday, body="Mon long texte")
    assert answer.status_code == 422
    assert "déjà passé" in answer.text
    assert "Mon long texte" in answer.text


@pytest.mark.sdet("UTI-CCO-AIN-02")
def test_what_is_over_goes_to_the_archives_where_its_author_finds_it(browser, world):
    head = browser("head")
    write(head, world)
    article = only()
    with lifted(), atomic():
        article = db.session.get(Article, article.id)
        article.starts_at, article.ends_at = now() - timedelta(days=5), now() - timedelta(days=1)
    assert "Portes ouvertes" in head.get("/actualites/archives?q=samedi").text
    assert "Portes ouvertes" not in head.get("/actualites/archives?q=dimanche").text
    assert "Portes ouvertes" not in browser("pupil").get("/actualites/archives").text


def test_text_is_markdown_and_nothing_hostile_survives_in_it(browser, world):
    body = (
        "# Bal\n\n<script>alert(1)</script> [x](javascript:alert(2)) "
        "![p](https://espion.example/p.png) **gras**"
    )
    write(browser("head"), world, body=body)
    page = browser("pupil").get(f"/actualites/{only().id}").text
    assert "<strong>gras</strong>" in page
    assert "<h3>Bal</h3>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "espion.example" not in page


def test_a_picture_needs_a_description_and_is_served_without_its_metadata(browser, world):
    head = browser("head")
    answer = write(head, world, picture=(picture(), "photo.png"))
    assert answer.status_code == 422
    assert "Décrivez l’image" in answer.text
    write(head, world, picture=(picture(), "photo.png"), picture_alt="La cour en fleurs")
    article = only()
    page = browser("pupil").get(f"/actualites/{article.id}").text
    assert 'alt="La cour en fleurs"' in page
    image = browser("pupil").get(f"/actualites/{article.id}/image", buffered=True)
    assert image.content_type == "image/webp"
    assert b"EXIF" not in image.data
    assert browser("stranger").get(f"/actualites/{article.id}/image").status_code == 404


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\0" * 99]
)
def test_what_is_no_picture_is_refused_with_a_reason(browser, world, content):
    answer = write(browser("head"), world, picture=(io.BytesIO(content), "x.png"), picture_alt="Rien")
    assert answer.status_code == 422
    assert "n’est pas une image" in answer.text


def test_the_preview_shows_the_text_and_saves_nothing(browser, world):
    head = browser("head")
    answer = write(head, world, send=False, preview="1")
    assert "<strong>samedi</strong>" in answer.text
    assert "<strong>samedi</strong>" in head.post("/actualites/apercu", data={"body": "**samedi**"}).text
    with lifted():
        assert db.session.scalars(select(Article)).all() == []


def test_a_former_text_can_be_brought_back(browser, world):
    head = browser("head")
    write(head, world)
    article = only()
    changed = {"structure_id": world.structures["college"], "title": "Autre titre", "body": "Autre texte"}
    changed |= {"principals": article.audience, "duration": "7", "save": "1"}
    assert head.post(f"/actualites/{article.id}/modifier", data=changed).status_code == 303
    assert "Autre texte" in head.get(f"/actualites/{article.id}").text
    assert "Portes ouvertes" in head.get(f"/actualites/{article.id}/versions").text
    head.post(f"/actualites/{article.id}/versions/1/reprendre")
    assert "samedi" in head.get(f"/actualites/{article.id}").text


def test_what_is_thrown_away_is_hidden_at_once_and_can_come_back(browser, world):
    head = browser("head")
    write(head, world)
    article = only()
    assert "Remettre cette actualité" in head.post(f"/actualites/{article.id}/supprimer").text
    assert "Portes ouvertes" not in shown(browser("pupil"))
    assert "Portes ouvertes" in head.get("/actualites/mes-textes?corbeille=1").text
    head.post(f"/actualites/{article.id}/restaurer")
    assert "Portes ouvertes" in shown(browser("pupil"))


def test_a_pupil_reads_and_does_not_write(browser, world):
    pupil = browser("pupil")
    assert "Écrire une actualité" not in shown(pupil)
    assert write(pupil, world).status_code == 403


def test_public_news_is_read_without_signing_in_as_long_as_it_is_shown(browser, world):
    head = browser("head")
    write(head, world, public="1", title="Inscriptions")
    write(head, world, title="Interne")
    nobody = browser()
    assert "Inscriptions" in nobody.get("/").text
    assert "Interne" not in nobody.get("/").text
    titles = [article.title for article in queries.public_news()]
    assert titles == ["Inscriptions"]
    opened, closed = queries.public_news()[0], None
    with lifted():
        closed = db.session.scalars(select(Article).where(Article.title == "Interne")).one()
    assert "samedi" in nobody.get(f"/actualites/publiques/{opened.id}").text
    assert nobody.get(f"/actualites/publiques/{closed.id}").status_code == 404
    with lifted(), atomic():
        db.session.get(Article, opened.id).ends_at = now()
    assert nobody.get(f"/actualites/publiques/{opened.id}").status_code == 404
    assert queries.public_news() == []


def test_only_the_direction_opens_news_to_anybody(browser, world):
    answer = write(browser("teacher"), world, public="1", to=[f"group:{world.groups['6A']}"])
    assert answer.status_code == 422
    assert "tout public" in answer.text


def test_the_search_finds_news_while_it_is_shown_only(browser, world):
    write(browser("head"), world, title="Spectacle de cirque")
    jobs.run_pending()
    assert "Spectacle de cirque" in browser("pupil").get("/recherche?q=cirque").text
    assert "Spectacle de cirque" not in browser("stranger").get("/recherche?q=cirque").text
    with lifted(), atomic():
        article = db.session.scalars(select(Article)).one()
        article.starts_at, article.ends_at = now() - timedelta(days=5), now() - timedelta(days=1)
    assert "Spectacle de cirque" not in browser("pupil").get("/recherche?q=cirque").text


def test_the_home_page_reads_its_news_in_one_query(world, browser, queries_of):
    write(browser("head"), world)
    identity = world.identity("pupil")
    with lifted(), queries_of() as statements:
        assert [each.title for each in queries.latest(identity, 5)] == ["Portes ouvertes"]
    assert len([each for each in statements if "news_article" in each]) == 1


def test_the_api_writes_submits_and_lists(browser, world):
    head = browser("head")
    data = {
        "structure_id": world.structures["college"],
        "title": "Par l’API",
        "body": "Bonjour",
        "principals": [f"structure:{world.structures['college']}"],
    }
    made = head.post("/api/v1/news", json=data)
    assert made.status_code == 201
    assert made.json["state"] == "draft"
    assert browser("pupil").get("/api/v1/news").json["items"] == []
    key = made.json["id"]
    assert head.post(f"/api/v1/news/{key}/submission", json={}).json["state"] == "published"
    assert browser("pupil").get("/api/v1/news").json["items"][0]["title"] == "Par l’API"
    assert head.post("/api/v1/news", json={**data, "principals": []}).status_code == 422
    assert browser("stranger").get(f"/api/v1/news/{key}").status_code == 404


def the_mark(page):
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]


def test_two_tabs_on_one_article_lose_nothing_of_either(browser, world):
    client = browser("head")
    write(client, world)
    address = f"/actualites/{only().id}/modifier"
    seen = the_mark(client.get(address))
    form = {
        "structure_id": world.structures["college"],
        "title": "Portes ouvertes",
        "level": "information",
        "principals": [f"structure:{world.structures['college']}"],
        "duration": "7",
    }
    assert client.post(address, data={**form, "body": "Dès 9 h", "seen": seen}).status_code == 303
    preview = client.post(address, data={**form, "body": "Dès 14 h", "seen": seen, "preview": "1"})
    assert the_mark(preview) == seen
    late = client.post(address, data={**form, "body": "Dès 14 h", "seen": seen})
    assert late.status_code == 422
    assert "Dès 9 h" in late.text
    assert "Dès 14 h" in late.text
    assert only().body == "Dès 9 h"
    assert client.post(address, data={**form, "body": "Dès 14 h", "seen": the_mark(late)}).status_code == 303
    assert only().body == "Dès 14 h"


def test_whoever_reads_news_of_several_schools_sees_which_one_speaks(browser, world):
    write(browser("head"), world)
    write(
        browser("school_head"), world, title="La chorale", structure_id=world.structures["ecole"],
        to=[f"structure:{world.structures['ecole']}"],
    )  # fmt: skip
    page = cards(browser("camille"))
    assert "Collège Jean-Zay" in page
    assert "École Simone-Veil" in page
    assert "Collège Jean-Zay" not in cards(browser("pupil"))


def cards(client):
    return shown(client).partition('class="row g-3')[2]
