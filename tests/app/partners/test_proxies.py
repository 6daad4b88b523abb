"""A partner enters another in the name of the person; the SAML 1.1 form of a check."""

import pytest
from lxml import etree

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.security.authentication import sessions
from preau.socle.security.propagation.cas import saml11
from preau.socle.security.propagation.models import Ticket
from tests.app.partners.conftest import code_of, text_of

SERVICE = "https://copies.exemple.fr/entrer"
OTHER = "https://notes.exemple.fr/"


@pytest.fixture
def granting(register, ticket_of, check, listener):
    """A granting ticket that a partner obtained, and the handle it was told."""
    register(name="Portail", addresses=[listener.address], landing=listener.address, may_proxy=True)
    register(name="Notes", addresses=[OTHER])
    ticket = ticket_of("teacher", listener.address)
    answer = check("serviceValidate", service=listener.address, ticket=ticket, pgtUrl=listener.address)
    (called,) = listener.called
    assert text_of(answer, "proxyGrantingTicket") == [called["pgtIou"]]
    return called["pgtId"]


def test_a_partner_enters_another_in_the_persons_name(granting, check, listener):
    ticket = text_of(check("proxy", pgt=granting, targetService=OTHER), "proxyTicket")[0]
    answer = check("proxyValidate", service=OTHER, ticket=ticket)
    assert code_of(answer) is None
    assert text_of(answer, "proxy") == [listener.address]


def test_a_proxy_ticket_is_not_taken_for_the_persons_own(granting, check):
    ticket = text_of(check("proxy", pgt=granting, targetService=OTHER), "proxyTicket")[0]
    assert code_of(check("serviceValidate", service=OTHER, ticket=ticket)) == "INVALID_TICKET"


def test_a_proxy_goes_nowhere_that_is_not_registered(granting, check):
    answer = check("proxy", pgt=granting, targetService="https://pirate.test/")
    assert code_of(answer) == "UNAUTHORIZED_SERVICE"


@pytest.mark.sdet("SOC-SEC-PII-02")
def test_a_granting_ticket_is_nothing_once_the_session_is_over(world, granting, check):
    sessions.close_all(world.people["teacher"])
    assert code_of(check("proxy", pgt=granting, targetService=OTHER)) == "INVALID_TICKET"


@pytest.mark.parametrize("callback", ["https://pirate.test/", "http://127.0.0.1:1/ailleurs"])
def test_a_granting_ticket_is_handed_to_the_partner_alone(register, ticket_of, check, callback):
    register(may_proxy=True)
    asked = {"service": SERVICE, "ticket": ticket_of("teacher", SERVICE), "pgtUrl": callback}
    assert code_of(check("serviceValidate", **asked)) == "INVALID_PROXY_CALLBACK"


def test_a_partner_without_that_right_gets_no_granting_ticket(register, ticket_of, check, listener):
    register(addresses=[listener.address], landing=listener.address)
    asked = {"service": listener.address, "ticket": ticket_of("teacher", listener.address)}
    answer = check("serviceValidate", **asked, pgtUrl=listener.address)
    assert code_of(answer) == "INVALID_PROXY_CALLBACK"
    assert listener.called == []


def test_a_callback_that_fails_leaves_no_granting_ticket_behind(register, ticket_of, check, listener):
    listener.status = 500
    register(addresses=[listener.address], landing=listener.address, may_proxy=True)
    asked = {"service": listener.address, "ticket": ticket_of("teacher", listener.address)}
    answer = check("serviceValidate", **asked, pgtUrl=listener.address)
    assert code_of(answer) is None
    assert text_of(answer, "proxyGrantingTicket") == []
    with lifted():
        assert db.session.query(Ticket).count() == 0


def soap(ticket):
    return (
        f'<s:Envelope xmlns:s="{saml11.SOAP}"><s:Body><p:Request xmlns:p="{saml11.PROTOCOL}" RequestID="_r1">'
        f"<p:AssertionArtifact>{ticket}</p:AssertionArtifact></p:Request></s:Body></s:Envelope>"
    ).encode()


def test_the_saml_form_tells_the_same(register, ticket_of, browser):
    register()
    body = soap(ticket_of("teacher", SERVICE))
    answer = browser().post("/cas/samlValidate", query_string={"TARGET": SERVICE}, data=body)
    root = etree.fromstring(answer.data)
    assert root.find(".//{*}StatusCode").get("Value") == "samlp:Success"
    assert root.find(".//{*}Response").get("InResponseTo") == "_r1"
    assert root.find(".//{*}Attribute").get("AttributeName") == "ENTPersonNom"
    assert root.find(".//{*}AttributeValue").text == "Professeur"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a",
        b"x" * 100_000,
        soap(""),
        soap("</p:AssertionArtifact><p:AssertionArtifact>ST-x"),
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + soap("&e;"),
    ],
)
def test_a_request_that_is_no_such_request_is_refused(register, browser, body):
    register()
    answer = browser().post("/cas/samlValidate", query_string={"TARGET": SERVICE}, data=body)
    root = etree.fromstring(answer.data)
    assert root.find(".//{*}StatusCode").get("Value") == "samlp:RequestDenied"
    assert b"root:" not in answer.data
