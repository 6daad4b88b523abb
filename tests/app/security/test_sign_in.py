"""Sign in and out, as a person does with a browser that has no script."""

import re
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from preau.kernel.database import db, now
from preau.kernel.journal import JournalEntry
from preau.kernel.notify_models import NotificationRow
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import sessions
from preau.socle.security.models import Account, SignInSession
from preau.socle.security.policy.models import SecurityAlert
from tests.app.security.pages import account_of, send, sign_in, token_of, words
from tests.support.world import PASSWORD

SAME = "Identifiant ou mot de passe incorrect"


def actions(action: str) -> list[JournalEntry]:
    with lifted():
        db.session.rollback()
        return list(db.session.scalars(select(JournalEntry).where(JournalEntry.action == action)))


@pytest.mark.sdet("SOC-SEC-IAU-01", "SOC-SEC-IAU-03", "SOC-SEC-APS-03")
def test_a_right_password_opens_the_page_that_was_wanted_and_leaves_a_line(browser, world):
    client = browser()
    asked = client.get("/compte/appareils")
    page = client.get(asked.location)
    assert "Me connecter" in page.text
    answer = sign_in(client, "teacher", PASSWORD, next="/compte/appareils")
    assert (answer.status_code, answer.location) == (303, "/compte/appareils")
    assert "Mes appareils" in words(client.get("/compte/appareils"))
    line = actions("security.sign_in")[0]
    assert (line.actor_id, line.origin) == (world.people["teacher"], "127.0.0.1")


def test_the_case_and_spaces_of_a_login_do_not_matter_but_those_of_the_password_do(browser):
    assert sign_in(browser(), " Teacher ", PASSWORD).status_code == 303
    assert sign_in(browser(), "teacher", PASSWORD.lower()).status_code == 422
    assert sign_in(browser(), "teacher", PASSWORD + " ").status_code == 422


@pytest.mark.sdet("SOC-SEC-DVS-01")
def test_an_unknown_login_and_a_wrong_password_get_the_same_answer_in_the_same_time(browser):
    client = browser()
    token = token_of(client, "/connexion")

    def attempt(login: str) -> tuple[int, str, float]:
        start = time.perf_counter()
        answer = client.post(
            "/connexion", data={"csrf_token": token, "login": login, "password": "faux-faux-faux"}
        )
        return answer.status_code, words(answer).replace(login, "…"), time.perf_counter() - start

    attempt("pupil")
    # One after the other, so that whatever else the machine does slows both.
    pairs = [(attempt("teacher"), attempt("personne")) for _number in range(7)]
    known, unknown = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert {each[0] for each in known + unknown} == {422}
    assert {SAME in each[1] for each in known + unknown} == {True}
    fastest = min(each[2] for each in known), min(each[2] for each in unknown)
    # A digest costs some 30 ms here; without the decoy an unknown login would answer several times faster.
    assert 0.5 < fastest[1] / fastest[0] < 2


def test_what_was_typed_as_login_is_kept_and_the_password_is_not(browser):
    page = sign_in(browser(), "teacher", "un-secret-mal-tapé")
    assert 'value="teacher"' in page.text
    assert "un-secret-mal-tapé" not in page.text


@pytest.mark.sdet("SOC-SEC-IAU-08")
def test_neither_the_typed_password_nor_an_unknown_login_reaches_the_journal(browser):
    sign_in(browser(), "mon-mot-de-passe-a-la-place-du-login", "un-secret-mal-tapé")
    lines = [f"{line.object_key} {line.details} {line.actor}" for line in actions("security.sign_in_failed")]
    assert len(lines) == 1
    assert "secret" not in lines[0]
    assert "mon-mot" not in lines[0]


@pytest.mark.sdet("SOC-SEC-IAU-09")
def test_a_digest_made_with_older_parameters_is_renewed_at_sign_in(browser, world):
    teacher = world.people["teacher"]
    with lifted(), atomic() as session:
        older = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
        session.execute(update(Account).where(Account.person_id == teacher).values(password_hash=older))
    assert sign_in(browser(), "teacher", PASSWORD).status_code == 303
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in account_of(teacher).password_hash


