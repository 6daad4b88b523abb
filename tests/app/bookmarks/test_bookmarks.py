"""Bookmarks as people use them."""

import io
import re

import pytest
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.services.information.bookmarks.models import Bookmark, Folder


def add(client, **values):
    return client.post(
        "/signets/ajouter", data={"title": "Gallica", "url": "https://gallica.bnf.fr", **values}
    )


def only(model):
    with lifted():
        return db.session.scalars(select(model)).one()


@pytest.mark.sdet("UTI-IDO-GSI-01")
def test_a_person_adds_changes_and_deletes_a_bookmark(browser):
    client = browser("teacher")
    assert add(client).status_code == 303
    page = client.get("/signets/").text
    assert "Gallica" in page
    bookmark = only(Bookmark)
    client.post(f"/signets/{bookmark.id}", data={"title": "La BnF", "url": "gallica.bnf.fr", "note": "Lire"})
    assert "La BnF" in client.get("/signets/").text
    assert "Remettre ce signet" in client.post(f"/signets/{bookmark.id}/supprimer").text
    assert "La BnF" not in client.get("/signets/").text


@pytest.mark.sdet("UTI-IDO-GSI-01")
def test_what_was_typed_is_kept_when_the_address_is_wrong(browser):
    answer = add(browser("teacher"), url="javascript:alert(1)", note="à ne pas perdre")
    assert answer.status_code == 422
    assert "à ne pas perdre" in answer.text
    assert "Donnez une adresse de page" in answer.text


@pytest.mark.sdet("UTI-IDO-GSI-01")
def test_a_shared_folder_opens_what_it_holds_and_nothing_else(browser, world):
    client = browser("teacher")
    client.post("/signets/dossiers/ajouter", data={"name": "Maths"})
    folder = only(Folder)
    add(client, folder_id=str(folder.id))
    add(client, title="Secret", url="https://exemple.fr")
    client.post(
        f"/signets/dossiers/{folder.id}/partager",
        data={"principals": f"group:{world.groups['6A']}", "level": "read"},
    )
    pupil = browser("pupil")
    assert "Maths" in pupil.get("/signets/").text
    inside = pupil.get(f"/signets/dossiers/{folder.id}").text
    assert "Gallica" in inside
    assert "Secret" not in pupil.get("/signets/").text
    assert pupil.post(f"/signets/dossiers/{folder.id}/supprimer").status_code in (403, 404)
    for stranger in ("school_teacher", "guardian"):
        assert browser(stranger).get(f"/signets/dossiers/{folder.id}").status_code == 404


@pytest.mark.sdet("UTI-IDO-GSI-01")
def test_a_bookmark_added_later_to_a_shared_folder_is_shared_too(browser, world):
    client = browser("teacher")
    client.post("/signets/dossiers/ajouter", data={"name": "Maths"})
    folder = only(Folder)
    data = {"principals": f"person:{world.people['pupil']}", "level": "write"}
    client.post(f"/signets/dossiers/{folder.id}/partager", data=data)
    add(client, folder_id=str(folder.id))
    pupil = browser("pupil")
    assert "Gallica" in pupil.get(f"/signets/dossiers/{folder.id}").text
    assert add(pupil, title="De Lina", folder_id=str(folder.id)).status_code == 303
    assert "De Lina" in client.get(f"/signets/dossiers/{folder.id}").text


@pytest.mark.sdet("UTI-IDO-GSI-01")
def test_a_folder_cannot_be_put_inside_itself(browser):
    client = browser("teacher")
    client.post("/signets/dossiers/ajouter", data={"name": "Haut"})
    top = only(Folder)
    client.post("/signets/dossiers/ajouter", data={"name": "Bas", "parent_id": str(top.id)})
    with lifted():
        low = db.session.scalars(select(Folder).where(Folder.name == "Bas")).one()
    answer = client.post(
        f"/signets/dossiers/{top.id}/modifier", data={"name": "Haut", "parent_id": str(low.id)}
    )
    assert answer.status_code == 422
    assert "dans lui-même" in answer.text or "autre dossier" in answer.text


@pytest.mark.sdet("UTI-IDO-GSI-02")
def test_a_browser_file_comes_in_and_goes_out_the_same(browser):
    content = (
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n<DT><H3>Lecture &amp; écriture</H3>\n<DL><p>\n"
        '<DT><A HREF="https://gallica.bnf.fr/?a=1&amp;b=2" ADD_DATE="1">Gallica</A>\n<DD>Des livres\n</DL><p>\n'
        '<DT><A HREF="https://www.arte.tv">Arte</A>\n<DT><A HREF="javascript:alert(1)">Non</A></DL>'
    )
    client = browser("teacher")
    upload = {"file": (io.BytesIO(content.encode()), "favoris.html")}
    client.post("/signets/importer", data=upload, content_type="multipart/form-data")
    first = client.get("/signets/exporter").text
    assert "Lecture &amp; écriture" in first
    assert "Des livres" in first
    assert "javascript" not in first
    again = browser("pupil")
    upload = {"file": (io.BytesIO(first.encode()), "signets.html")}
    again.post("/signets/importer", data=upload, content_type="multipart/form-data")
    assert again.get("/signets/exporter").text == first


@pytest.mark.sdet("UTI-IDO-GSI-02")
@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xfe\x00", b"<DL>" * 5000])
def test_a_file_that_is_not_one_is_refused_with_a_reason(browser, content):
    upload = {"file": (io.BytesIO(content), "x.html")}
    answer = browser("teacher").post("/signets/importer", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Exportez vos signets" in answer.text or "niveaux" in answer.text


def test_the_api_gives_problems_that_say_what_is_wrong(browser):
    client = browser("teacher")
    answer = client.post("/api/v1/bookmarks", json={"title": "", "url": "https://a.fr"})
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["errors"] == {"title": ["Remplissez ce champ."]}
    made = client.post("/api/v1/bookmarks", json={"title": "A", "url": "https://a.fr"})
    assert made.status_code == 201
    assert client.get("/api/v1/bookmarks").json["items"][0]["id"] == made.json["id"]


def test_two_tabs_on_one_bookmark_lose_nothing_of_either(browser):
    client = browser("teacher")
    add(client)
    address = f"/signets/{only(Bookmark).id}"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).text)[1]
    form = {"title": "Gallica", "url": "https://gallica.bnf.fr", "seen": seen}
    assert client.post(address, data={**form, "note": "Les cartes"}).status_code == 303
    late = client.post(address, data={**form, "note": "Les journaux"})
    assert late.status_code == 422
    assert "Les cartes" in late.text
    assert "Les journaux" in late.text
    assert only(Bookmark).note == "Les cartes"


def test_only_what_differs_is_shown_beside_what_was_typed(browser):
    client = browser("teacher")
    add(client, note="Les cartes\r\nLes journaux")
    address = f"/signets/{only(Bookmark).id}"
    seen = re.search(r'name="seen" value="(\w+)"', client.get(address).text)[1]
    form = {"url": "https://gallica.bnf.fr", "note": "Les cartes\r\nLes journaux", "seen": seen}
    client.post(address, data={**form, "title": "La BnF"})
    late = client.post(address, data={**form, "title": "Gallica, la BnF"})
    assert late.status_code == 422
    assert re.findall(r'class="pr-saved-text">(.*?)</dd>', late.text) == ["La BnF"]
