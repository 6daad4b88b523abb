"""The directory in archives: a school rises again in an empty instance."""

import io
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from preau.app import create_app
from preau.kernel import migrate
from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_export import export_archive
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.settings import Settings
from preau.socle.directory.models import Group, Person, Structure
from tests.app.exchange.conftest import comparable, members


@pytest.fixture
def empty_instance(cluster, worker, tmp_path) -> Iterator[object]:
    """A second instance with nothing in it."""
    name = f"second_{worker}"
    cluster.create_database(name)
    app = create_app(Settings(database=cluster.url(name), data=tmp_path, secret_key="second", testing=True))
    with app.app_context():
        migrate.create_from_models()
        db.session.rollback()
    yield app
    with app.app_context():
        db.session.close()
        db.engine.dispose()
    cluster.drop_database(name)


def exported(scope: Scope) -> bytes:
    out = io.BytesIO()
    export_archive(system("tests"), scope, out)
    db.session.rollback()
    return out.getvalue()


def of_school(uai: str) -> Scope:
    with lifted():
        return Scope(
            "structure", structure_id=db.session.scalar(select(Structure.id).where(Structure.uai == uai))
        )


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-SUP-HEB-06", "SOC-SEC-IAU-02")
def test_a_whole_school_rises_again_in_an_empty_instance(filled, export, empty_instance):
    before = export(structure="college")
    with empty_instance.app_context():
        report = import_archive(system("tests"), Scope("everything"), io.BytesIO(before), policy="refuse")
        assert report.absent == []
        assert comparable(exported(of_school("0330001K"))) == comparable(before)
        with lifted():
            assert db.session.scalar(select(func.count()).select_from(Person)) == 7
            teacher = db.session.scalar(select(Person).where(Person.uid == "W0000003"))
            assert teacher.open_to == [of_school("0330001K").structure_id]


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-SUP-HEB-06")
def test_everything_goes_into_an_empty_instance_and_comes_out_the_same(filled, export, empty_instance):
    before = export()
    with empty_instance.app_context():
        import_archive(system("tests"), Scope("everything"), io.BytesIO(before), policy="refuse")
        assert comparable(exported(Scope("everything"))) == comparable(before)


@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_the_directory_over_itself_writes_nothing(filled, export, policy):
    before = export(structure="college")
    scope = Scope("structure", structure_id=filled.structures["college"])
    report = import_archive(system("tests"), scope, io.BytesIO(before), policy=policy)
    assert [
        part.name for part in report.parts if part.created or part.replaced or part.merged or part.removed
    ] == []
    assert sum(part.unchanged for part in report.parts) > 10


def test_a_school_says_nothing_of_what_another_says_of_the_same_person(filled, export):
    people = members(export(structure="college"))["data/directory/person-v1.jsonl"].splitlines()
    (camille,) = [line for line in map(json.loads, people) if line["data"]["first_name"] == "Camille"]
    assert [profile["structure"] for profile in camille["data"]["profiles"]] == ["0330001K"]


def test_replacing_one_school_takes_nothing_from_another(filled, export):
    scope = Scope("structure", structure_id=filled.structures["college"])
    before = export()
    import_archive(system("tests"), scope, io.BytesIO(export(structure="college")), policy="replace")
    assert comparable(export()) == comparable(before)


@pytest.mark.sdet("SOC-INT-IED-06")
def test_a_changed_name_comes_back(filled, export):
    from preau.kernel.transaction import atomic

    before = export(structure="college")
    with lifted(), atomic() as session:
        session.get_one(Group, filled.groups["6A"]).name = "Sixième A"
        session.get_one(Person, filled.people["pupil"]).last_name = "Autrement"
    assert comparable(export(structure="college")) != comparable(before)
    scope = Scope("structure", structure_id=filled.structures["college"])
    import_archive(system("tests"), scope, io.BytesIO(before), policy="replace")
    assert comparable(export(structure="college")) == comparable(before)


def test_a_persons_own_archive_never_changes_the_directory(filled, export):
    content = export("pupil")
    assert "data/directory/person-v1.jsonl" in members(content)
    scope = Scope("person", person_id=filled.people["teacher"])
    import_archive(filled.identity("teacher"), scope, io.BytesIO(content), policy="replace")
    assert filled.person("teacher").first_name == "Théo"
    assert filled.person("pupil").first_name == "Lina"


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-SUP-HEB-06")
def test_what_every_service_holds_rises_again_in_an_empty_instance(populated, empty_instance):
    before = exported(Scope("everything"))
    with empty_instance.app_context():
        report = import_archive(system("tests"), Scope("everything"), io.BytesIO(before), policy="refuse")
        assert report.absent == []
        assert comparable(exported(Scope("everything"))) == comparable(before)


@pytest.mark.sdet("SOC-INT-IED-06")
@pytest.mark.parametrize("policy", ["replace", "merge"])
@pytest.mark.parametrize("key", ["teacher", "head", "pupil", "guardian"])
def test_what_one_person_has_in_every_service_comes_back_over_itself(populated, export, key, policy):
    before = export(key)
    scope = Scope("person", person_id=populated.people[key])
    import_archive(populated.identity(key), scope, io.BytesIO(before), policy=policy)
    assert comparable(export(key)) == comparable(before)
