"""The grille de conformité is a page that anybody can read, in light and dark, on a desk and a phone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from preau.conformity.documents import documents
from preau.conformity.evidence import Evidence, Result, now
from preau.conformity.exports import as_html
from preau.conformity.grid import build

PROJECT = Path(__file__).parents[2]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def grid_page(tmp_path_factory) -> str:
    proof = Result("tests/app/test_some.py::test_a", ("UTI-IDO-GSI-01",), "passed", "embedded", now())
    path = tmp_path_factory.mktemp("grid") / "grid.html"
    path.write_text(as_html(build(Evidence(("app",), (proof,)), documents(PROJECT))), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def test_the_page_is_accessible_and_never_wider_than_its_screen(grid_page, width, scheme):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(grid_page)
        found = Axe().run(page)
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        browser.close()
    assert found.violations_count == 0, found.generate_report()
    assert scrolled == width
