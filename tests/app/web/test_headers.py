"""Security headers of every answer, and forms that only our own pages may send."""

import re

import pytest
from flask.testing import FlaskClient

from preau.web.assets import integrity


@pytest.mark.parametrize(
    "path", ["/", "/fails/404", "/sw.js", "/static/v-0/css/preau.css", "/api/v1/fails/404"]
)
def test_every_answer_carries_the_headers(nadia: FlaskClient, path: str) -> None:
    headers = nadia.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_no_style_nor_script_of_a_page_is_inline(nadia: FlaskClient) -> None:
    policy = nadia.get("/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'nonce-[\w-]+';", policy)
    page = nadia.get("/").text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)", page)


def test_the_nonce_is_in_the_page_and_never_twice_the_same(nadia: FlaskClient) -> None:
    seen = set()
    for _ in range(3):
        response = nadia.get("/")
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
        assert nonce
        assert f'nonce="{nonce[1]}"' in response.text
        seen.add(nonce[1])
    assert len(seen) == 3


def test_the_library_is_the_one_that_was_built(nadia: FlaskClient) -> None:
    script = re.search(r"<script[^>]+htmx\.min\.js[^>]+>", nadia.get("/").text)
    assert script
    assert f'integrity="{integrity("vendor/htmx/htmx.min.js")}"' in script[0]


def test_https_is_asked_for_only_over_https(nadia: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in nadia.get("/").headers
    over_tls = nadia.get("/", base_url="https://ent.example")
    assert over_tls.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_a_form_of_another_site_is_refused_and_the_page_says_what_to_do(nadia: FlaskClient) -> None:
    response = nadia.post("/deconnexion")
    assert response.status_code == 400
    assert "Revenez à la page précédente" in response.text


def test_a_form_of_our_own_page_is_taken(nadia: FlaskClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', nadia.get("/").text)
    assert token
    assert nadia.post("/deconnexion", data={"csrf_token": token[1]}).status_code == 200
