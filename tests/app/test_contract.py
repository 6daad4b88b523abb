"""Every service keeps its contract: what it declares is there, and works."""

import io
import re
import string
import uuid

import pytest
from flask import url_for
from sqlalchemy import select, text

from preau.kernel.contract import Service
from preau.kernel.database import db
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_export import export_archive
from preau.kernel.exchange_import import import_archive
from preau.kernel.exchange_manifest import schemas
from preau.kernel.identity import system
from preau.kernel.notify_models import FREQUENCIES, MEDIA
from preau.kernel.search import Federated, Searchable
from preau.kernel.search_index import SearchDocument
from preau.kernel.tenancy import lifted
from preau.services_list import SERVICES
from tests.app.exchange.conftest import comparable, members

# A placeholder is filled with at most this in the usual SMS; longer names are the exception.
USUAL = "Sciences 6e A"
EACH = pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.name)


def placeholders(template: str) -> set[str]:
    return {
        name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name is not None
    }


@EACH
def test_permissions_are_named_after_their_service_and_in_french(service: Service):
    for permission in service.permissions:
        assert re.fullmatch(rf"{service.name}\.[a-z][a-z_]*", permission.name)
        assert str(permission.label).strip()


@EACH
def test_settings_and_counters_are_named_after_their_service(service: Service):
    for declared in (*service.settings, *service.counters):
        assert declared.name.startswith(f"{service.name}."), declared.name
        assert str(declared.label).strip()


@EACH
def test_each_notification_has_a_wording_for_each_medium(service: Service):
    for event in service.notifications:
        assert event.name.startswith(f"{service.name}.")
        assert set(event.media) <= set(MEDIA)
        assert set(event.default_media) <= set(event.media)
        assert event.default_frequency in FREQUENCIES
        title, body, short = str(event.title), str(event.body), str(event.short)
        assert title.strip()
        assert body.strip()
        assert short.strip()
        assert all(name.isidentifier() for name in placeholders(title + body + short)), event.name
        if "sms" in event.media:
            filled = short.format(**dict.fromkeys(placeholders(short), USUAL))
            assert len(filled) <= 160, f"{event.name}: {len(filled)}"


@EACH
def test_the_tile_and_the_administration_screens_answer(service: Service, app, browser):
    with app.test_request_context():
        tile = url_for(service.tile.endpoint) if service.tile else None
        screens = [url_for(page.endpoint) for page in service.administration]
    if tile:
        # A tile may need what nobody but an administrator of a school has.
        answers = {key: browser(key).get(tile).status_code for key in ("teacher", "manager", "head")}
        assert 200 in answers.values() or 302 in answers.values(), answers
        assert not {status for status in answers.values() if status >= 500}
    for screen in screens:
        assert browser("admin").get(screen).status_code in (200, 302, 303), screen


@EACH
def test_each_searchable_names_a_model_with_one_key_and_the_database_forgets_with_it(service: Service, app):
    triggers = set(
        db.session.scalars(text("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'search_forget_%'"))
    )
    for each in service.search:
        assert str(each.label).strip()
        if isinstance(each, Searchable):
            assert len(each.model.__mapper__.primary_key) == 1
            assert f"search_forget_{each.name}" in triggers
        else:
            assert isinstance(each, Federated)


@EACH
def test_each_format_has_a_published_schema_and_arbitrations_that_exist(service: Service, app):
    published = schemas()
    for each in service.exchange:
        assert published[each.format]["type"] == "object"
        assert re.fullmatch(r"[a-z][a-z0-9_-]*", each.name)
        assert set(each.merge) <= set(each.schema.model_fields), each.name
        assert set(each.merge.values()) <= {"imported", "kept", "newest", "union"}
        assert each.find is not None or each.model.__mapper__.primary_key[0].type.python_type is uuid.UUID


def test_no_two_formats_and_no_two_kinds_of_result_have_one_name():
    names = [each.name for service in SERVICES for each in service.exchange]
    kinds = [each.name for service in SERVICES for each in service.search]
    assert len(names) == len(set(names))
    assert len(kinds) == len(set(kinds))


@pytest.mark.sdet("SOC-INT-IED-05", "SOC-INT-IED-06")
@pytest.mark.parametrize("policy", ["replace", "merge"])
@pytest.mark.parametrize("kind", ["person", "structure", "everything"])
def test_export_import_export_is_identical_whatever_the_scope(populated, kind, policy):
    """Every format of every service at once, on a world in which every service was used."""
    identity, scope = system("tests"), Scope(kind)
    if kind == "person":
        scope = Scope("person", person_id=populated.people["teacher"])
        identity = populated.identity("teacher")
    elif kind == "structure":
        scope = Scope("structure", structure_id=populated.structures["college"])
    before = _exported(identity, scope)
    report = import_archive(identity, scope, io.BytesIO(before), policy=policy)
    changed = [part for part in report.parts if part.created or part.removed or part.skipped]
    assert changed == []
    assert comparable(_exported(identity, scope)) == comparable(before)


def test_all_that_is_searchable_is_in_the_index_and_nothing_else(populated):
    for each in (each for service in SERVICES for each in service.search if isinstance(each, Searchable)):
        with lifted():
            there = db.session.scalars(select(each.model)).all()
            expected = {str(_key(each, obj)) for obj in there if each.document(obj) is not None}
            rows = select(SearchDocument.object_id).where(SearchDocument.kind == each.name)
            assert set(db.session.scalars(rows)) == expected, each.name


def _key(each: Searchable, obj: object) -> object:
    return each.model.__mapper__.primary_key_from_instance(obj)[0]


def _exported(identity, scope: Scope) -> bytes:
    out = io.BytesIO()
    export_archive(identity, scope, out)
    return out.getvalue()


def test_the_populated_world_uses_every_format_of_the_five_services(populated):
    found = members(_exported(system("tests"), Scope("everything")))
    empty = {
        name
        for name, content in found.items()
        if name.startswith("data/") and not content and not name.startswith(UNUSED)
    }
    assert empty == set()


# Nomenclatures come from a feed; the world has none.
UNUSED = ("data/directory/subject", "data/directory/mef")
