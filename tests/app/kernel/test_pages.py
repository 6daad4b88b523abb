"""A page is whole, or its main block when htmx asks for it."""

import pytest

FRAGMENT = {"HX-Request": "true", "HX-Target": "main"}


@pytest.mark.sdet("SOC-POR-PRE-02")
def test_htmx_receives_the_main_block_alone_with_the_macros_it_calls(browser):
    client = browser("teacher")
    client.post("/signets/ajouter", data={"title": "Gallica", "url": "https://gallica.bnf.fr"})
    page, fragment = client.get("/signets/"), client.get("/signets/", headers=FRAGMENT)
    assert "<!DOCTYPE html>" in page.text
    assert "<html" not in fragment.text
    assert "Gallica" in fragment.text
    assert fragment.headers["Vary"] == "HX-Request" or "HX-Request" in fragment.vary


def test_going_back_in_history_receives_the_whole_page(browser):
    headers = {**FRAGMENT, "HX-History-Restore-Request": "true"}
    assert "<html" in browser("teacher").get("/signets/", headers=headers).text