@pytest.mark.sdet("SOC-SEC-DVS-01", "SOC-SEC-APS-02")
def test_too_many_failures_block_the_account_even_for_the_right_password_and_alert(browser, world):
    client = browser()
    for _number in range(8):
        assert sign_in(client, "teacher", "faux").status_code == 422
    refused = sign_in(client, "teacher", PASSWORD)
    assert refused.status_code == 429
    assert "Attendez 5 minutes" in words(refused)
    with lifted():
        alert = db.session.scalars(select(SecurityAlert)).one()
        assert (alert.kind, alert.structure_id) == ("locked", world.structures["college"])
        told = db.session.execute(
            select(func.count())
            .select_from(NotificationRow)
            .where(NotificationRow.event == "security.locked")
        ).scalar()
    assert told == 2  # the collège's functional administrator and the project's
    assert len(actions("security.locked")) == 1
    assert sign_in(client, "pupil", PASSWORD).status_code == 303


def test_an_unknown_login_is_blocked_like_a_known_one(browser):
    client = browser()
    for _number in range(8):
        sign_in(client, "personne", "faux")
    assert "Attendez 5 minutes" in words(sign_in(client, "personne", "faux"))


def test_a_success_forgets_the_failures_before_it(browser):
    for _round in range(2):
        client = browser()
        for _number in range(6):
            sign_in(client, "teacher", "faux")
        assert sign_in(client, "teacher", PASSWORD).status_code == 303


@pytest.mark.sdet("SOC-SEC-DVS-01")
def test_an_origin_that_tries_many_accounts_is_blocked_and_the_project_alerted(browser, world):
    from preau.kernel import preferences

    with lifted():
        preferences.choose(world.identity("admin"), "security.origin_limit", "project", 0, 5)
    client = browser()
    for number in range(5):
        sign_in(client, f"essai.{'abcde'[number]}", "azerty")
    assert sign_in(client, "teacher", PASSWORD).status_code == 429
    with lifted():
        assert db.session.scalars(select(SecurityAlert.kind)).all() == ["spraying"]


@pytest.mark.sdet("SOC-SEC-IAU-04")
def test_signing_out_ends_the_session_for_good(browser):
    client = browser()
    sign_in(client, "teacher", PASSWORD)
    cookie = client.get_cookie(sessions.COOKIE).value
    answer = send(client, "/deconnexion", {}, page="/compte/appareils")
    assert answer.status_code == 303
    client.set_cookie(sessions.COOKIE, cookie)
    assert client.get("/compte/appareils").location.startswith("/connexion")
    assert len(actions("security.sign_out")) == 1


def test_the_session_cookie_is_new_at_sign_in_and_closed_to_scripts(browser):
    client = browser()
    client.set_cookie(sessions.COOKIE, "choisi-par-un-autre")
    answer = sign_in(client, "teacher", PASSWORD)
    header = next(
        each for each in answer.headers.getlist("Set-Cookie") if each.startswith(f"{sessions.COOKIE}=")
    )
    assert "choisi-par-un-autre" not in header
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_over_https_the_cookie_is_bound_to_this_host(app, browser):
    app.config["SESSION_COOKIE_SECURE"] = True
    try:
        client = browser()
        token = re.search(
            r'name="csrf_token" value="([^"]+)"', client.get("/connexion", base_url="https://localhost").text
        ).group(1)
        answer = client.post(
            "/connexion",
            base_url="https://localhost",
            headers={"Referer": "https://localhost/connexion"},
            data={"csrf_token": token, "login": "teacher", "password": PASSWORD},
        )
        cookies = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("__Host-preau=")]
        assert len(cookies) == 1
        assert "Secure" in cookies[0]
        assert "Domain" not in cookies[0]
        assert client.get("/compte/appareils", base_url="https://localhost").status_code == 200
    finally:
        app.config["SESSION_COOKIE_SECURE"] = False


def test_a_form_without_its_token_is_refused(browser):
    answer = browser().post("/connexion", data={"login": "teacher", "password": PASSWORD})
    assert answer.status_code == 400


@pytest.mark.sdet("SOC-SEC-IAU-05")
def test_an_idle_session_ends_and_the_sign_in_page_says_so_and_comes_back(browser, world):
    client = browser()
    sign_in(client, "teacher", PASSWORD)
    with lifted(), atomic() as session:
        session.execute(update(SignInSession).values(seen_at=now() - timedelta(minutes=61)))
    asked = client.get("/compte/appareils?a=1")
    assert "raison=inactivite" in asked.location
    page = client.get(asked.location)
    assert "Votre session a pris fin" in words(page)
    assert 'name="next" value="/compte/appareils?a=1"' in page.text


