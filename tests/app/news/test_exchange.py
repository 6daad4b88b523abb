"""News leaves in an archive and comes back (SOC-INT-IED)."""

import io
import json
import re

import pytest
from sqlalchemy import delete, select

from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.services.communication.news import operations, readings
from preau.services.communication.news.models import Article, NotebookNotice, Reading, Version
from preau.services.communication.news.schemas import ArticleIn
from tests.app.exchange.conftest import comparable, members
from tests.app.exchange.conftest import export as export_fixture
from tests.app.news.populate import populate

export = export_fixture


def erase():
    with lifted(), atomic() as session:
        session.execute(delete(Article))


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-INT-IED-06")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_the_news_of_a_school_come_back_the_same_with_their_pictures(world, export, policy):
    populate(world)
    before = export(structure="college")
    erase()
    scope = Scope("structure", structure_id=world.structures["college"])
    import_archive(system("tests"), scope, io.BytesIO(before), policy=policy)
    assert comparable(export(structure="college")) == comparable(before)
    with lifted():
        found = db.session.scalars(select(Article).where(Article.picture.is_not(None))).one()
        assert found.picture_alt == "Un panier de tomates"


@pytest.mark.sdet("SOC-INT-IED-05")
def test_what_somebody_brings_back_does_not_publish_itself(world, export):
    populate(world)
    before = export("teacher")
    with lifted(), atomic() as session:
        for article in session.scalars(select(Article)):
            if article.owner_id == world.people["teacher"]:
                article.state = "published"
    before = export("teacher")
    erase()
    scope = Scope("person", person_id=world.people["teacher"])
    import_archive(world.identity("teacher"), scope, io.BytesIO(before), policy="merge")
    with lifted():
        assert [each.state for each in db.session.scalars(select(Article))] == ["draft"]


def revived(world):
    """The news of a school with a former text, a confirmed reading and a signed notice."""
    populate(world)
    head, guardian = world.identity("head"), world.identity("guardian")
    with behind(head):
        article = db.session.scalars(select(Article).where(Article.title == "Réunion de rentrée")).one()
        data = ArticleIn(
            structure_id=article.structure_id, title=article.title, body="Mardi à 19 h.", level=article.level,
            principals=article.audience, ask_receipt=True,
        )  # fmt: skip
        operations.change_article(head, article, data)
    with behind(guardian):
        readings.open_article(guardian, article)
        readings.confirm_reading(guardian, article)
        readings.sign(guardian, article, world.people["pupil"])


def school_of(world):
    return system("tests"), Scope("structure", structure_id=world.structures["college"])


@pytest.mark.sdet("SOC-INT-IED-06", "UTI-CCO-AIN-03")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_former_texts_readings_and_signed_notices_come_back(world, export, policy):
    revived(world)
    before = export(structure="college")
    assert b'"signed_by":"W' in b"".join(members(before).values())
    erase()
    import_archive(*school_of(world), io.BytesIO(before), policy=policy)
    assert comparable(export(structure="college")) == comparable(before)
    with lifted():
        assert db.session.scalars(select(NotebookNotice.signed_at)).first() is not None
        assert "18 h" in db.session.scalars(select(Version.body)).one()


def test_merging_an_older_archive_forgets_no_reading(world, export):
    populate(world)
    before = export(structure="college")
    teacher = world.identity("teacher")
    with behind(teacher):
        article = db.session.scalars(select(Article).where(Article.title == "Réunion de rentrée")).one()
        readings.open_article(teacher, article)
    import_archive(*school_of(world), io.BytesIO(before), policy="merge")
    with lifted():
        assert db.session.scalars(select(Reading.person_id)).all() == [teacher.person_id]


def test_an_author_takes_no_reader_away(world, export):
    revived(world)
    lines = members(export("head"))["data/news/news-article-v2.jsonl"].splitlines()
    assert lines
    assert all(json.loads(line)["data"]["readings"] is None for line in lines)
    assert any(json.loads(line)["data"]["versions"] for line in lines)


@pytest.mark.sdet("SOC-INT-IED-06")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_published_news_brought_back_over_themselves_stay_published(world, export, policy):
    populate(world)
    before = export("head")
    head = world.identity("head")
    import_archive(head, Scope("person", person_id=head.person_id), io.BytesIO(before), policy=policy)
    assert comparable(export("head")) == comparable(before)


@pytest.mark.sdet("SOC-INT-IED-13", "SOC-INT-IED-20", "SOC-INT-IED-23")
def test_an_export_is_written_in_the_version_that_is_chosen_and_read_back(world, browser, export):
    populate(world)
    page = browser("head").get("/mes-donnees").text
    assert re.search(r'name="version-news-article">\s*<option value="2">version 2.*?<option value="1">', page)
    before = export(structure="college", versions={"news-article": 1})
    found = members(before)
    assert "schemas/news-article-v1.json" in found
    (line, *_rest) = found["data/news/news-article-v1.jsonl"].splitlines()
    assert "readings" not in json.loads(line)["data"]
    erase()
    import_archive(*school_of(world), io.BytesIO(before), policy="replace")
    assert comparable(export(structure="college", versions={"news-article": 1})) == comparable(before)
