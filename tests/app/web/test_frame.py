"""The frame of every page: what a reader, a keyboard and a screen reader find in it."""

import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient


class Outline(HTMLParser):
    """Ids, landmarks and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"]] if found.get("id") else []
        self.links += [found["href"]] if tag == "a" and found.get("href") else []


@pytest.mark.sdet("SOC-POR-MDR-02")
@pytest.mark.parametrize("path", ["/", "/absent", "/administration/"])
def test_the_search_field_is_on_every_page(nadia: FlaskClient, path: str) -> None:
    page = nadia.get(path).text
    assert re.search(r'<form[^>]+action="/recherche"[^>]+role="search"', page)
    assert 'for="site-search"' in page


@pytest.mark.parametrize("path", ["/", "/absent"])
def test_each_id_is_there_once_and_each_skip_link_leads_somewhere(
    nadia: FlaskClient, nobody: FlaskClient, path: str
) -> None:
    for client in (nadia, nobody):
        outline = Outline(client.get(path).text)
        assert len(outline.ids) == len(set(outline.ids))
        assert {link[1:] for link in outline.links if link.startswith("#")} <= set(outline.ids)
        assert outline.tags.count("main") == 1
        assert outline.tags.count("h1") == 1


def test_the_context_is_changed_by_a_form_that_needs_no_script(nadia: FlaskClient) -> None:
    page = nadia.get("/").text
    form = re.search(r'<form[^>]+action="/contexte".+?</form>', page, re.DOTALL)
    assert form
    assert 'method="post"' in form[0]
    assert "csrf_token" in form[0]
    assert re.findall(r'name="context" value="(\d)"', form[0]) == ["1", "2"]
    assert "Enseignant" in form[0]
    assert "Parent" in form[0]


@pytest.mark.sdet("SOC-POR-PPO-08")
def test_the_legal_pages_are_linked_from_every_page(nadia: FlaskClient, nobody: FlaskClient) -> None:
    legal = {"/mentions-legales", "/donnees-personnelles", "/accessibilite", "/plan-du-site"}
    for page in (nadia.get("/").text, nobody.get("/absent").text):
        assert legal <= set(Outline(page).links)


def test_notifications_are_counted_in_words_too(nadia: FlaskClient) -> None:
    assert "3 nouvelles notifications" in nadia.get("/").text


@pytest.mark.parametrize(
    ("category", "role"),
    [("success", "status"), ("error", "alert"), ("warning", "alert"), ("message", "status")],
)
def test_a_message_is_announced_according_to_its_weight(nadia: FlaskClient, category: str, role: str) -> None:
    page = nadia.get(f"/?message=Enregistré&category={category}").text
    assert re.search(rf'role="{role}"[^>]*>.*?Enregistré', page, re.DOTALL)


def test_a_message_is_text_and_never_markup(nadia: FlaskClient) -> None:
    assert "<b>gras</b>" not in nadia.get("/?message=<b>gras</b>").text


@pytest.mark.parametrize("face", ["maternelle", "elementaire", "college-lycee", "adulte"])
def test_the_age_level_is_an_attribute_of_the_page(nadia: FlaskClient, face: str) -> None:
    assert f'data-face="{face}"' in nadia.get(f"/?face={face}").text
