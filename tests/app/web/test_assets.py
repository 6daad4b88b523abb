"""Static files: addresses that change with their content, and a committed build that matches its lock."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from preau.web import assets
from tools import vendor

ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "app" / "preau" / "web"
MANIFEST = json.loads((assets.STATIC / "vendor" / "manifest.json").read_text())


def test_a_static_file_may_be_kept_for_ever_under_its_version(site: Flask, nobody: FlaskClient) -> None:
    with site.app_context():
        address = assets.asset("css/preau.css")
    response = nobody.get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == assets.FOREVER


def test_a_page_of_the_last_release_still_gets_its_files_but_does_not_keep_them(nobody: FlaskClient) -> None:
    response = nobody.get("/static/v-000000000000/js/app.js")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["../assets.py", "%2e%2e/assets.py", "..%2f..%2fsettings.py", "css"])
def test_nothing_outside_the_static_folder_is_served(nobody: FlaskClient, path: str) -> None:
    assert nobody.get(f"/static/v-0/{path}").status_code == 404


def test_the_version_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = assets.version(tmp_path)
    (tmp_path / "a.css").write_text("b{}")
    assert assets.version(tmp_path) != before


def test_a_file_that_does_not_exist_is_an_error_of_the_template(site: Flask) -> None:
    with site.app_context(), pytest.raises(FileNotFoundError, match=r"css/absent\.css"):
        assets.asset("css/absent.css")


def test_the_committed_packages_are_those_of_the_lock() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert MANIFEST["packages"]
    assert MANIFEST["packages"] == {
        name: lock[f"node_modules/{name}"]["version"] for name in MANIFEST["packages"]
    }


def test_the_lock_names_no_download_address() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text


@pytest.mark.parametrize("path", sorted(MANIFEST["files"]))
def test_a_committed_file_is_the_one_that_was_built(path: str) -> None:
    assert vendor.integrity(assets.STATIC / path) == MANIFEST["files"][path]


def test_nothing_lies_in_the_vendor_folder_that_the_build_did_not_put_there() -> None:
    found = {str(p.relative_to(assets.STATIC)) for p in vendor.VENDOR.rglob("*") if p.is_file()}
    assert found - {"vendor/manifest.json"} == {
        path for path in MANIFEST["files"] if path.startswith("vendor/")
    }


def test_the_stylesheet_is_newer_than_nothing_it_was_made_from() -> None:
    assert MANIFEST["sources"] == vendor.sources_hash()


def test_every_icon_that_a_template_or_a_service_names_is_in_the_sprite() -> None:
    known = set(vendor.icon_names())
    used: dict[str, str] = {}
    for file in (ROOT / "app" / "preau").rglob("*"):
        if file.suffix == ".html":
            named = re.findall(r"ui\.icon\(\"([a-z0-9-]+)\"|icon=\"([a-z0-9-]+)\"", file.read_text())
        elif file.suffix == ".py":
            named = re.findall(r"\bicon=\"([a-z0-9-]+)\"()", file.read_text())
        else:
            continue
        used |= {name: str(file) for pair in named for name in pair if name}
    assert {name: file for name, file in used.items() if name not in known} == {}


def test_every_picture_of_the_picture_password_has_a_label_and_a_file() -> None:
    pictures = json.loads((assets.STATIC / "images" / "pictures" / "pictures.json").read_text())
    assert len(pictures) == 24
    assert len({picture["label"] for picture in pictures}) == 24
    assert {f"{picture['key']}.svg" for picture in pictures} == {
        path.name for path in (assets.STATIC / "images" / "pictures").glob("*.svg")
    }


def test_no_drawing_carries_a_script_or_loads_anything() -> None:
    for file in assets.STATIC.rglob("*.svg"):
        text = file.read_text()
        assert not re.search(r"<script|\son\w+=|<foreignObject|url\(|<image|(?<!xmlns=\")https?://", text), (
            file
        )
