"""The frame of every page in a real browser: with and without script, network, mouse or sight."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.support.face import build_site, serving

KEPT = "caches.match('/form').then((found) => found !== undefined)"
FACES = ("maternelle", "elementaire", "college-lycee", "adulte")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(build_site()) as url:
        yield url


@pytest.fixture
def open_page(chromium: Browser, address: str):
    contexts: list[BrowserContext] = []

    def opened(path: str = "/", **options: object) -> Page:
        context = chromium.new_context(base_url=address, **options)
        context.add_cookies([{"name": "who", "value": "nadia", "url": address}])
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page) -> Page:
    opened = open_page("/form", viewport={"width": 1280, "height": 900})
    expect(opened.locator("html")).to_have_class("has-script")
    return opened


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.sdet("SOC-POR-PRE-03", "QUA-ERG-01", "QUA-MSU-02")
@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")], ids=["desk", "phone"])
def test_every_age_level_is_accessible_and_fits_its_screen(
    open_page, face: str, width: int, scheme: str
) -> None:
    page = open_page(
        f"/form?face={face}", viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True
    )
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert sideways(page) == 0


@pytest.mark.sdet("QUA-ACC-01")
def test_at_twice_the_size_nothing_is_lost_sideways(open_page) -> None:
    page = open_page("/form", viewport={"width": 640, "height": 450})
    page.evaluate("document.documentElement.dataset.text = '200'")
    assert sideways(page) == 0


@pytest.mark.sdet("QUA-ERG-01")
@pytest.mark.parametrize("face", ["maternelle", "elementaire"])
def test_what_a_young_pupil_presses_is_large(open_page, face: str) -> None:
    page = open_page(f"/?face={face}", viewport={"width": 390, "height": 844})
    for box in (each.bounding_box() for each in page.locator(".pr-bottom a, .pr-bottom button").all()):
        assert box is not None
        assert min(box["width"], box["height"]) >= 64


@pytest.mark.sdet("QUA-ACC-01")
def test_without_script_the_menus_open_and_the_search_is_a_form(open_page) -> None:
    page = open_page("/", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.locator(".pr-context summary").click()
    expect(page.get_by_role("button", name="Parent")).to_be_visible()
    page.get_by_role("button", name="Services").click()
    expect(page.locator("#menu").get_by_role("link", name="Signets")).to_be_visible()


def test_the_page_works_under_its_own_security_policy(open_page) -> None:
    page = open_page("/")
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto("/form")
    expect(page.locator("html")).to_have_class("has-script")
    assert refused == []


def test_tab_walks_from_the_skip_links_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#note")).to_be_focused()


def test_escape_closes_a_menu_and_gives_the_focus_back(page: Page) -> None:
    summary = page.locator(".pr-account summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Préférences")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Préférences")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_keyboard_searches_and_walks_the_suggestions(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#site-search")).to_be_focused()
    page.keyboard.type("sor")
    expect(page.get_by_role("link", name="Sortie au musée")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Sortie en forêt")).to_be_focused()


def test_a_shortcut_is_a_letter_again_while_one_types(page: Page) -> None:
    page.locator("#note").fill("")
    page.locator("#note").press_sequentially("g a ? /")
    expect(page.locator("#note")).to_have_value("g a ? /")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_what_was_typed_survives_a_reload_until_it_is_received(page: Page) -> None:
    page.locator("#note").fill("Un long texte")
    page.locator("#secret").fill("mot secret")
    page.reload()
    expect(page.locator("#note")).to_have_value("Un long texte")
    expect(page.locator("#secret")).to_have_value("")
    assert "mot secret" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.get_by_role("button", name="Repartir de zéro").click()
    expect(page.locator("#note")).to_have_value("")


def test_a_draft_that_was_received_is_forgotten(page: Page) -> None:
    page.locator("#note").fill("Un long texte")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#posted")).to_contain_text("Un long texte")
    page.goto("/")
    page.goto("/form")
    expect(page.locator("html")).to_have_class("has-script")
    expect(page.locator("#note")).to_have_value("")


def test_deleting_asks_first_and_no_means_no(page: Page) -> None:
    page.get_by_role("button", name="Supprimer", exact=True).click()
    dialog = page.get_by_role("dialog", name="Supprimer ?")
    expect(dialog).to_contain_text("Pour de bon.")
    dialog.get_by_role("button", name="Annuler").click()
    expect(page.locator("#posted")).not_to_contain_text("deleted")
    page.get_by_role("button", name="Supprimer", exact=True).click()
    page.get_by_role("button", name="Oui, supprimer").click()
    expect(page.locator("#posted")).to_contain_text("deleted")


def test_a_proposal_that_is_ticked_joins_the_chosen_ones(page: Page) -> None:
    page.locator("#principals-q").press_sequentially("dur")
    page.get_by_label("Paul Durand").check()
    expect(page.locator("[data-chosen] input")).to_have_count(2)
    page.get_by_label("5e B").click()
    expect(page.locator("[data-chosen] input")).to_have_count(1)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#posted")).to_contain_text("'principals', ['person:3']")


def test_a_password_can_be_read_by_the_one_who_types_it(page: Page) -> None:
    page.locator("#secret").fill("chut")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator("#secret")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Masquer").click()
    expect(page.locator("#secret")).to_have_attribute("type", "password")


@pytest.mark.sdet("QUA-ERG-01")
def test_three_pictures_in_order_are_a_password(page: Page) -> None:
    page.get_by_role("button", name="Lune").click()
    page.get_by_role("link", name="Recommencer").click()
    for name in ("Chat", "Lune", "Chat"):
        page.get_by_role("button", name=name).click()
    expect(page.locator("#posted")).to_contain_text("'pictures', ['chat', 'lune', 'chat']")


def test_the_last_pages_read_come_back_without_network_and_go_at_sign_out(open_page) -> None:
    page = open_page("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto("/form")
    page.wait_for_function(KEPT)
    page.context.set_offline(True)
    page.goto("/form")
    expect(page.get_by_role("heading", name="Formulaire")).to_be_visible()
    page.goto("/administration/")
    expect(page.get_by_role("heading", name="Pas de connexion pour l’instant")).to_be_visible()
    expect(page.locator("#kept").get_by_role("link", name="Formulaire")).to_be_visible()
    page.context.set_offline(False)
    # The page without network comes back by itself once there is one.
    expect(page.get_by_role("heading", name="Pas de connexion pour l’instant")).to_have_count(
        0, timeout=20_000
    )
    page.wait_for_load_state()
    page.goto("/")
    page.locator(".pr-account summary").click()
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.locator("body")).to_contain_text("au revoir")
    page.wait_for_function(
        "caches.keys().then((names) => !names.some((name) => name.startsWith('preau-pages-')))"
    )


def test_the_pages_of_one_person_go_when_another_signs_in(open_page) -> None:
    page = open_page("/")
    page.wait_for_function(
        "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
    )
    page.goto("/form")
    page.wait_for_function(KEPT)
    page.context.clear_cookies()
    page.goto("/connexion")
    page.wait_for_function("caches.keys().then((names) => !names.includes('preau-pages-nadia'))")
