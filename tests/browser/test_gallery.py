"""The gallery of the guide: each main page as a picture, on a desktop and a phone, in the four age levels.

Written to build/gallery, and to docs/guide/images by ``make gallery``.
"""

import os
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import DESKTOP, PHONE
from tests.support.academy import academy

ROOT = Path(__file__).parents[2]
TARGET = ROOT / ("docs/guide/images" if os.environ.get("PREAU_GALLERY") else "build/gallery")
FACES = {
    "maternelle": "Élève de maternelle",
    "elementaire": "Élève d’élémentaire",
    "college-lycee": "Élève de collège",
    "adulte": "Enseignant ici, parent là",
}
PAGES = {
    "accueil": "/accueil",
    "actualites": "/actualites/",
    "signets": "/signets/",
    "fichiers": "/fichiers/",
    "groupes": "/groupes/",
    "annuaire": "/annuaire/",
    "aide": "/aide/",
}
ADMINISTRATION = {
    "administration": "/administration/",
    "administration-comptes": "/administration/comptes/",
    "administration-annuaire": "/administration/annuaire/",
    "administration-livraisons": "/administration/alimentation/",
}


@pytest.fixture(scope="module")
def site(cluster, worker, tmp_path_factory):
    """The demonstration's academy."""
    with academy(cluster, f"gallery_{worker}", tmp_path_factory.mktemp("gallery")) as site:
        yield site


def shoot(page, path: str, name: str) -> None:
    answer = page.goto(path)
    assert answer.status == 200, (path, answer.status)
    page.evaluate("document.fonts.ready")
    TARGET.mkdir(parents=True, exist_ok=True)
    shot = TARGET / f"{name}.png"
    page.screenshot(path=shot)
    # A picture of a page has few colours: a palette divides its weight by three.
    Image.open(shot).convert("RGB").quantize(128).save(shot, optimize=True)
    assert Image.open(shot).getcolors(maxcolors=256), "an empty page is a picture of one colour"
    assert len(Image.open(shot).convert("RGB").getcolors(maxcolors=1 << 20)) > 8


@pytest.mark.sdet("SOC-POR-PRE-03")
@pytest.mark.parametrize("face", FACES)
def test_each_age_level_has_its_pictures(visit, face):
    for device, viewport in (("bureau", DESKTOP), ("telephone", PHONE)):
        page = visit(FACES[face], "/accueil", viewport=viewport)
        assert page.locator(f'html[data-face="{face}"]').count() == 1
        for name, path in PAGES.items():
            if name == "accueil" or face in ("elementaire", "adulte"):
                shoot(page, path, f"{name}-{face}-{device}")


@pytest.mark.sdet("SOC-POR-PPO-01", "SOC-POR-PPO-08")
def test_the_public_page_shows_the_academy_and_the_notice(visit):
    for device, viewport in (("bureau", DESKTOP), ("telephone", PHONE)):
        page = visit(None, "/", viewport=viewport)
        shoot(page, "/", f"public-{device}")
        assert (
            page.locator("header img[alt*='cadémie']").count() + page.locator("img[alt*='cadémie']").count()
            > 0
        )
        assert page.get_by_text("données personnelles", exact=False).first.is_visible()


def test_the_administration_has_its_pictures(visit):
    page = visit("Administration", "/administration/")
    for name, path in ADMINISTRATION.items():
        shoot(page, path, f"{name}-bureau")
