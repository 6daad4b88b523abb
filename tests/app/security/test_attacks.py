"""What somebody hostile tries: each attempt fails, for the reason that its name says."""

import re

import pytest
from sqlalchemy import update

from preau.app import create_app
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.settings import Settings
from preau.socle.security.authentication import sessions
from preau.socle.security.models import Account
from preau.socle.security.web import is_public
from tests.app.security.pages import outbox, send, sign_in, token_of, words
from tests.app.security.test_door import routes
from tests.app.security.test_second_factor import enrol, forget_last_step
from tests.support.world import PASSWORD

WRITING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def https(app, tmp_path):
    """The application as an operator runs it behind HTTPS."""
    settings = app.config["SETTINGS"]
    secure = create_app(
        Settings(
            database=settings.database,
            data=tmp_path,
            secret_key="tests",
            secure_cookies=True,
            trusted_proxies=1,
        )
    )
    return secure.test_client()


def test_no_address_that_writes_takes_a_request_that_another_site_made_the_browser_send(app, browser):
    client, walked = browser("admin"), 0
    for method, endpoint, path in routes(app):
        # What is public beside our own sign-in is called by partners' servers, and reads no cookie.
        if method not in WRITING or (is_public(endpoint, app) and not endpoint.startswith("authentication.")):
            continue
        walked += 1
        answer = client.open(path, method=method, data={"a": "1"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 400, f"{method} {path} ({endpoint}) answers {answer.status}"
    assert walked > 100


@pytest.mark.parametrize("key", ["pupil", "teacher"])
def test_a_token_of_another_session_opens_no_form(browser, key):
    attacker, victim = browser("stranger"), browser(key)
    stolen = token_of(attacker, "/compte/appareils")
    answer = victim.post("/compte/appareils/deconnecter-les-autres", data={"csrf_token": stolen})
    assert answer.status_code == 400


@pytest.mark.sdet("SOC-SEC-IAU-07", "SOC-SEC-PII-07")
@pytest.mark.parametrize("path", ["/", "/connexion", "/dav/", "/api/v1/bookmarks/folders"])
def test_where_https_is_asked_for_nothing_is_answered_in_clear(https, path):
    refused = https.post(path, data={"login": "teacher", "password": PASSWORD})
    assert refused.status_code == 403
    assert "PRE-AUT-011" in refused.text
    assert "Set-Cookie" not in refused.headers
    assert https.get(path, headers={"X-Forwarded-Proto": "https"}).status_code != 403


def test_over_https_a_cookie_planted_by_a_neighbouring_host_is_nobodys(https, world):
    token, _identity = sessions.open_session(world.people["stranger"], AuthenticationLevel.PASSWORD)
    https.set_cookie(sessions.COOKIE, token)
    behind = {"X-Forwarded-Proto": "https"}
    assert https.get("/compte/appareils", headers=behind).location.startswith("/connexion")
    https.set_cookie(sessions.SECURE_COOKIE, token)
    assert https.get("/compte/appareils", headers=behind).status_code == 200
    cookies = https.get("/connexion", headers=behind).headers.getlist("Set-Cookie")
    assert all(each.startswith("__Host-") for each in cookies), cookies


@pytest.mark.sdet("SOC-SEC-DVS-01")
def test_an_invented_address_of_origin_does_not_give_more_tries(browser):
    client = browser()
    for number in range(8):
        data = {"csrf_token": token_of(client, "/connexion"), "login": "teacher", "password": "faux"}
        client.post("/connexion", data=data, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    data["password"] = PASSWORD
    blocked = client.post("/connexion", data=data, headers={"X-Forwarded-For": "198.51.100.1"})
    assert blocked.status_code == 429


def test_an_invented_address_of_origin_is_not_written_in_the_journal(browser):
    client = browser()
    data = {"csrf_token": token_of(client, "/connexion"), "login": "teacher", "password": PASSWORD}
    client.post("/connexion", data=data, headers={"X-Forwarded-For": "192.0.2.66"})
    page = words(browser("manager").get("/administration/securite/journal"))
    assert "192.0.2.66" not in page
    assert "127.0.0.1" in page


def test_what_was_proved_half_way_is_worth_nothing_once_the_password_changed(browser, world):
    client = browser()
    code = forgotten_code(client, "teacher")
    assert send(client, "/mot-de-passe-oublie/code", {"code": code}).status_code == 303
    proof = client.get_cookie("session").value
    new = {"password": "Quatre-cailloux-12-verts", "again": "Quatre-cailloux-12-verts"}
    assert send(client, "/mot-de-passe-oublie/nouveau", new).status_code == 303
    replay = browser()
    replay.set_cookie("session", proof)
    assert replay.get("/mot-de-passe-oublie/nouveau").location == "/mot-de-passe-oublie"


def forgotten_code(client, login: str) -> str:
    send(client, "/mot-de-passe-oublie", {"login": login})
    return re.search(r"(\d{4}) (\d{4})", outbox()[-1].text).group().replace(" ", "")


def test_a_password_proved_before_a_suspension_opens_nothing_after_it(browser, world):
    application, _codes = enrol(browser("teacher"))
    forget_last_step(world.people["teacher"])
    client = browser()
    assert sign_in(client, "teacher", PASSWORD).location == "/connexion/code"
    token = token_of(client, "/connexion/code")
    with lifted(), atomic() as session:
        session.execute(update(Account).where(Account.login == "teacher").values(state="suspended"))
    data = {"csrf_token": token, "code": application.now()}
    assert client.post("/connexion/code", data=data).location == "/connexion"


@pytest.mark.sdet("SOC-SEC-DVS-01")
@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/compte/programmes", None),
        ("/compte/double-verification/commencer", "/compte/double-verification"),
        ("/compte/mot-de-passe", None),
        ("/compte/en-cas-d-oubli", None),
    ],
)
def test_the_present_password_is_not_guessed_from_an_open_session(browser, path, page):
    client = browser("teacher")
    wrong = {"current": "faux", "name": "x", "password": "a", "again": "a", "address": "a@exemple.test"}
    said = [words(send(client, path, wrong, page=page)) for _number in range(9)]
    assert "Ce n’est pas votre mot de passe actuel" in said[0]
    assert "Trop d’essais" in said[-1]
    right = send(client, path, {**wrong, "current": PASSWORD}, page=page)
    assert right.status_code == 422
    assert "Compte bloqué" in words(browser("manager").get("/administration/securite/"))


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/%0d%0aX: y"]
)
@pytest.mark.parametrize("path", ["/connexion", "/connexion/renforcee"])
def test_signing_in_never_leads_outside(browser, path, target):
    client = browser("teacher") if path.endswith("renforcee") else browser()
    form = {"login": "teacher", "password": PASSWORD, "next": target}
    answer = send(client, path, form)
    assert answer.status_code == 303
    assert answer.location == "/" or answer.location.startswith("/%0d%0a")
    assert "X" not in answer.headers
