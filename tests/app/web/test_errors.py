"""Failures: in French, with what was kept and what to do next, in the form that the request expects."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from preau.web.error_words import WORDS


@pytest.mark.parametrize("status", sorted(set(WORDS) - {401}))
def test_each_status_says_what_happened_what_was_kept_and_what_to_do(nadia: FlaskClient, status: int) -> None:
    response = nadia.get(f"/fails/{status}")
    assert response.status_code == status
    with nadia.application.app_context():
        for words in (WORDS[status].title, WORDS[status].what, WORDS[status].kept, WORDS[status].next):
            assert str(words) in response.text
    assert f"PRE-HTTP-{status}" in response.text
    assert '<html lang="fr"' in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_an_error_for_somebody_signed_in_keeps_the_menu(nadia: FlaskClient, nobody: FlaskClient) -> None:
    assert 'id="menu"' in nadia.get("/absent").text
    assert 'id="menu"' not in nobody.get("/absent").text


def test_a_page_that_asks_who_you_are_brings_you_back_after_sign_in(nobody: FlaskClient) -> None:
    response = nobody.get("/fails/401?dossier=3&page=2")
    assert response.status_code == 302
    assert response.location == "/connexion?next=/fails/401%3Fdossier%3D3%26page%3D2"


def test_a_fragment_that_asks_who_you_are_sends_the_whole_page_to_sign_in(nobody: FlaskClient) -> None:
    response = nobody.get("/fails/401", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/connexion"


def test_a_form_sent_after_the_session_ended_is_not_answered_by_a_redirect(
    site: Flask, nobody: FlaskClient
) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    response = nobody.post("/fails/401", data={"text": "long"})
    assert response.status_code == 401
    assert "Connectez-vous pour continuer" in response.text


def test_our_own_errors_speak_for_themselves(nadia: FlaskClient) -> None:
    response = nadia.get("/refused/conflict")
    assert response.status_code == 409
    assert "Ce dossier a été renommé par Paul." in response.text


def test_a_program_gets_a_problem(nadia: FlaskClient) -> None:
    invalid = nadia.get("/api/v1/refused/invalid")
    assert (invalid.status_code, invalid.mimetype) == (422, "application/problem+json")
    assert invalid.json["errors"] == {"url": ["Cette adresse n’en est pas une."]}
    missing = nadia.get("/api/v1/fails/404")
    assert (missing.mimetype, missing.json["status"], missing.json["code"]) == (
        "application/problem+json",
        404,
        "PRE-HTTP-404",
    )
    assert nadia.get("/api/v1/fails/401").status_code == 401


def test_a_fragment_gets_a_message_and_not_a_page(nadia: FlaskClient) -> None:
    response = nadia.get("/refused/missing", headers={"HX-Request": "true"})
    assert response.status_code == 404
    assert 'role="alert"' in response.text
    assert "<html" not in response.text


def test_an_unknown_status_still_has_words(nadia: FlaskClient) -> None:
    assert "Nous n’avons pas compris" in nadia.get("/fails/418").text
    assert "de notre côté" in nadia.get("/fails/502").text


def test_the_methods_that_a_page_takes_are_named(nadia: FlaskClient, site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = False
    response = nadia.post("/")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_defect_shows_a_number_that_the_log_has_too_and_nothing_else(
    site: Flask, nadia: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    site.testing = False
    with caplog.at_level(logging.ERROR):
        response = nadia.get("/breaks")
    assert response.status_code == 500
    assert "secret detail" not in response.text
    reference = response.text.split("PRE-GEN-500 · ")[1].split("<")[0].strip()
    assert reference in caplog.text
    assert "secret detail" in caplog.text


def test_without_database_the_page_still_comes_and_says_when_to_come_back(nadia: FlaskClient) -> None:
    response = nadia.get("/no-database")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "De retour dans un instant" in response.text


def test_a_frame_that_fails_does_not_hide_the_error(site: Flask, nadia: FlaskClient) -> None:
    site.context_processor(lambda: 1 / 0)
    response = nadia.get("/fails/404")
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.text