@pytest.mark.sdet("SOC-SEC-IAU-05")
def test_a_person_may_lengthen_inactivity_up_to_the_limit(browser, world):
    client = browser("pupil")
    assert "45 minutes" in words(client.get("/compte/appareils"))
    assert send(client, "/compte/duree", {"minutes": "120"}, page="/compte/appareils").status_code == 303
    with lifted(), atomic() as session:
        session.execute(update(SignInSession).values(seen_at=now() - timedelta(minutes=100)))
    assert client.get("/compte/appareils").status_code == 200
    answer = send(client, "/compte/duree", {"minutes": "240"}, page="/compte/appareils")
    assert answer.status_code == 303
    with lifted():
        assert db.session.scalars(select(SignInSession.idle_minutes)).one() == 120
    assert send(client, "/compte/duree", {"minutes": "100000"}, page="/compte/appareils").status_code == 422


def test_a_session_does_not_live_for_ever_even_when_used(browser):
    client = browser("teacher")
    with lifted(), atomic() as session:
        session.execute(update(SignInSession).values(ends_at=now() - timedelta(seconds=1)))
    assert client.get("/compte/appareils").status_code == 303


@pytest.mark.sdet("SOC-SEC-IAU-14")
def test_my_devices_are_listed_and_closed_one_by_one_or_all_at_once(browser):
    here, tablet, phone = browser("teacher"), browser("teacher"), browser("teacher")
    page = here.get("/compte/appareils")
    keys = re.findall(r"/compte/appareils/([0-9a-f-]{36})/deconnecter", page.text)
    assert len(keys) == 2
    assert (
        send(here, f"/compte/appareils/{keys[0]}/deconnecter", {}, page="/compte/appareils").status_code
        == 303
    )
    assert sorted(each.get("/compte/appareils").status_code for each in (tablet, phone)) == [200, 303]
    send(here, "/compte/appareils/deconnecter-les-autres", {}, page="/compte/appareils")
    assert here.get("/compte/appareils").status_code == 200
    assert [each.get("/compte/appareils").status_code for each in (tablet, phone)] == [303, 303]


def test_nobody_closes_the_device_of_somebody_else(browser):
    browser("teacher")
    with lifted():
        key = db.session.scalars(select(SignInSession.id)).one()
    stranger = browser("stranger")
    answer = send(stranger, f"/compte/appareils/{key}/deconnecter", {}, page="/compte/appareils")
    assert answer.status_code == 404


def test_the_context_last_used_is_the_one_of_the_next_sign_in(browser, world):
    client = browser()
    sign_in(client, "camille", PASSWORD)
    with lifted():
        found = db.session.scalars(select(SignInSession)).one()
        other = next(p["id"] for p in found.identity["profiles"] if p["kind"] == "guardian")
        assert found.identity["context"]["kind"] == "teacher"
    sessions.switch_context(found, other)
    again = browser()
    sign_in(again, "camille", PASSWORD)
    with lifted():
        kinds = [row["context"]["kind"] for row in db.session.scalars(select(SignInSession.identity))]
    assert kinds == ["guardian", "guardian"]


def test_a_suspended_account_is_told_so_only_with_the_right_password(browser, world):
    with lifted(), atomic() as session:
        session.execute(update(Account).where(Account.login == "teacher").values(state="suspended"))
    assert SAME in words(sign_in(browser(), "teacher", "faux"))
    assert "suspendu" in words(sign_in(browser(), "teacher", PASSWORD))


@pytest.mark.sdet("SOC-SEC-DVS-01")
def test_a_sign_in_from_an_unusual_place_is_told_to_its_owner(browser, world):
    sign_in(browser(), "teacher", PASSWORD)
    client = browser()
    client.environ_base.update(REMOTE_ADDR="203.0.113.9", HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/605")
    sign_in(client, "teacher", PASSWORD)
    with lifted():
        told = db.session.scalars(
            select(NotificationRow).where(NotificationRow.person_id == world.people["teacher"])
        ).one()
    assert "Safari · iPhone" in told.body
