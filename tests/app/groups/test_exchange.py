"""Groups leave in an archive and come back (UTI-UTL-GRP-06, UTI-UTL-GRP-07)."""

import io

import pytest
from sqlalchemy import delete, select

from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Membership
from tests.app.exchange.conftest import comparable
from tests.app.exchange.conftest import export as export_fixture
from tests.app.groups.populate import populate

export = export_fixture


def erase():
    with lifted(), atomic() as session:
        session.execute(delete(Group).where(Group.kind == "free"))


@pytest.mark.sdet("UTI-UTL-GRP-06")
@pytest.mark.parametrize("policy", ["refuse", "replace", "merge"])
def test_my_groups_come_back_the_same_after_a_loss(world, export, policy):
    populate(world)
    before = export("teacher")
    erase()
    assert comparable(export("teacher")) != comparable(before)
    scope = Scope("person", person_id=world.people["teacher"])
    import_archive(world.identity("teacher"), scope, io.BytesIO(before), policy=policy)
    assert comparable(export("teacher")) == comparable(before)


@pytest.mark.sdet("UTI-UTL-GRP-07")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_the_groups_of_a_school_come_back_the_same(world, export, policy):
    populate(world)
    before = export(structure="college")
    erase()
    scope = Scope("structure", structure_id=world.structures["college"])
    import_archive(system("tests"), scope, io.BytesIO(before), policy=policy)
    assert comparable(export(structure="college")) == comparable(before)


@pytest.mark.sdet("UTI-UTL-GRP-06")
def test_somebody_else_s_archive_brings_no_one_out_of_reach_into_a_group(world, export):
    populate(world)
    before = export("teacher")
    erase()
    scope = Scope("person", person_id=world.people["school_teacher"])
    identity = world.identity("school_teacher")
    with pytest.raises(Exception, match="établissement"):
        import_archive(identity, scope, io.BytesIO(before), policy="merge")
    with lifted():
        made = select(Membership.person_id).join(Group).where(Group.kind == "free")
        assert db.session.scalars(made).all() == []
