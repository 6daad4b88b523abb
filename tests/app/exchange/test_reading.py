"""What another ENT reads of this one, without an archive."""

import base64
import json
import re
from hashlib import sha256

import pytest
from jsonschema import Draft202012Validator

from preau.kernel.exchange_manifest import schemas
from preau.kernel.tenancy import behind
from preau.services.utilities.files import operations as files
from preau.socle.security.authentication import basic
from tests.app.exchange.conftest import members
from tests.support.world import PASSWORD

OBJECTS = "/api/v1/exchange/objects"


def program(world, key, scope="exchange"):
    """Headers of a program that the person opened."""
    identity = world.identity(key)
    with behind(identity):
        token = basic.create(identity, "Autre ENT", scope)
    return with_password(key.replace("_", "."), token)


def with_password(login, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


@pytest.mark.sdet("SOC-INT-IED-17", "SOC-INT-IED-20", "SOC-INT-IED-23")
def test_two_instances_compare_their_formats_before_reading(browser):
    found = {each["name"]: each for each in browser().get("/api/v1/exchange/formats").json["items"]}
    assert found["bookmark"]["read"] == [1]
    assert found["news-article"]["written"] == [2, 1]


@pytest.mark.sdet("SOC-INT-IED-17")
def test_a_program_reads_the_lines_that_an_archive_would_hold(filled, browser, export):
    held = members(export("teacher"))["data/bookmarks/bookmark-v1.jsonl"].splitlines()
    read = browser().get(f"{OBJECTS}/bookmark", headers=program(filled, "teacher")).json
    assert read["items"] == [json.loads(line) for line in held]
    assert read["next"] is None
    for line in read["items"]:
        Draft202012Validator(schemas()["line-v1"]).validate(line)
        Draft202012Validator(schemas()["bookmark-v1"]).validate(line["data"])
    last = read["items"][0]["key"]
    rest = browser().get(f"{OBJECTS}/bookmark?after={last}", headers=program(filled, "teacher")).json
    assert rest["items"] == read["items"][1:]


@pytest.mark.sdet("SOC-INT-IED-17")
def test_it_reads_what_its_owner_may_export_and_nothing_else(filled, browser):
    teacher, manager = program(filled, "teacher"), program(filled, "manager")
    school = f"{OBJECTS}/bookmark?scope=structure&key=0330001K"
    assert browser().get(school, headers=teacher).status_code == 403
    assert len(browser().get(school, headers=manager).json["items"]) == 3
    elsewhere = school.replace("0330001K", "0330002L")
    assert browser().get(elsewhere, headers=manager).status_code == 403
    for headers in (
        {},
        program(filled, "teacher", "dav"),
        with_password("pupil", "x"),
        with_password("teacher", PASSWORD),
    ):
        assert browser().get(f"{OBJECTS}/bookmark", headers=headers).status_code == 401
    for method in ("post", "put", "delete"):
        assert getattr(browser(), method)(f"{OBJECTS}/bookmark", headers=teacher).status_code in (401, 405)


@pytest.mark.sdet("SOC-INT-IED-17")
def test_files_of_objects_are_read_too(world, browser):
    teacher, content = world.identity("teacher"), b"%PDF-1.7 un bulletin"
    with behind(teacher):
        files.save(teacher, "bulletin.pdf", content)
    headers = program(world, "teacher")
    (line,) = browser().get(f"{OBJECTS}/file", headers=headers).json["items"]
    digest = sha256(content).hexdigest()
    assert line["files"][0]["sha256"] == digest
    address = f"{OBJECTS}/file/{line['key']}/files/{digest}"
    assert browser().get(address, headers=headers).data == content
    assert browser().get(address, headers=program(world, "pupil")).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("rien", 404), ("bookmark?version=9", 422), ("bookmark?scope=everything", 422),
        ("bookmark?scope=structure&key=0999999Z", 422), ("structure", 404), ("bookmark?version=x", 422),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said(world, browser, address, status):
    answer = browser().get(f"{OBJECTS}/{address}", headers=program(world, "teacher"))
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


@pytest.mark.sdet("SOC-INT-IED-17")
def test_a_person_opens_their_data_to_a_program_with_their_own_password(world, browser):
    client = browser("teacher")
    refused = client.post("/mes-donnees/programme", data={"name": "ENT du lycée", "current": "faux"})
    assert refused.status_code == 422
    assert "ENT du lycée" in refused.text
    page = client.post("/mes-donnees/programme", data={"name": "ENT du lycée", "current": PASSWORD})
    token = re.search(r'id="token">([0-9a-f-]+)<', page.text)[1]
    headers = with_password("teacher", token)
    assert browser().get(f"{OBJECTS}/bookmark", headers=headers).json["items"] == []
    assert "ENT du lycée" in client.get("/compte/programmes").text
