"""Export → import → export gives the same archive."""

import io
import json

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import delete, func, select

from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.information.bookmarks.models import Bookmark, Folder
from tests.app.exchange.conftest import comparable, members


def count(model) -> int:
    with lifted():
        return db.session.scalar(select(func.count()).select_from(model))


def own(world, key="teacher"):
    return world.identity(key), Scope("person", person_id=world.people[key])


def erase():
    with lifted(), atomic() as session:
        session.execute(delete(Bookmark))
        session.execute(delete(Folder))


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-INT-IED-06", "SOC-INT-IED-10")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_my_data_come_back_the_same_over_themselves(filled, export, policy):
    before = export("teacher")
    report = import_archive(*own(filled), io.BytesIO(before), policy=policy)
    assert {
        part.name: (part.created, part.removed) for part in report.parts if part.created or part.removed
    } == {}
    assert comparable(export("teacher")) == comparable(before)


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-INT-IED-06", "QUA-FIA-02")
@pytest.mark.parametrize("policy", ["refuse", "replace", "merge"])
def test_my_data_come_back_the_same_after_a_loss(filled, export, policy):
    before = export("teacher")
    erase()
    assert comparable(export("teacher")) != comparable(before)
    import_archive(*own(filled), io.BytesIO(before), policy=policy)
    assert comparable(export("teacher")) == comparable(before)


@pytest.mark.sdet("SOC-INT-IED-06", "SOC-SUP-HEB-06", "QUA-FIA-02")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_a_whole_school_comes_back_the_same(filled, export, policy):
    before = export(structure="college")
    erase()
    scope = Scope("structure", structure_id=filled.structures["college"])
    import_archive(system("tests"), scope, io.BytesIO(before), policy=policy)
    assert comparable(export(structure="college")) == comparable(before)
    assert count(Bookmark) == 3


def test_the_bytes_depend_on_the_data_alone(filled, export):
    one, two = members(export("teacher")), members(export("teacher"))
    assert list(one) == list(two)
    assert {name for name in one if one[name] != two[name]} == {"MANIFEST.json"}


@pytest.mark.sdet("SOC-INT-IED-08", "SOC-INT-IED-11", "SOC-INT-IED-18", "SOC-INT-IED-19")
def test_every_line_follows_the_schema_that_the_archive_carries(filled, export):
    found = members(export(structure="college"))
    manifest = json.loads(found["MANIFEST.json"])
    Draft202012Validator(json.loads(found["schemas/manifest-v1.json"])).validate(manifest)
    checked = 0
    for part in manifest["parts"]:
        schema = Draft202012Validator(json.loads(found[part["schema"]]))
        line_schema = Draft202012Validator(json.loads(found["schemas/line-v1.json"]))
        lines = found[part["path"]].splitlines()
        assert len(lines) == part["count"]
        for line in map(json.loads, lines):
            line_schema.validate(line)
            schema.validate(line["data"])
            checked += 1
    assert checked >= 5


@pytest.mark.sdet("SOC-INT-IED-09")
def test_each_object_says_where_it_was_who_could_read_it_and_its_dates(filled, export):
    lines = members(export("teacher"))["data/bookmarks/bookmark-v1.jsonl"].splitlines()
    (shared,) = [line for line in map(json.loads, lines) if line["title"] == "Étna"]
    assert shared["path"].startswith("/signets/")
    assert shared["rights"] == ["group:G0000001"]
    assert shared["created_at"].endswith("+00:00")
    assert "person:" not in json.dumps(shared["data"])


def test_one_persons_export_holds_nothing_of_another(filled, export):
    assert b"Jeux" not in b"".join(members(export("teacher")).values())
    assert b"Jeux" in b"".join(members(export("pupil")).values())


@pytest.mark.sdet("SOC-INT-IED-06")
def test_somebody_elses_archive_becomes_mine_and_takes_nothing_from_them(filled, export):
    theirs = export("teacher")
    import_archive(*own(filled, "camille"), io.BytesIO(theirs), policy="merge")
    assert count(Bookmark) == 5
    assert comparable(export("teacher")) == comparable(theirs)
    import_archive(*own(filled, "camille"), io.BytesIO(theirs), policy="merge")
    assert count(Bookmark) == 5


def test_replacing_removes_what_the_archive_does_not_hold(filled, export):
    before = export("teacher")
    from preau.kernel.tenancy import behind
    from preau.services.information.bookmarks import operations
    from preau.services.information.bookmarks.schemas import BookmarkIn

    teacher = filled.identity("teacher")
    with behind(teacher):
        operations.create_bookmark(teacher, BookmarkIn(title="Après", url="https://apres.test/"))
    dry = import_archive(*own(filled), io.BytesIO(before), policy="replace", dry_run=True)
    assert sum(part.removed for part in dry.parts) == 1
    assert count(Bookmark) == 4
    import_archive(*own(filled), io.BytesIO(before), policy="replace")
    assert comparable(export("teacher")) == comparable(before)
    assert count(Bookmark) == 3


@pytest.mark.sdet("SOC-INT-IED-07", "SOC-INT-IED-10")
def test_a_file_stays_in_its_own_format_and_the_manifest_describes_it(filled, export):
    from hashlib import sha256

    from preau.kernel.tenancy import behind
    from preau.services.utilities.files import operations as files

    teacher, content = filled.identity("teacher"), b"%PDF-1.7 un bulletin"
    with behind(teacher):
        files.save(teacher, "bulletin.pdf", content, folder="Bulletins")
    found = members(export("teacher"))
    (described,) = json.loads(found["MANIFEST.json"])["files"]
    assert found[described["path"]] == content
    assert described["name"] == "bulletin.pdf"
    assert described["media_type"] == "application/pdf"
    assert described["sha256"] == sha256(content).hexdigest()
    assert [each["part"] for each in described["attached_to"]] == ["file"]
