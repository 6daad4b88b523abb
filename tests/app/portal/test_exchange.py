"""What people and schools chose leaves in an archive and comes back, within what each may choose."""

import io

import pytest
from sqlalchemy import delete, select

from preau.kernel import preferences
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange_context import Scope
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system
from preau.kernel.notify_models import NotificationChoice
from preau.kernel.preferences import SettingValue
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.services.information.white_pages.models import VisibilityRule
from tests.app.exchange.conftest import comparable, members
from tests.app.exchange.conftest import export as export_fixture
from tests.app.exchange.test_hostile_objects import bringing
from tests.app.portal.test_preferences import school

export = export_fixture


@pytest.fixture
def chosen(world, browser):
    """A pupil and a school that chose; the class has its own colours."""
    pupil, head = browser("pupil"), browser("head")
    pupil.post("/preferences/", data={"palette": "lagon", "text_size": "150"})
    pupil.post("/preferences/accueil", data={"hide": "bookmarks", "order": ["news", "groups", "bookmarks"]})
    pupil.post("/notifications/preferences", data={"news.published@mail": "weekly"})
    head.post(
        school(world), data={"palette": "foret", "leave_palette": "1", "scheme": "dark", "leave_scheme": "1"}
    )
    head.post("/actualites/reglages", data={"structure_id": world.structures["college"], "approval": "never"})
    college = world.structures["college"]
    head.post(f"/annuaire/visibilite/{college}/pupil", data={"scope_teacher": "none"})
    with lifted(), atomic():
        preferences.choose(
            system("tests"), "portal.palette", "group", world.groups["6A"], "cerise", structure_id=college
        )
    return world


def erase():
    with lifted(), atomic() as session:
        for model in (SettingValue, NotificationChoice, VisibilityRule):
            session.execute(delete(model))


def own(world, key):
    return world.identity(key), Scope("person", person_id=world.people[key])


@pytest.mark.sdet("SOC-INT-IED-06", "UTI-UTL-PER-02")
@pytest.mark.parametrize("policy", ["refuse", "replace", "merge"])
def test_a_person_finds_their_choices_again(chosen, browser, export, policy):
    before = export("pupil")
    assert b'"weekly"' in members(before)["data/notifications/notification-choice-v1.jsonl"]
    erase()
    assert 'data-palette="lagon"' not in browser("pupil").get("/").text
    import_archive(*own(chosen, "pupil"), io.BytesIO(before), policy=policy)
    assert comparable(export("pupil")) == comparable(before)
    assert 'data-palette="lagon"' in browser("pupil").get("/").text


@pytest.mark.sdet("SOC-INT-IED-06", "SOC-SUP-HEB-06")
@pytest.mark.parametrize("policy", ["replace", "merge"])
def test_a_school_finds_its_settings_and_its_rules_again(chosen, export, policy):
    before = export(structure="college")
    erase()
    scope = Scope("structure", structure_id=chosen.structures["college"])
    import_archive(system("tests"), scope, io.BytesIO(before), policy=policy)
    assert comparable(export(structure="college")) == comparable(before)
    with lifted():
        assert set(db.session.scalars(select(VisibilityRule.scope))) == {"none"}
        assert preferences.value("news.approval", None, chosen.structures["college"]) == "never"


def test_a_school_s_administrator_brings_no_setting_of_the_school_by_an_archive(chosen, export):
    before = export(structure="college")
    erase()
    scope = Scope("structure", structure_id=chosen.structures["college"])
    report = import_archive(chosen.identity("manager"), scope, io.BytesIO(before), policy="merge")
    assert any("Réglages" in note for note in report.notes)
    with lifted():
        assert set(db.session.scalars(select(SettingValue.level))) == {"person"}


def test_what_the_school_keeps_is_not_taken_back_by_an_archive(chosen, browser, export):
    before = export("pupil")
    erase()
    browser("head").post(school(chosen), data={"palette": "foret"})
    report = import_archive(*own(chosen, "pupil"), io.BytesIO(before), policy="merge")
    assert any("Couleurs" in note for note in report.notes)
    assert 'data-palette="foret"' in browser("pupil").get("/").text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("portal.palette", "<script>"), ("portal.text_size", "beaucoup"), ("portal.order", "news"),
        ("portal.order", [1]), ("portal.text_size", True), ("security.lock_after", 1), ("rien.du_tout", ""),
        ("portal.academy_logo", "https://ailleurs.test/logo.png"),
    ],
)  # fmt: skip
def test_a_choice_that_no_page_offers_is_refused(chosen, export, name, value):
    before = export("pupil")
    data = {"owner": "W0000005", "name": name, "value": value}
    content = bringing(before, "data/portal/my-setting-v1.jsonl", data, f"W0000005/{name}-2")
    with pytest.raises(Invalid):
        import_archive(*own(chosen, "pupil"), io.BytesIO(content), policy="merge")
    assert comparable(export("pupil")) == comparable(before)
