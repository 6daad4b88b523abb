"""No route answers without authentication unless it is on the list of public ones."""

import uuid

import pytest
from werkzeug.routing.converters import AnyConverter, NumberConverter, PathConverter, UUIDConverter

from preau.kernel.contract import registry
from preau.kernel.identity import AuthenticationLevel
from preau.socle.security.web import MACHINES, is_public, local_path

SAMPLES = {NumberConverter: 1, UUIDConverter: uuid.uuid4(), PathConverter: "a/b"}


def routes(app):
    """Each (method, endpoint, path) of the URL map, with made-up arguments."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: sample(converter) for name, converter in rule._converters.items()}
            _domain, path = rule.build(values)
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield method, rule.endpoint, path


def sample(converter) -> object:
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return next((value for kind, value in SAMPLES.items() if isinstance(converter, kind)), "x")


@pytest.mark.sdet("SOC-SEC-AUT-01", "SOC-SEC-IAU-03", "QUA-SAC-05")
def test_no_route_answers_to_nobody_unless_it_is_declared_public(app, browser):
    client, walked = browser(), 0
    for method, endpoint, path in routes(app):
        if is_public(endpoint, app):
            continue
        walked += 1
        answer = client.open(path, method=method)
        expected = 401 if path.startswith(MACHINES) else 303
        assert answer.status_code == expected, f"{method} {path} ({endpoint}) answers {answer.status}"
        if expected == 303:
            assert answer.location.startswith("/connexion?next=")
    assert walked > 20


def test_public_endpoints_exist_and_are_few(app):
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert registry.public_endpoints() <= known
    assert "accounts.index" not in registry.public_endpoints()


def test_a_program_is_told_in_its_own_form(browser):
    answer = browser().get("/compte/appareils", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "PRE-GEN-401"


def test_htmx_is_sent_to_the_sign_in_page_and_comes_back_to_the_page_it_was_on(browser):
    answer = browser().get(
        "/compte/appareils", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/compte/?a=1"}
    )
    assert answer.headers["HX-Redirect"] == "/connexion?next=/compte/?a%3D1"


def test_a_form_sent_too_late_comes_back_to_the_page_of_the_form(browser):
    answer = browser().post("/compte/duree", headers={"Referer": "http://localhost/compte/appareils"})
    assert answer.status_code == 303
    assert answer.location == "/connexion?next=/compte/appareils"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\x00/a",
        "/a\nb",
        "",
        None,
        "/" * 3000,
    ],
)
def test_next_only_leads_to_our_own_pages(target):
    assert local_path(target) == "/"


def test_next_keeps_a_local_page_and_its_query():
    assert local_path("/signets/?page=2") == "/signets/?page=2"


@pytest.mark.sdet("SOC-SEC-IAU-11", "SOC-SEC-IAU-12")
def test_a_picture_session_is_asked_for_a_password_before_administration(browser):
    client = browser("school_head", level=AuthenticationLevel.PICTURE)
    answer = client.get("/administration/comptes/")
    assert answer.status_code == 303
    assert answer.location.startswith("/connexion/renforcee?next=")
