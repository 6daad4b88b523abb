"""Alerts, journal and policy: read by those who may, exported, verified, printed."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from preau.kernel import preferences
from preau.kernel.database import db, now, today
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import throttle
from preau.socle.security.policy import passwords, watch
from preau.socle.security.policy.models import SecurityAlert
from tests.app.security.pages import send, sign_in, words
from tests.support.world import PASSWORD

HOME = "/administration/securite/"
JOURNAL = f"{HOME}journal"


@pytest.mark.sdet("SOC-SEC-APS-03", "QUA-SAC-05")
def test_the_journal_rebuilds_what_happened_to_a_person(browser, world):
    client = browser()
    sign_in(client, "teacher", "faux")
    sign_in(client, "teacher", PASSWORD)
    send(client, "/deconnexion", {}, page="/compte/appareils")
    page = words(browser("manager").get(f"{JOURNAL}?q=théo&subject=sign_in"))
    order = [
        page.index(said)
        for said in ("Déconnexion Théo", "Connexion Théo", "Connexion échouée connexion Théo")
    ]
    assert order == sorted(order)


@pytest.mark.sdet("SOC-SEC-APS-03", "SOC-SEC-APS-04")
def test_the_journal_is_read_in_ones_schools_only(browser, world):
    sign_in(browser(), "stranger", PASSWORD)
    page = browser("manager").get(JOURNAL)
    assert world.person("stranger").uid not in page.text
    assert "Ailleurs" not in page.text
    assert "Ugo Ailleurs" in browser("admin").get(JOURNAL).text


def test_dates_and_subjects_narrow_the_journal(browser):
    sign_in(browser(), "teacher", PASSWORD)
    client = browser("manager")
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert "Aucune ligne" in words(client.get(f"{JOURNAL}?until={yesterday}"))
    assert "Aucune ligne" in words(client.get(f"{JOURNAL}?subject=rights"))
    assert "1 ligne" in words(client.get(f"{JOURNAL}?since={today().isoformat()}&subject=sign_in"))


def test_the_export_opens_in_a_spreadsheet_and_runs_nothing(browser, world):
    sign_in(browser(), "teacher", PASSWORD)
    with lifted(), atomic() as session:
        session.execute(
            text(
                "INSERT INTO journal_entry (at, actor_id, actor, action, object_kind, object_key, structure_id, origin,"
                " details) VALUES (now(), 0, '=HYPERLINK(1)', 'security.sign_in', '', '', :school, '', '{}')"
            ),
            {"school": world.structures["college"]},
        )
    answer = browser("manager").get(f"{HOME}journal.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][0] == "date"
    assert {row[3] for row in rows[1:]} >= {world.person("teacher").uid, "'=HYPERLINK(1)"}
    assert "Journal consulté" in words(browser("manager").get(JOURNAL))


@pytest.mark.sdet("SOC-SEC-APS-04")
def test_the_verify_button_says_intact_then_altered(browser, world):
    sign_in(browser(), "teacher", PASSWORD)
    client = browser("manager")
    assert "Le journal est intact" in words(send(client, f"{JOURNAL}/verifier", {}, page=JOURNAL))
    with lifted(), atomic() as session:
        session.execute(text("SET LOCAL ROLE NONE"))
        session.execute(text("ALTER TABLE journal_entry DISABLE TRIGGER append_only"))
        session.execute(
            text("UPDATE journal_entry SET origin = '10.0.0.1' WHERE action = 'security.sign_in'")
        )
        session.execute(text("ALTER TABLE journal_entry ENABLE TRIGGER append_only"))
    assert "a été altéré" in words(send(client, f"{JOURNAL}/verifier", {}, page=JOURNAL))


@pytest.mark.sdet("SOC-SEC-DVS-01")
def test_an_alert_is_seen_and_classed_by_the_schools_watcher_only(browser, world):
    attacker = browser()
    for _number in range(8):
        sign_in(attacker, "teacher", "faux")
    client = browser("manager")
    page = client.get(HOME)
    assert "Compte bloqué après trop d’essais" in words(page)
    assert "Théo Professeur" in words(page)
    path = re.search(r'action="([^"]+/alertes/[0-9a-f-]{36})"', page.text).group(1)
    assert "Rien à signaler" in words(browser("school_head").get(HOME))
    assert send(browser("school_head"), path, {}, page=HOME[:-1] + "/journal").status_code in (403, 404)
    assert send(client, path, {}, page=HOME).status_code == 303
    assert "Rien à signaler" in words(client.get(HOME))
    assert "Compte bloqué" in words(client.get(f"{HOME}alertes?traitees=1"))


@pytest.mark.sdet("SOC-SEC-APS-01", "SOC-SEC-APS-02", "SOC-SEC-IAU-11")
def test_the_policy_page_says_what_is_applied_and_follows_the_settings(browser, world):
    client = browser("head")
    page = words(client.get(f"{HOME}politique"))
    for theme in ("Moyens d’accès", "Autorisations", "Actes malveillants", "Échanges et traces"):
        assert theme in page
    assert "Images, ou plus fort" in page
    assert "jusqu’à 120 minutes" in page
    form = {"security.idle_limit": "180", "security.password_length_pupil": "9", "security.pictures": "1"}
    assert send(client, f"{HOME}reglages", form).status_code == 303
    assert "jusqu’à 180 minutes" in words(client.get(f"{HOME}politique"))
    assert passwords.policy_of(world.identity("pupil")).length == 9
    with lifted():
        assert passwords.policy_of(world.identity("child")).length == 6


def test_a_refused_setting_keeps_what_was_typed_and_changes_nothing(browser, world):
    form = {"security.idle_limit": "100000", "security.password_length_pupil": "9"}
    page = send(browser("head"), f"{HOME}reglages", form)
    assert page.status_code == 422
    assert 'value="100000"' in page.text
    assert passwords.policy_of(world.identity("pupil")).length == 8


def test_a_head_sets_the_school_and_not_the_project(browser, world):
    client = browser("head")
    assert "security.admin_level" not in client.get(f"{HOME}reglages").text
    assert send(client, f"{HOME}reglages", {"school": world.structures["ecole"]}).status_code == 403
    assert 'name="security.admin_level"' in browser("admin").get(f"{HOME}reglages").text


@pytest.mark.sdet("SOC-SEC-APS-02")
def test_the_project_keeps_a_setting_that_no_school_weakens(browser, world):
    name, other = "security.password_length_pupil", "security.session_hours"
    admin, head = browser("admin"), browser("head")
    page = f"{HOME}reglages"
    assert send(admin, page, {name: "12", f"keep.{name}": "1", "security.pictures": "1"}).status_code == 303
    shown = head.get(page).text
    assert "Fixé par le projet" in shown
    assert send(head, page, {name: "8", other: "6", "security.pictures": "1"}).status_code == 303
    assert passwords.policy_of(world.identity("pupil")).length == 12
    assert 'value="6"' in head.get(page).text
    assert "checked" in admin.get(page).text.split(f'name="keep.{name}"')[1].split(">")[0]
    assert send(admin, page, {name: "12", "security.pictures": "1"}).status_code == 303
    assert send(head, page, {name: "9", other: "6", "security.pictures": "1"}).status_code == 303
    assert passwords.policy_of(world.identity("pupil")).length == 9


def test_the_charter_of_a_school_is_published_by_versions(browser):
    client = browser("head")
    assert "texte d’origine" in words(client.get(f"{HOME}charte"))
    assert send(client, f"{HOME}charte", {"text": "  "}).status_code == 422
    send(client, f"{HOME}charte", {"text": "# Première\n\n<script>alert(1)</script>"})
    send(client, f"{HOME}charte", {"text": "# Seconde"})
    page = client.get(f"{HOME}charte")
    assert "Version 2" in words(page)
    assert "<script>alert" not in page.text


def test_what_is_old_is_forgotten(app, world):
    with lifted(), atomic() as session:
        session.add(SecurityAlert(kind="spraying"))
        session.flush()
        session.execute(update(SecurityAlert).values(created_at=now() - timedelta(days=400)))
    throttle.take("quelqu-un", "192.0.2.1")
    assert watch.forget_old() == 1
    with lifted():
        assert db.session.scalar(select(func.count()).select_from(SecurityAlert)) == 0
        assert db.session.scalar(select(func.count()).select_from(throttle.Throttle)) == 1


def test_attempts_at_the_same_time_are_all_counted(app):
    from concurrent.futures import ThreadPoolExecutor

    def attempt(_number: int) -> bool:
        with app.app_context():
            return throttle.take("cible", "192.0.2.7").blocked

    with ThreadPoolExecutor(8) as pool:
        blocked = list(pool.map(attempt, range(24)))
    assert blocked.count(False) == preferences.registry.setting("security.lock_after").default


def test_exports_are_limited_by_person_and_not_by_address(browser):
    client = browser("school_head")
    statuses = [client.get(f"{HOME}journal.csv").status_code for _number in range(21)]
    assert statuses[-1] == 429
    assert statuses[:-1].count(200) >= 19
    assert browser("head").get(f"{HOME}journal.csv").status_code == 200
