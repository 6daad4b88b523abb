"""From the code of a sheet to a password of one's own; a forgotten password; addresses to be called back at."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from preau.kernel.database import db, now
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.accounts import administration
from preau.socle.security.authentication.models import SecondChannelCode
from preau.socle.security.models import Account
from preau.socle.security.policy import charter
from tests.app.security.pages import account_of, outbox, send, sign_in, words
from tests.support.world import PASSWORD

GOOD = "Trois-girafes-bleues-42"


def give_code(world, key: str) -> str:
    with lifted(), atomic() as session:
        account = session.get_one(Account, world.people[key])
        account.state = "pending"
        return administration.give_code(account)


def activate(client, login: str, code: str, **form):
    answer = send(client, "/activation", {"login": login, "code": code})
    assert answer.status_code == 303, words(answer)
    data = {"password": GOOD, "again": GOOD, "accept": "1", **form}
    return send(client, "/activation/mot-de-passe", data)


@pytest.mark.sdet("SOC-SEC-IAU-13", "SOC-SEC-IAU-14")
def test_a_code_opens_the_account_once_with_a_password_and_the_charter(browser, world):
    code = give_code(world, "teacher")
    client = browser()
    answer = activate(client, "teacher", code.lower().replace("-", " "))
    assert answer.status_code == 303
    assert "Votre compte est prêt" in words(client.get(answer.location))
    account = account_of(world.people["teacher"])
    assert (account.state, account.activation_hash) == ("active", "")
    assert account.charter_accepted_at is not None
    assert sign_in(browser(), "teacher", GOOD).status_code == 303
    again = send(browser(), "/activation", {"login": "teacher", "code": code})
    assert again.status_code == 422
    with lifted():
        found = set(db.session.scalars(select(JournalEntry.action)))
    assert {"security.account_activated", "security.charter_accepted"} <= found


def test_the_charter_must_be_accepted_and_nothing_typed_twice_wrong_is_taken(browser, world):
    code = give_code(world, "teacher")
    page = activate(browser(), "teacher", code, again=GOOD + "x", accept="")
    assert page.status_code == 422
    assert "Lisez la charte" in words(page)
    assert "ne sont pas les mêmes" in words(page)
    assert account_of(world.people["teacher"]).state == "pending"


def test_a_code_out_of_date_a_wrong_code_and_an_unknown_login_get_the_same_answer(browser, world):
    code = give_code(world, "teacher")
    with lifted(), atomic() as session:
        session.execute(
            update(Account)
            .where(Account.login == "teacher")
            .values(activation_expires_at=now() - timedelta(days=1))
        )
    give_code(world, "pupil")
    answers = [
        send(browser(), "/activation", {"login": login, "code": typed})
        for login, typed in (("teacher", code), ("pupil", "AAAA-AAAA-AAAA"), ("personne", code))
    ]
    said = {
        re.sub(r'value="\w+"', "", re.search(r'role="alert">.*?</div>', each.text, re.DOTALL).group())
        for each in answers
    }
    assert len(said) == 1
    assert {each.status_code for each in answers} == {422}


def test_the_code_typed_on_the_sign_in_page_leads_to_the_activation(browser, world):
    code = give_code(world, "teacher")
    answer = sign_in(browser(), "teacher", code)
    assert answer.location == "/activation?identifiant=teacher"


@pytest.mark.sdet("SOC-SEC-APS-02")
@pytest.mark.parametrize(
    ("key", "password", "said"),
    [
        ("head", "Court-7-a", "au moins 12 caractères"),
        ("teacher", "azertyuiop1", "trop facile à deviner"),
        ("teacher", "Professeur-42-bleu", "ni votre nom ni votre identifiant"),
        ("pupil", "girafes", "au moins 8 caractères"),
    ],
)
def test_a_password_follows_the_policy_of_its_owner(browser, world, key, password, said):
    code = give_code(world, key)
    page = activate(browser(), key, code, password=password, again=password)
    assert page.status_code == 422
    assert said in words(page)


def test_a_young_pupil_needs_less_than_a_head(browser, world):
    code = give_code(world, "child")
    assert activate(browser(), "child", code, password="girafe7bleu", again="girafe7bleu").status_code == 303


@pytest.mark.sdet("SOC-SUP-ABO-03", "SOC-SEC-IAU-14")
def test_a_forgotten_password_is_replaced_with_a_code_sent_by_mail(browser, world):
    here = browser("teacher")
    client = browser()
    assert send(client, "/mot-de-passe-oublie", {"login": "teacher"}).location == "/mot-de-passe-oublie/code"
    message = outbox()[-1]
    assert (message.medium, message.recipient, message.secret) == ("mail", "teacher@exemple.test", True)
    code = re.search(r"\d{4} \d{4}", message.text).group()
    assert send(client, "/mot-de-passe-oublie/code", {"code": "0000 0000"}).status_code == 422
    answer = send(client, "/mot-de-passe-oublie/code", {"code": code})
    assert answer.location == "/mot-de-passe-oublie/nouveau"
    assert send(client, answer.location, {"password": GOOD, "again": GOOD}).status_code == 303
    assert sign_in(browser(), "teacher", GOOD).status_code == 303
    assert sign_in(browser(), "teacher", PASSWORD).status_code == 422
    assert here.get("/compte/appareils").status_code == 303  # signed out everywhere


def test_the_forgotten_page_does_not_say_who_has_an_account(browser):
    known, unknown = browser(), browser()
    first = send(known, "/mot-de-passe-oublie", {"login": "teacher"})
    second = send(unknown, "/mot-de-passe-oublie", {"login": "personne"})
    assert (first.status_code, first.location) == (second.status_code, second.location)
    pages = [
        re.sub(r'value="[^"]+"|nonce="[^"]+"', "", each.get(first.location).text) for each in (known, unknown)
    ]
    assert pages[0] == pages[1]
    assert send(unknown, "/mot-de-passe-oublie/code", {"code": "12345678"}).status_code == 422
    assert len(outbox()) == 1


def test_a_code_only_serves_in_the_browser_that_asked_for_it(browser):
    send(browser(), "/mot-de-passe-oublie", {"login": "teacher"})
    code = re.search(r"\d{4} \d{4}", outbox()[-1].text).group()
    other = browser()
    send(other, "/mot-de-passe-oublie", {"login": "pupil"})
    assert send(other, "/mot-de-passe-oublie/code", {"code": code}).status_code == 422


def test_a_sent_code_is_tried_five_times_and_lives_ten_minutes(browser):
    client = browser()
    send(client, "/mot-de-passe-oublie", {"login": "teacher"})
    code = re.search(r"\d{4} \d{4}", outbox()[-1].text).group()
    for _number in range(5):
        send(client, "/mot-de-passe-oublie/code", {"code": "0000 0000"})
    assert send(client, "/mot-de-passe-oublie/code", {"code": code}).status_code == 422
    send(client, "/mot-de-passe-oublie", {"login": "teacher"})
    code = re.search(r"\d{4} \d{4}", outbox()[-1].text).group()
    with lifted(), atomic() as session:
        session.execute(update(SecondChannelCode).values(expires_at=now() - timedelta(seconds=1)))
    assert send(client, "/mot-de-passe-oublie/code", {"code": code}).status_code == 422


def test_an_address_is_kept_once_its_owner_received_the_code(browser, world):
    client = browser("pupil")
    form = {"medium": "sms", "address": "06 12 34 56 78", "current": PASSWORD}
    assert send(client, "/compte/en-cas-d-oubli", form).status_code == 303
    assert account_of(world.people["pupil"]).recovery_mobile == ""
    message = outbox()[-1]
    assert (message.medium, message.recipient) == ("sms", "0612345678")
    code = re.search(r"\d{4} \d{4}", message.text).group()
    done = send(client, "/compte/en-cas-d-oubli/code", {"code": code}, page="/compte/en-cas-d-oubli")
    assert done.status_code == 303
    assert account_of(world.people["pupil"]).recovery_mobile == "0612345678"


def test_an_address_is_refused_without_the_password_or_when_it_is_none(browser):
    client = browser("pupil")
    wrong = {"medium": "mail", "address": "pas-une-adresse", "current": PASSWORD}
    page = send(client, "/compte/en-cas-d-oubli", wrong)
    assert page.status_code == 422
    assert 'value="pas-une-adresse"' in page.text
    stolen = {"medium": "mail", "address": "moi@exemple.fr", "current": "faux"}
    assert send(client, "/compte/en-cas-d-oubli", stolen).status_code == 422
    assert outbox() == []


def test_a_new_version_of_the_charter_is_accepted_before_anything_else(browser, world):
    with lifted():
        charter.publish(
            world.identity("head"), world.structures["college"], "# Notre charte\n\nSoyons gentils."
        )
    client = browser()
    sign_in(client, "teacher", PASSWORD)
    assert client.get("/compte/appareils").location == "/connexion/charte"
    assert "Soyons gentils" in words(client.get("/connexion/charte"))
    assert send(client, "/connexion/charte", {}).status_code == 422
    assert send(client, "/connexion/charte", {"accept": "1"}).status_code == 303
    assert client.get("/compte/appareils").status_code == 200
    sign_in(again := browser(), "teacher", PASSWORD)
    assert again.get("/compte/appareils").status_code == 200
    sign_in(elsewhere := browser(), "stranger", PASSWORD)
    assert elsewhere.get("/compte/appareils").status_code == 200


@pytest.mark.sdet("SOC-SEC-IAU-14")
def test_changing_a_password_asks_for_the_present_one_and_closes_the_other_devices(browser, world):
    other, client = browser("teacher"), browser("teacher")
    form = {"current": "faux", "password": GOOD, "again": GOOD, "others": "1"}
    assert send(client, "/compte/mot-de-passe", form).status_code == 422
    assert send(client, "/compte/mot-de-passe", {**form, "current": PASSWORD}).status_code == 303
    assert client.get("/compte/appareils").status_code == 200
    assert other.get("/compte/appareils").status_code == 303
