"""The installable application: manifest, service worker, what it may keep and when it forgets."""

import json
import re

import pytest
from flask.testing import FlaskClient
from PIL import Image

from preau.web.assets import STATIC


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)
    assert found
    return found[1]


def test_the_manifest_lets_a_device_install_preau(nobody: FlaskClient) -> None:
    response = nobody.get("/manifest.webmanifest")
    assert response.mimetype == "application/manifest+json"
    manifest = json.loads(response.text)
    assert (manifest["display"], manifest["lang"], manifest["start_url"]) == ("standalone", "fr", "/")
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert any(icon.get("purpose") == "maskable" for icon in manifest["icons"])
    for icon in manifest["icons"]:
        assert nobody.get(icon["src"]).status_code == 200


@pytest.mark.parametrize(("name", "size"), [("icon-192", 192), ("icon-512", 512), ("icon-maskable-512", 512)])
def test_an_icon_has_the_size_it_says(name: str, size: int) -> None:
    with Image.open(STATIC / "images" / f"{name}.png") as icon:
        assert icon.size == (size, size)


def test_the_service_worker_covers_the_site_and_names_files_that_exist(nobody: FlaskClient) -> None:
    response = nobody.get("/sw.js")
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    facts = json.loads(response.text.split(" = ", 1)[1].split(";\n", 1)[0])
    assert facts["offline"] == "/hors-ligne"
    assert len(facts["assets"]) > 10
    for address in facts["assets"]:
        assert nobody.get(address).status_code == 200


def test_the_offline_page_is_nobodys(nadia: FlaskClient) -> None:
    page = nadia.get("/hors-ligne").text
    assert "Pas de connexion pour l’instant" in page
    assert "Nadia" not in page


def test_a_page_says_whose_it_is_so_that_it_can_be_kept_for_that_person(
    nadia: FlaskClient, nobody: FlaskClient
) -> None:
    assert nadia.get("/").headers["Preau-Person"] == "nadia"
    assert "Preau-Person" not in nobody.get("/").headers


@pytest.mark.parametrize("path", ["/administration/", "/fails/404", "/sw.js", "/static/v-0/css/preau.css"])
def test_what_must_not_stay_on_a_device_is_not_offered_for_keeping(nadia: FlaskClient, path: str) -> None:
    assert "Preau-Person" not in nadia.get(path).headers


def test_a_fragment_is_not_kept(nadia: FlaskClient) -> None:
    assert "Preau-Person" not in nadia.get("/", headers={"HX-Request": "true"}).headers


def test_signing_out_makes_a_shared_computer_forget(nadia: FlaskClient) -> None:
    response = nadia.post("/deconnexion", data={"csrf_token": csrf(nadia)})
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
