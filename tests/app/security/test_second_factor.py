"""A second factor: enrol, sign in with it, step up to it, lose it."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, update

from preau.kernel import preferences
from preau.kernel.database import db, now
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import sessions, totp
from preau.socle.security.models import Account
from tests.app.security.pages import account_of, send, sign_in, words
from tests.support.world import PASSWORD


def enrol(client) -> tuple[pyotp.TOTP, list[str]]:
    """Turn the second factor on as a person does; return the application and the recovery codes."""
    assert (
        send(client, "/compte/double-verification/commencer", {"current": PASSWORD}, page=PAGE).status_code
        == 303
    )
    page = client.get(PAGE)
    seed = re.search(r'user-select-all[^"]*">([A-Z2-7 ]+)<', page.text).group(1).replace(" ", "")
    application = pyotp.TOTP(seed)
    done = send(client, "/compte/double-verification/confirmer", {"code": application.now()}, page=PAGE)
    assert done.status_code == 200, words(done)
    return application, re.findall(r"<code>([A-Z0-9-]{14})</code>", done.text)


PAGE = "/compte/double-verification"


def forget_last_step(person_id: int) -> None:
    with lifted(), atomic() as session:
        session.execute(update(Account).where(Account.person_id == person_id).values(totp_last_step=None))


@pytest.mark.sdet("SOC-SEC-IAU-03", "SOC-SEC-IAU-14")
def test_with_a_second_factor_the_password_alone_opens_nothing(browser, world):
    application, _codes = enrol(browser("teacher"))
    forget_last_step(world.people["teacher"])
    client = browser()
    answer = sign_in(client, "teacher", PASSWORD, next="/compte/appareils")
    assert answer.location == "/connexion/code"
    assert client.get("/compte/appareils").location.startswith("/connexion?")
    assert send(client, "/connexion/code", {"code": "000000"}).status_code == 422
    answer = send(client, "/connexion/code", {"code": application.now()})
    assert (answer.status_code, answer.location) == (303, "/compte/appareils")
    assert client.get("/compte/appareils").status_code == 200


def test_a_code_that_was_used_is_worth_nothing(browser, world):
    application, _codes = enrol(browser("teacher"))
    forget_last_step(world.people["teacher"])
    code = application.now()
    first, second = browser(), browser()
    for client in (first, second):
        sign_in(client, "teacher", PASSWORD)
    assert send(first, "/connexion/code", {"code": code}).status_code == 303
    assert send(second, "/connexion/code", {"code": code}).status_code == 422


def test_a_recovery_code_replaces_the_telephone_once(browser):
    _application, codes = enrol(browser("teacher"))
    assert len(codes) == 8
    client = browser()
    sign_in(client, "teacher", PASSWORD)
    assert send(client, "/connexion/code", {"code": codes[0].lower()}).status_code == 303
    again = browser()
    sign_in(again, "teacher", PASSWORD)
    assert send(again, "/connexion/code", {"code": codes[0]}).status_code == 422


@pytest.mark.sdet("SOC-SEC-IAU-08", "SOC-SEC-IAU-09")
def test_the_seed_is_encrypted_and_no_code_is_readable_at_rest(browser, world):
    application, codes = enrol(browser("teacher"))
    account = account_of(world.people["teacher"])
    kept = f"{account.totp_secret} {account.password_hash}"
    with lifted():
        kept += " ".join(db.session.scalars(select(totp.RecoveryCode.code_hash)))
    assert application.secret not in kept
    assert not any(code.replace("-", "") in kept for code in codes)


@pytest.mark.sdet("SOC-SEC-IAU-11", "SOC-SEC-IAU-12")
def test_administration_may_ask_for_the_second_factor_and_comes_back_to_the_page(browser, world):
    client = browser("manager")
    assert client.get("/administration/comptes/").status_code == 200
    with lifted():
        preferences.choose(world.identity("admin"), "security.admin_level", "project", 0, 30)
    asked = client.get("/administration/comptes/?q=lina")
    assert asked.location.startswith("/connexion/renforcee?next=")
    assert "Mettre en place" in words(client.get(asked.location))
    application, _codes = enrol(client)
    assert client.get("/administration/comptes/").status_code == 200  # enrolling proved it
    forget_last_step(world.people["manager"])
    other = browser("manager")
    asked = other.get("/administration/comptes/?q=lina")
    before = other.get_cookie(sessions.COOKIE).value
    answer = send(
        other,
        "/connexion/renforcee",
        {"code": application.now(), "next": "/administration/comptes/?q=lina"},
        page=asked.location,
    )
    assert (answer.status_code, answer.location) == (303, "/administration/comptes/?q=lina")
    assert other.get_cookie(sessions.COOKIE).value != before
    assert other.get(answer.location).status_code == 200


def test_a_picture_session_reaches_the_password_level_with_the_password(browser):
    client = browser("school_head", level=AuthenticationLevel.PICTURE)
    asked = client.get("/administration/comptes/")
    assert (
        send(
            client, "/connexion/renforcee", {"password": "faux", "next": "/"}, page=asked.location
        ).status_code
        == 422
    )
    data = {"password": PASSWORD, "next": "/administration/comptes/"}
    assert send(client, "/connexion/renforcee", data, page=asked.location).status_code == 303
    assert client.get("/administration/comptes/").status_code == 200


def test_enrolling_asks_for_the_password_and_a_right_first_code(browser, world):
    client = browser("teacher")
    wrong = send(client, "/compte/double-verification/commencer", {"current": "faux"}, page=PAGE)
    assert wrong.status_code == 422
    send(client, "/compte/double-verification/commencer", {"current": PASSWORD}, page=PAGE)
    page = send(client, "/compte/double-verification/confirmer", {"code": "123"}, page=PAGE)
    assert page.status_code == 422
    assert account_of(world.people["teacher"]).totp_secret == ""


def test_codes_are_those_of_the_clock_give_or_take_one_step(app):
    sealed = totp.new_seed()
    application = pyotp.TOTP(totp.enrolment(sealed, "qui").seed)
    moment = now()
    for seconds, accepted in ((-30, True), (0, True), (30, True), (-120, False), (120, False)):
        code = application.at(moment + timedelta(seconds=seconds))
        assert (totp.step_of(sealed, code) is not None) is accepted
