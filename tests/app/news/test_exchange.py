"""News leaves in an archive and comes back (SOC-INT-IED)."""

import io

import pytest
from sqlalchemy import delete, select

from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.communication.news.models import Article
from tests.app.exchange.conftest import comparable
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
