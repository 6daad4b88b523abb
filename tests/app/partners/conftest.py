"""A partner that really listens: it receives sign-outs and granting tickets, as a service of a publisher does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from lxml import etree

from preau.kernel.tenancy import behind
from preau.socle.security.propagation import registering
from tests.app.partners.populate import partner_in

CAS = {"cas": "http://www.yale.edu/tp/cas"}


@dataclass
class Listener:
    """The partner's server: what it was sent, and how it answers."""

    address: str = ""
    posted: list[dict[str, str]] = field(default_factory=list)
    called: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    location: str = ""


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            self.send_response(heard.status)
            if heard.location:
                self.send_header("Location", heard.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            heard.called.append(dict(parse_qsl(urlsplit(self.path).query)))
            self._answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard.posted.append(dict(parse_qsl(body)))
            self._answer()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.address = f"http://127.0.0.1:{server.server_port}/"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield heard
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def register(world):
    """``register(profiles=["teacher"], …)``: a partner as typed, opened to these profiles of the collège."""

    def make(profiles=("teacher", "pupil", "guardian"), school="college", **changes):
        admin = world.identity("admin")
        with behind(admin):
            partner = registering.register_partner(admin, partner_in(**changes))
            registering.open_partner(admin, partner, world.structures[school], list(profiles))
        return partner

    return make


@pytest.fixture
def ticket_of(browser):
    """``ticket_of("teacher", service)``: the ticket that the person's browser carries back."""

    def get(key, service, client=None, **query):
        client = client or browser(key)
        answer = client.get("/cas/login", query_string={"service": service, **query})
        target = answer.headers.get("Location") or answer.headers["Refresh"].partition("url=")[2]
        assert target.startswith(service), answer.text
        return parse_qs(urlsplit(target).query)["ticket"][0]

    return get


@pytest.fixture
def check(browser):
    """``check("p3/serviceValidate", service=…, ticket=…)``: the answer as the partner's server reads it."""

    def ask(path, **query):
        answer = browser().get(f"/cas/{path}", query_string=query)
        assert answer.status_code == 200
        return etree.fromstring(answer.data)

    return ask


def text_of(answer, name):
    """The texts of an element of the answer."""
    return [element.text for element in answer.iterfind(f".//cas:{name}", CAS)]


def code_of(answer):
    """The code of a refusal, or nothing."""
    found = answer.find("cas:authenticationFailure", CAS)
    found = found if found is not None else answer.find("cas:proxyFailure", CAS)
    return None if found is None else found.get("code")
