"""Pages that change in part: what they send, and what the browser's own buttons bring back."""

import pytest
from playwright.sync_api import expect

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03"
    "00000600055727a0cf0000000049454e44ae426082"
)


@pytest.mark.sdet("SOC-POR-PRE-02")
def test_a_preview_shows_the_text_without_sending_the_picture_beside_it(visit):
    page = visit("head", "/actualites/ecrire")
    page.set_input_files("#picture", {"name": "photo.png", "mimeType": "image/png", "buffer": PIXEL})
    page.fill("#body", "Venez **samedi**")
    with page.expect_request("**/actualites/apercu") as sent:
        page.get_by_role("button", name="Aperçu").click()
    posted = sent.value.post_data_buffer or b""
    assert b"samedi" in posted
    assert b"photo.png" not in posted
    assert b"structure_id" not in posted
    expect(page.locator("#preview strong")).to_have_text("samedi")
    assert page.url.endswith("/actualites/ecrire")


@pytest.mark.sdet("SOC-POR-PRE-02")
def test_back_brings_the_filtered_list_back_whole(visit):
    page = visit("manager", "/annuaire/")
    page.fill("#annuaire-q", "professeur")
    page.press("#annuaire-q", "Enter")
    page.wait_for_url("**q=professeur**")
    page.get_by_role("link", name="Théo Professeur", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Théo Professeur")
    page.go_back()
    expect(page.locator("#annuaire-q")).to_have_value("professeur")
    expect(page.get_by_role("banner")).to_be_visible()
    expect(page.get_by_role("link", name="Théo Professeur", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Lina Élève", exact=True)).to_have_count(0)
