"""The site works without script: what one does in a day, with forms alone."""

import re

import pytest

from tests.browser.conftest import PHONE


@pytest.mark.sdet("SOC-POR-PRE-01", "QUA-ACC-01")
def test_a_teacher_keeps_shares_and_finds_a_page_without_script(visit):
    page = visit("teacher", "/accueil", script=False)
    page.get_by_role("link", name="Signets").first.click()
    page.get_by_role("link", name="Nouveau dossier").click()
    page.get_by_label("Nom du dossier").fill("Sans script")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name=re.compile("Ajouter")).first.click()
    page.get_by_label("Adresse de la page").fill("https://exemple.fr/astronomie")
    page.get_by_label("Nom", exact=False).first.fill("Astronomie au collège")
    page.get_by_role("button", name="Enregistrer").click()
    assert page.get_by_text("Astronomie au collège").first.is_visible()
    page.goto("/recherche?q=astronomie")
    assert page.get_by_role("link", name="Astronomie au collège").first.is_visible()


@pytest.mark.sdet("UTI-IDO-GSI-01")
def test_principals_are_chosen_without_script(visit):
    page = visit("teacher", "/signets/dossiers/ajouter", script=False)
    page.get_by_label("Nom du dossier").fill("À partager")
    page.get_by_role("button", name="Enregistrer").click()
    page.goto(page.url.rstrip("/") + "/partager")
    page.get_by_label("Chercher une personne", exact=False).fill("6e A")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_label("6e A").first.check()
    page.get_by_role("button", name="Enregistrer le partage").click()
    assert page.get_by_text("Partage enregistré").is_visible()


@pytest.mark.sdet("SOC-SEC-IAU-04", "QUA-NOM-03")
def test_one_signs_in_and_out_on_a_phone_without_script(visit):
    page = visit(None, "/connexion", script=False, viewport=PHONE)
    page.locator("input[name=login]").fill("teacher")
    page.locator("input[name=password]").fill("Une-phrase-de-passe-2026")
    page.locator("main button[type=submit]").first.click()
    assert "Théo" in page.content()
    page.locator("summary").filter(has_text="Mon compte").click()
    page.get_by_role("button", name="Me déconnecter").click()
    page.goto("/signets/")
    assert "/connexion" in page.url
