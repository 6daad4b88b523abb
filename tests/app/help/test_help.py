"""The guide and the contextual help."""

import io
import re

import pytest
from pypdf import PdfReader

from preau.kernel.contract import registry
from preau.services.utilities.help import guide

LONGEST_SENTENCE = 30


def pages_of(service):
    """Blueprints of a service that serve pages."""
    return [each for each in service.blueprints if not each.name.endswith("_api")]


@pytest.mark.sdet("UTI-UTL-AID-01")
def test_every_service_that_people_open_from_a_tile_explains_itself(app):
    silent = [service.name for service in registry if service.tile and guide.about(service.name) is None]
    assert silent == []


@pytest.mark.sdet("UTI-UTL-AID-01")
def test_every_service_that_has_pages_explains_itself(app):
    opened = {"directory"}  # its only page answers the picker
    silent = {service.name for service in registry if pages_of(service) and guide.about(service.name) is None}
    assert silent - opened == set()


@pytest.mark.sdet("UTI-UTL-AID-01")
def test_the_question_mark_of_a_page_leads_to_the_help_of_that_page(browser):
    client = browser("pupil")
    page = client.get("/signets/").text
    assert "/aide/page/bookmarks" in page
    assert "Un signet garde l’adresse" in client.get("/aide/page/bookmarks").text
    assert "Un signet garde l’adresse" not in client.get("/aide/page/news").text


@pytest.mark.sdet("UTI-UTL-AID-01")
def test_the_panel_beside_the_page_gets_the_help_alone(browser):
    answer = browser("pupil").get("/aide/page/news", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "J’ai lu" in answer.text
    assert 'id="help-title"' in answer.text


@pytest.mark.sdet("UTI-UTL-AID-01")
def test_a_page_that_nobody_wrote_about_leads_to_the_home_page_s_help(browser):
    answer = browser("pupil").get("/aide/page/inconnu")
    assert answer.status_code == 200
    assert "L’accueil" in answer.text


@pytest.mark.sdet("UTI-UTL-AID-02")
@pytest.mark.parametrize(
    ("key", "chapter", "other"),
    [
        ("pupil", "Pour les élèves", "Pour les petits"),
        ("little", "Pour les petits", "Pour les élèves"),
        ("guardian", "Pour les familles", "Pour les enseignants"),
        ("teacher", "Pour les enseignants", "Pour la direction"),
        ("head", "Pour la direction", "Pour les familles"),
        ("manager", "Pour l’administrateur fonctionnel", "Pour les familles"),
    ],
)
def test_the_guide_begins_with_what_is_written_for_the_reader(browser, key, chapter, other):
    page = browser(key).get("/aide/").text
    mine, _summary, others = page.partition("Les chapitres écrits pour d’autres")
    assert chapter in mine
    assert other not in mine
    assert other in others


@pytest.mark.sdet("UTI-UTL-AID-02")
def test_every_chapter_can_be_read(browser):
    client = browser("teacher")
    for chapter in guide.chapters():
        page = client.get(f"/aide/{chapter.slug}")
        assert page.status_code == 200
        assert chapter.parts, chapter.slug
        assert chapter.title in page.text.replace("&#39;", "'")


@pytest.mark.sdet("UTI-UTL-AID-02")
def test_who_cannot_sign_in_reads_how_to_and_nothing_of_the_rest(browser):
    nobody = browser()
    assert "Mot de passe oublié" in nobody.get("/aide/connexion").text
    assert nobody.get("/aide/").status_code == 200
    assert "Pour la direction" not in nobody.get("/aide/").text
    assert nobody.get("/aide/direction").status_code in (302, 303, 401)
    assert "Pour la direction" not in nobody.get("/aide/recherche?q=publiez").text


@pytest.mark.sdet("UTI-UTL-AID-02")
def test_the_guide_is_searched_without_accents_nor_whole_words(browser):
    client = browser("guardian")
    assert "/aide/connexion#mot-de-passe-oublie" in client.get("/aide/recherche?q=OUBLIE passe").text
    assert "/aide/famille#signer-un-mot" in client.get("/aide/recherche?q=signe").text
    assert "ne parle pas de" in client.get("/aide/recherche?q=xylophone").text


@pytest.mark.sdet("UTI-UTL-AID-02")
def test_the_search_of_the_ent_finds_the_guide_too(browser):
    assert "/aide/glossaire#quota" in browser("teacher").get("/recherche?q=quota").text


@pytest.mark.sdet("UTI-UTL-AID-02")
def test_the_guide_of_each_profile_is_one_page_and_one_pdf(browser):
    client = browser("teacher")
    assert "Pour les enseignants" in client.get("/aide/guide").text
    page = client.get("/aide/guide?profil=guardian").text
    assert "Pour les familles" in page
    assert "Pour la direction" not in page
    answer = client.get("/aide/guide.pdf?profil=guardian")
    assert answer.content_type == "application/pdf"
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(answer.data)).pages)
    assert "Pour les familles" in text
    assert "Pour la direction" not in text


def test_sentences_of_the_guide_stay_short():
    """Written for people in a hurry and for young readers: 30 words at most between two full stops."""
    long = [
        (chapter.slug, sentence.strip())
        for chapter in guide.chapters()
        for part in chapter.parts
        for sentence in re.split(r"[.?!:;]|\n- |\n\d|\n\n", part.text)
        if len(sentence.split()) > LONGEST_SENTENCE
    ]
    assert long == []


def test_a_part_is_reached_by_its_anchor():
    parts = guide.parts_of("Début\n\n## Mot de passe oublié\n\nTexte\n\n## À l’école\n\nAutre")
    assert [part.id for part in parts] == ["debut", "mot-de-passe-oublie", "a-l-ecole"]
