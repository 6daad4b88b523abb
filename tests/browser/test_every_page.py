"""Every page of every service, as each kind of person meets it: accessible, whole, on a desktop and a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.crawl import pages

VISITORS = ["admin", "manager", "head", "teacher", "guardian", "pupil", "child", "little", None]
# A page that another person of the same age level has seen whole is not looked at twice.
LOOKED_AT: set[tuple[str, str]] = set()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@pytest.mark.sdet("QUA-ACC-01", "SOC-POR-PRE-01", "SOC-POR-PRE-03", "QUA-MSU-02")
@pytest.mark.parametrize("key", VISITORS)
def test_every_page_is_accessible_and_whole(site, visit, key):
    reached = pages(site, key)
    assert len(reached) > (3 if key is None else 8), reached
    faults: list[str] = []
    page = visit(key, bypass_csp=True)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    axe = Axe()
    face = page.locator("html").get_attribute("data-face") if key else "public"
    for endpoint, path in reached.items():
        if (endpoint, face) in LOOKED_AT:
            continue
        LOOKED_AT.add((endpoint, face))
        for viewport in (DESKTOP, PHONE):
            page.set_viewport_size(viewport)
            page.goto(path)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 0:
                faults.append(f"{endpoint} {path} {viewport['width']}: {wide} px too wide")
        faults += [f"{endpoint} {path}: {text}" for text in violations(axe.run(page, options=RULES))]
        faults += [f"{endpoint} {path}: {error}" for error in errors]
        errors.clear()
    assert not faults, "\n".join(faults)


def violations(results) -> list[str]:
    """Each violation with the first node it is about."""
    found = results.response["violations"]
    return [f"{each['id']} ({len(each['nodes'])}) {each['nodes'][0]['html'][:200]}" for each in found]


@pytest.mark.sdet("QUA-ACC-01")
@pytest.mark.parametrize("key", [None, "guardian", "child"])
def test_pages_hold_at_200_percent_and_in_high_contrast_and_dark(site, visit, key):
    faults = []
    page = visit(
        key,
        viewport={"width": 640, "height": 512},
        color_scheme="dark",
        forced_colors="none",
        bypass_csp=True,
    )
    axe = Axe()
    for endpoint, path in pages(site, key).items():
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            faults.append(f"{endpoint} {path}: {wide} px too wide at 200 %")
        faults += [f"{endpoint} {path} dark: {text}" for text in violations(axe.run(page, options=RULES))]
    assert not faults, "\n".join(faults)
