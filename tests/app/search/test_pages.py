"""The pages of search."""

import html
import json
import re

import pytest
from sqlalchemy import func, select

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.portal.search.models import SearchHistory


def history_count() -> int:
    with lifted():
        return db.session.scalar(select(func.count()).select_from(SearchHistory))


@pytest.mark.sdet("SOC-POR-MDR-02", "UTI-IDO-REC-04")
def test_the_search_field_is_on_every_page(browser):
    for address in ("/recherche", "/signets/"):
        assert 'role="search"' in browser("teacher").get(address).text


def test_results_show_where_the_words_are_and_never_markup_of_the_text(browser, bookmark):
    bookmark("teacher", "Un <b>titre</b>", note="Avant <script>alert(1)</script> le mot volcan après")
    page = browser("teacher").get("/recherche?q=volcan").text
    assert "<mark>volcan</mark>" in page
    assert "<script>alert" not in page
    assert "Un &lt;b&gt;titre&lt;/b&gt;" in page
    assert "1 résultat" in page


def test_nothing_found_says_what_to_try(browser):
    page = browser("teacher").get("/recherche?q=introuvable").text
    assert "Rien trouvé" in page


def test_a_wrong_date_is_said_and_the_words_are_kept(browser):
    answer = browser("teacher").get("/recherche?q=volcan&since=hier")
    assert answer.status_code == 422
    assert 'value="hier"' in answer.text
    assert 'value="volcan"' in answer.text


@pytest.mark.sdet("SOC-POR-MDR-06")
def test_history_is_kept_once_erased_line_by_line_and_can_be_refused(browser):
    client = browser("teacher")
    for _again in range(3):
        client.get("/recherche?q=volcan")
    client.get("/recherche?q=glacier")
    assert history_count() == 2
    assert "volcan" in client.get("/recherche/historique").text
    assert "volcan" not in browser("camille").get("/recherche/historique").text
    with lifted():
        entry = db.session.scalar(select(SearchHistory.id).where(SearchHistory.words == "volcan"))
    browser("camille").post("/recherche/historique/effacer", data={"entry": entry})
    assert history_count() == 2
    client.post("/recherche/historique/effacer", data={"entry": entry})
    assert history_count() == 1
    client.post("/recherche/historique/reglage", data={"history": "0"})
    assert history_count() == 0
    client.get("/recherche?q=volcan")
    assert history_count() == 0
    client.post("/recherche/historique/reglage", data={"history": "1"})
    client.get("/recherche?q=volcan")
    assert history_count() == 1


@pytest.mark.sdet("SOC-POR-MDR-06")
def test_a_search_is_saved_with_chosen_results_and_run_again(browser, bookmark):
    made = bookmark("teacher", "Les volcans")
    bookmark("teacher", "Autres volcans")
    client = browser("teacher")
    refused = client.post("/recherche/enregistrer?q=volcan", data={"name": " "})
    assert refused.status_code == 422
    client.post(
        "/recherche/enregistrer?q=volcan", data={"name": "Volcans", "chosen": [f"bookmark:{made.id}"]}
    )
    page = client.get("/recherche/enregistrees").text
    assert "Volcans" in page
    assert "Les volcans" in page
    assert "Autres volcans" not in page
    assert "/recherche?q=volcan" in page
    assert "Volcans" not in browser("camille").get("/recherche/enregistrees").text


@pytest.mark.sdet("SOC-POR-MDR-06")
def test_a_saved_search_is_opened_from_its_list_and_deleted_by_its_owner_only(browser, bookmark):
    bookmark("teacher", "Les volcans", note="Auvergne")
    client = browser("teacher")
    form = client.get("/recherche/enregistrer?q=volcan&phrase=auvergne&order=recent").text
    assert "Les volcans" in form
    saved = client.post(
        "/recherche/enregistrer?q=volcan&phrase=auvergne&order=recent", data={"name": "Mes volcans"}
    )
    assert saved.status_code in (302, 303)
    page = client.get("/recherche/enregistrees").text
    address = html.unescape(re.search(r'href="(/recherche\?[^"]*volcan[^"]*)"', page).group(1))
    again = client.get(address).text
    assert "1 résultat" in again
    assert 'value="auvergne"' in again
    delete = re.search(r'action="(/recherche/enregistrees/[^"]+/supprimer)"', page).group(1)
    assert browser("camille").post(delete).status_code == 404
    assert "Mes volcans" in client.get("/recherche/enregistrees").text
    client.post(delete)
    assert "Mes volcans" not in client.get("/recherche/enregistrees").text.split("<main")[1].split("alert")[0]
    assert client.post(delete).status_code == 404


@pytest.mark.sdet("SOC-POR-MDR-06")
def test_results_are_taken_away_as_csv_and_json(browser, bookmark):
    bookmark("teacher", "=Les volcans", url="https://exemple.test/volcans")
    client = browser("teacher")
    sheet = client.get("/recherche/export?q=volcan&format=csv")
    assert sheet.headers["Content-Disposition"] == 'attachment; filename="recherche.csv"'
    assert "'=Les volcans" in sheet.text
    found = json.loads(client.get("/recherche/export?q=volcan&format=json").text)["results"]
    assert [each["title"] for each in found] == ["=Les volcans"]
    assert found[0]["metadata"]["identifier"] == "https://exemple.test/volcans"


def test_suggestions_answer_as_a_fragment(browser, bookmark):
    bookmark("teacher", "Les volcans")
    fragment = browser("teacher").get("/recherche/suggestions?q=vol", headers={"HX-Request": "true"}).text
    assert "Les volcans" in fragment
    assert "<html" not in fragment


@pytest.mark.sdet("SOC-POR-MDR-05")
def test_sources_that_keep_their_own_index_answer_beside_it_with_their_own_rights(browser):
    assert "Lina Élève" in browser("teacher").get("/recherche?q=Lina").text
    assert "Lina Élève" not in browser("stranger").get("/recherche?q=Lina").text
