"""CAS from both sides: the browser that comes for a ticket, the partner's server that checks it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, update

from preau.kernel import jobs
from preau.kernel.database import db, now
from preau.kernel.journal import JournalEntry
from preau.kernel.tenancy import lifted
from preau.socle.security.authentication import sessions
from preau.socle.security.models import SignInSession
from preau.socle.security.propagation import registering
from preau.socle.security.propagation.models import PartnerLink, Ticket
from tests.app.partners.conftest import code_of, text_of
from tests.support.world import PASSWORD

SERVICE = "https://copies.exemple.fr/entrer"
LONG_AGO = now() - timedelta(days=2)


def journal(action):
    with lifted():
        return db.session.scalars(select(JournalEntry).where(JournalEntry.action == action)).all()


@pytest.mark.sdet("SOC-SEC-PII-01", "SOC-INT-ASE-01", "SOC-INT-ASE-03")
def test_somebody_signed_in_enters_without_signing_in_again(register, ticket_of, check):
    register()
    answer = check("serviceValidate", service=SERVICE, ticket=ticket_of("teacher", SERVICE))
    assert text_of(answer, "user")[0]
    assert code_of(answer) is None


@pytest.mark.sdet("SOC-SEC-PII-01", "RUL-56")
def test_somebody_who_is_not_signs_in_and_goes_on_to_the_partner(register, browser):
    register()
    client = browser()
    first = client.get("/cas/login", query_string={"service": SERVICE})
    form = client.get(first.headers["Location"])
    assert form.status_code == 200
    target = parse_qs(urlsplit(first.headers["Location"]).query)["next"][0]
    signed = client.post("/connexion", data={"login": "teacher", "password": PASSWORD, "next": target})
    arrived = client.get(signed.headers["Location"])
    # A page in between: browsers refuse that a form's answer redirects to another site.
    assert arrived.status_code == 200
    assert arrived.headers["Refresh"].startswith(f"0; url={SERVICE}?ticket=ST-")
    assert arrived.headers["Cache-Control"] == "no-store"


@pytest.mark.sdet("SOC-SEC-PII-03", "SOC-SEC-PII-04")
def test_each_partner_knows_a_person_by_an_identifier_of_its_own(world, register, ticket_of, check):
    register(released=[])
    register(name="Autre", addresses=["https://autre.exemple.fr/"], released=[])
    names = []
    for service in (SERVICE, "https://autre.exemple.fr/", SERVICE):
        answer = check("serviceValidate", service=service, ticket=ticket_of("teacher", service))
        names += text_of(answer, "user")
    assert names[0] == names[2] != names[1]
    teacher = world.person("teacher")
    assert not {teacher.uid, "teacher", teacher.mail} & set(names)
    with lifted():
        found = db.session.scalars(select(PartnerLink.person_id).where(PartnerLink.opaque.in_(names))).all()
    assert set(found) == {teacher.id}


@pytest.mark.sdet("SOC-INT-ASE-04", "RUL-54", "RUL-61", "SOC-SEC-AUT-02")
def test_what_leaves_is_what_was_released_and_nothing_else(register, ticket_of, check):
    released = [
        {"name": "ENTPersonNom", "sent_as": "nom", "reason": "Copies"},
        {"name": "ENTPersonProfils", "reason": "Droits"},
        {"name": "ENTClasse", "reason": "Groupes"},
        {"name": "ENTPersonStructRattachUAI", "reason": "École"},
    ]
    register(released=released)
    answer = check("p3/serviceValidate", service=SERVICE, ticket=ticket_of("pupil", SERVICE))
    told = {
        element.tag.partition("}")[2]: element.text
        for element in answer.find(".//{*}attributes")
        if not element.tag.endswith(("Date", "Used", "Login", "Level"))
    }
    assert told == {
        "nom": "Élève",
        "ENTPersonProfils": "National_1",
        "ENTClasse": "6e A",
        "ENTPersonStructRattachUAI": "0330001K",
    }


def test_protocol_2_carries_attributes_only_where_the_partner_expects_them(register, ticket_of, check):
    register()
    register(name="Bloc", addresses=["https://bloc.exemple.fr/"], layout="cas2")
    register(name="Plat", addresses=["https://plat.exemple.fr/"], layout="flat")
    found = {}
    for service in (SERVICE, "https://bloc.exemple.fr/", "https://plat.exemple.fr/"):
        answer = check("serviceValidate", service=service, ticket=ticket_of("teacher", service))
        (success,) = answer
        found[service] = [element.tag.partition("}")[2] for element in success]
    assert found[SERVICE] == ["user"]
    assert found["https://bloc.exemple.fr/"] == ["user", "attributes"]
    assert found["https://plat.exemple.fr/"] == ["user", "ENTPersonNom"]


def test_protocol_1_answers_two_lines(register, ticket_of, browser):
    register()
    ticket = ticket_of("teacher", SERVICE)
    asked = {"service": SERVICE, "ticket": ticket}
    first = browser().get("/cas/validate", query_string=asked)
    second = browser().get("/cas/validate", query_string=asked)
    assert first.text.splitlines()[0] == "yes"
    assert second.text == "no\n\n"


def test_json_says_the_same(register, ticket_of, browser):
    register()
    asked = {"service": SERVICE, "ticket": ticket_of("teacher", SERVICE), "format": "JSON"}
    answer = browser().get("/cas/p3/serviceValidate", query_string=asked)
    success = answer.json["serviceResponse"]["authenticationSuccess"]
    assert success["attributes"]["ENTPersonNom"] == ["Professeur"]


@pytest.mark.sdet("SOC-SEC-PII-03")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service": "https://copies.exemple.fr/ailleurs"}, "INVALID_SERVICE"),
        ({"ticket": "ST-inconnu"}, "INVALID_TICKET"),
        ({"ticket": ""}, "INVALID_REQUEST"),
        ({"service": ""}, "INVALID_REQUEST"),
        ({"ticket": "ST-" + "x" * 5000}, "INVALID_TICKET"),
    ],
)
def test_a_wrong_check_is_refused_and_journalled(register, ticket_of, check, change, code):
    register()
    asked = {"service": SERVICE, "ticket": ticket_of("teacher", SERVICE)} | change
    assert code_of(check("serviceValidate", **asked)) == code
    if code != "INVALID_REQUEST":
        (line,) = journal("partners.refused")
        assert line.details["code"] == code
        assert "ST-" not in str(line.details)


def test_a_ticket_serves_once_even_when_the_check_was_wrong(register, ticket_of, check):
    register()
    ticket = ticket_of("teacher", SERVICE)
    assert code_of(check("serviceValidate", service=SERVICE + "x", ticket=ticket)) == "INVALID_SERVICE"
    assert code_of(check("serviceValidate", service=SERVICE, ticket=ticket)) == "INVALID_TICKET"


def test_a_ticket_older_than_a_minute_is_refused(register, ticket_of, check):
    register()
    ticket = ticket_of("teacher", SERVICE)
    with lifted():
        db.session.execute(update(Ticket).values(expires_at=now()))
        db.session.commit()
    assert code_of(check("serviceValidate", service=SERVICE, ticket=ticket)) == "INVALID_TICKET"


@pytest.mark.sdet("SOC-SEC-PII-02")
def test_signing_out_destroys_the_proofs_not_used_yet(register, ticket_of, browser, check):
    register()
    client = browser("teacher")
    ticket = ticket_of("teacher", SERVICE, client)
    client.post("/deconnexion")
    assert code_of(check("serviceValidate", service=SERVICE, ticket=ticket)) == "INVALID_TICKET"


@pytest.mark.sdet("SOC-SEC-PII-02")
def test_every_partner_visited_is_told_of_the_sign_out(register, ticket_of, browser, check, listener):
    register(addresses=[listener.address], landing=listener.address)
    client = browser("teacher")
    ticket = ticket_of("teacher", listener.address, client)
    check("serviceValidate", service=listener.address, ticket=ticket)
    client.post("/deconnexion")
    jobs.run_pending()
    (message,) = listener.posted
    assert f"<samlp:SessionIndex>{ticket}</samlp:SessionIndex>" in message["logoutRequest"]
    jobs.run_pending()
    assert len(listener.posted) == 1


@pytest.mark.sdet("SOC-SEC-PII-02", "SOC-SEC-IAU-05")
def test_a_session_that_nobody_came_back_to_ends_at_the_partners_too(
    world, register, ticket_of, browser, check, listener
):
    register(addresses=[listener.address], landing=listener.address)
    client = browser("teacher")
    check("serviceValidate", service=listener.address, ticket=ticket_of("teacher", listener.address, client))
    with lifted():
        db.session.execute(update(SignInSession).values(seen_at=LONG_AGO))
        db.session.commit()
    sessions.close_stale()
    jobs.run_pending()
    assert len(listener.posted) == 1


def test_a_partner_cannot_send_us_elsewhere(register, ticket_of, browser, check, listener):
    register(addresses=[listener.address], landing=listener.address)
    listener.status, listener.location = 302, listener.address + "interne"
    client = browser("teacher")
    check("serviceValidate", service=listener.address, ticket=ticket_of("teacher", listener.address, client))
    client.post("/deconnexion")
    jobs.run_pending()
    assert len(listener.posted) == 1
    assert listener.called == []


@pytest.mark.sdet("SOC-SEC-AUT-01")
@pytest.mark.parametrize("key", ["stranger", "manager", "child"])
def test_a_partner_that_the_school_did_not_open_stays_closed(register, browser, key):
    register(profiles=["teacher"])
    answer = browser(key).get("/cas/login", query_string={"service": SERVICE})
    assert answer.status_code == 403
    assert "ne vous est pas ouvert" in answer.text
    assert journal("partners.sign_on") == []


def test_a_right_withdrawn_between_ticket_and_check_counts(world, register, ticket_of, check):
    partner = register()
    ticket = ticket_of("teacher", SERVICE)
    registering.open_partner(world.identity("admin"), partner, world.structures["college"], [])
    assert code_of(check("serviceValidate", service=SERVICE, ticket=ticket)) == "INVALID_TICKET"


@pytest.mark.parametrize(
    "address",
    [
        "https://inconnu.exemple.fr/",
        "https://copies.exemple.fr.pirate.test/",
        "https://copies.exemple.fr@pirate.test/",
        "https://copies.exemple.fr\\@pirate.test/",
        "https://copies.exemple.fr:8443/",
        "http://copies.exemple.fr/",
        "javascript:alert(1)",
        "//copies.exemple.fr/",
        "https://copies.exemple.fr/%2e%2e/",
        "https://copies.exemple.fr/#x",
        "https://copies.exemple.fr/\r\nSet-Cookie: a=b",
    ],
)
@pytest.mark.parametrize("query", [{}, {"gateway": "true"}])
def test_nobody_is_sent_to_an_address_that_is_not_registered(register, browser, address, query):
    register()
    for client in (browser("teacher"), browser()):
        answer = client.get("/cas/login", query_string={"service": address, **query})
        assert answer.status_code == 403
        assert "Location" not in answer.headers
        assert "Refresh" not in answer.headers


def test_the_gateway_lets_a_visitor_through_without_ticket(register, browser):
    register()
    answer = browser().get("/cas/login", query_string={"service": SERVICE, "gateway": "true"})
    assert answer.headers["Location"] == SERVICE


@pytest.mark.sdet("SOC-SEC-IAU-12", "SOC-SEC-IAU-11")
def test_a_partner_may_ask_for_a_second_factor(register, browser):
    register(level=30)
    answer = browser("teacher").get("/cas/login", query_string={"service": SERVICE})
    assert "/connexion/renforcee" in answer.headers["Location"]


def test_renew_asks_for_the_password_again(register, browser, check):
    register()
    client = browser("teacher")
    with lifted():
        db.session.execute(update(SignInSession).values(created_at=LONG_AGO))
        db.session.commit()
    asked = {"service": SERVICE, "renew": "true"}
    first = client.get("/cas/login", query_string=asked)
    assert "/connexion/renforcee" in first.headers["Location"]
    target = parse_qs(urlsplit(first.headers["Location"]).query)["next"][0]
    proved = client.post("/connexion/renforcee", data={"password": PASSWORD, "next": target})
    arrived = client.get(proved.headers["Location"])
    ticket = parse_qs(urlsplit(arrived.headers["Refresh"].partition("url=")[2]).query)["ticket"][0]
    answer = check("p3/serviceValidate", service=SERVICE, ticket=ticket, renew="true")
    assert text_of(answer, "isFromNewLogin") == ["true"]


def test_a_ticket_of_an_old_session_does_not_pass_for_a_new_sign_in(register, ticket_of, browser, check):
    register()
    client = browser("teacher")
    with lifted():
        db.session.execute(update(SignInSession).values(created_at=LONG_AGO))
        db.session.commit()
    ticket = ticket_of("teacher", SERVICE, client)
    answer = check("serviceValidate", service=SERVICE, ticket=ticket, renew="true")
    assert code_of(answer) == "INVALID_TICKET"


def test_a_link_signs_nobody_out(register, browser):
    register()
    client = browser("teacher")
    page = client.get("/cas/logout", query_string={"service": SERVICE})
    assert page.status_code == 200
    assert client.get("/signets/").status_code == 200
    out = client.post("/cas/logout", data={"service": SERVICE})
    assert out.headers["Refresh"] == f"2; url={SERVICE}"
    assert client.get("/signets/").status_code == 303


def test_after_signing_out_one_goes_only_to_a_registered_address(register, browser):
    register()
    out = browser("teacher").post("/cas/logout", data={"service": "https://pirate.test/"})
    assert "Refresh" not in out.headers
    assert "pirate" not in out.text


@pytest.mark.sdet("SOC-SEC-APS-03")
def test_the_chain_of_a_sign_on_can_be_followed(register, ticket_of, check):
    partner = register()
    check("serviceValidate", service=SERVICE, ticket=ticket_of("teacher", SERVICE))
    (sent,), (told,) = journal("partners.sign_on"), journal("partners.told")
    assert sent.actor == told.actor
    assert sent.object_key == told.object_key == str(partner.id)
    assert told.details["attributes"] == ["ENTPersonNom"]
