"""Application passwords: for one program, one use, withdrawn alone."""

import re

import pytest
from sqlalchemy import event, select, update

from preau.kernel.database import db
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import basic, sessions
from preau.socle.security.authentication.models import AppPassword
from preau.socle.security.models import Account
from tests.app.security.pages import send, sign_in, words
from tests.support.world import PASSWORD


def create(client) -> str:
    page = send(client, "/compte/programmes", {"name": "Ordinateur de la maison", "current": PASSWORD})
    assert page.status_code == 200, words(page)
    return re.search(r'id="token">([0-9a-f-]+)<', page.text).group(1)


@pytest.mark.sdet("SOC-SEC-IAU-06", "SOC-SEC-IAU-08")
def test_a_program_password_opens_its_use_and_nothing_else(browser, world):
    client = browser("teacher")
    token = create(client)
    found = basic.identity_of("Teacher", token, "dav")
    assert found.person_id == world.people["teacher"]
    assert basic.identity_of("teacher", token, "mail") is None
    assert basic.identity_of("pupil", token, "dav") is None
    assert basic.identity_of("teacher", PASSWORD, "dav") is None
    assert sign_in(browser(), "teacher", token).status_code == 422
    with lifted():
        assert token not in str(db.session.scalars(select(AppPassword.token_hash)).one())


def test_it_is_made_by_the_owner_only_and_not_by_whoever_found_the_session_open(browser, world):
    client = browser("teacher")
    page = send(client, "/compte/programmes", {"name": "Maison", "current": "faux"})
    assert page.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel" in words(page)
    assert 'value="Maison"' in page.text
    with lifted():
        assert db.session.scalars(select(AppPassword)).all() == []


def test_a_session_opened_by_pictures_makes_none_before_the_password_is_given(browser):
    client = browser("child", level=AuthenticationLevel.PICTURE)
    assert client.get("/compte/appareils").status_code == 200
    for path in ("/compte/programmes", "/compte/mot-de-passe", "/compte/double-verification"):
        assert client.get(path).location.startswith("/connexion/renforcee?next=")


def test_the_journal_of_a_program_says_where_each_request_comes_from(browser):
    token = create(browser("teacher"))
    assert basic.identity_of("teacher", token, "dav", origin="192.0.2.1").origin == "192.0.2.1"
    assert basic.identity_of("teacher", token, "dav", origin="192.0.2.2").origin == "192.0.2.2"


def test_it_is_shown_once_and_withdrawn_at_once(browser):
    client = browser("teacher")
    token = create(client)
    page = client.get("/compte/programmes")
    assert token not in page.text
    key = re.search(r"/compte/programmes/([0-9a-f-]{36})/retirer", page.text).group(1)
    stranger = browser("pupil")
    assert (
        send(stranger, f"/compte/programmes/{key}/retirer", {}, page="/compte/programmes").status_code == 404
    )
    assert basic.identity_of("teacher", token, "dav") is not None
    assert send(client, f"/compte/programmes/{key}/retirer", {}, page="/compte/programmes").status_code == 303
    assert basic.identity_of("teacher", token, "dav") is None


def test_it_stops_with_the_account_and_follows_the_rights(browser, world):
    token = create(browser("teacher"))
    before = basic.identity_of("teacher", token, "dav")
    assert basic.identity_of("teacher", token, "dav") is before
    sessions.rights_moved(world.people["teacher"])
    with lifted():
        db.session.commit()
    assert basic.identity_of("teacher", token, "dav") is not before
    with lifted(), atomic() as session:
        session.execute(update(Account).where(Account.login == "teacher").values(state="suspended"))
    assert basic.identity_of("teacher", token, "dav") is None


def test_once_rights_are_known_a_request_costs_one_read(browser):
    token = create(browser("teacher"))
    basic.identity_of("teacher", token, "dav")
    seen: list[str] = []

    def listen(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", listen)
    basic.identity_of("teacher", token, "dav")
    event.remove(db.engine, "before_cursor_execute", listen)
    assert len([each for each in seen if "set_config" not in each]) == 1


def test_a_program_needs_a_name(browser):
    page = send(browser("teacher"), "/compte/programmes", {"name": "  ", "current": PASSWORD})
    assert page.status_code == 422
    assert "Donnez-lui un nom" in words(page)
