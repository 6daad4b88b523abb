"""What nobody types but anybody can send: impossible numbers, NUL characters, absurd pages."""

import pytest

from tests.support.world import World

TOO_LONG = "9" * 20
ADDRESSES = (
    f"/groupes/{TOO_LONG}",
    f"/annuaire/personnes/{TOO_LONG}",
    f"/signets/groupes/{TOO_LONG}",
    f"/actualites/groupes/{TOO_LONG}",
    f"/annuaire/personnes/{'9' * 5000}",
    "/annuaire/classes/%00",
    "/groupes/uid/%00",
)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address[:40])
def test_an_address_that_nothing_can_have_does_not_exist(browser, address: str) -> None:
    response = browser("teacher").get(address)
    assert response.status_code == 404
    assert "n’existe pas" in response.text


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", f"page={TOO_LONG}", "page=-1", "page=²"])
@pytest.mark.parametrize("page", ["/recherche", "/annuaire/", "/groupes/", "/actualites/", "/notifications/"])
def test_a_list_asked_for_nonsense_is_still_a_list(browser, page: str, query: str) -> None:
    assert browser("teacher").get(f"{page}?{query}").status_code == 200


def test_a_nul_in_a_form_disappears_and_the_rest_is_kept(browser) -> None:
    response = browser("teacher").post(
        "/signets/ajouter",
        data={"title": "Gal\0lica", "url": "https://gallica.bnf.fr"},
        follow_redirects=True,
    )
    assert response.status_code == 200
    assert "Gallica" in response.text


@pytest.mark.parametrize("principal", [f"group:{TOO_LONG}", "group:²", "person:", "::", "all\0"])
def test_recipients_that_cannot_exist_are_refused_and_what_was_typed_is_kept(
    browser, world: World, principal: str
) -> None:
    response = browser("teacher").post(
        "/actualites/ecrire",
        data={
            "structure_id": world.structures["college"],
            "title": "Sortie au musée",
            "body": "Départ à 8 h.",
            "level": "information",
            "duration": "7",
            "principals": principal,
            "send": "1",
        },
    )
    assert response.status_code == 422
    assert "Sortie au musée" in response.text
