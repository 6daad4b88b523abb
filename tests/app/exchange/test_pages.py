"""My data, a school's data, and the published schemas."""

import io
import json
import re

import pytest
from sqlalchemy import delete, select

from preau.kernel import jobs
from preau.kernel.database import db
from preau.kernel.notify_models import NotificationRow
from preau.kernel.tenancy import lifted
from preau.services.information.bookmarks.models import Bookmark
from preau.socle.integration.exchange.models import ExchangeRun
from tests.app.exchange.conftest import comparable, members


def told(world, key) -> list[str]:
    with lifted():
        rows = select(NotificationRow.event).where(NotificationRow.person_id == world.people[key])
        return list(db.session.scalars(rows.order_by(NotificationRow.id)))


def download(client, only=("bookmark", "bookmark-folder"), **scope) -> bytes:
    answer = client.post("/mes-donnees/export", data={"only": list(only), **scope})
    assert answer.status_code == 303, answer.text
    jobs.run_pending()
    page = client.get(answer.headers["Location"]).text
    with client.get(re.search(r"/mes-donnees/[0-9a-f-]+/archive\.zip", page)[0]) as archive:
        return archive.data


def upload(client, content: bytes, policy="merge", **scope) -> str:
    answer = client.post(
        "/mes-donnees/import",
        data={"archive": (io.BytesIO(content), "mes-donnees.zip"), "policy": policy, **scope},
    )
    assert answer.status_code == 303, answer.text
    jobs.run_pending()
    return answer.headers["Location"]


@pytest.mark.sdet("SOC-INT-IED-04")
def test_a_person_chooses_what_to_take_away(filled, browser):
    client = browser("teacher")
    assert "Signets" in client.get("/mes-donnees").text
    found = members(download(client, only=["bookmark"]))
    assert [name for name in found if name.startswith("data/")] == ["data/bookmarks/bookmark-v1.jsonl"]
    assert told(filled, "teacher") == ["exchange.exported"]


@pytest.mark.sdet("SOC-INT-IED-06", "SOC-INT-IED-14", "SOC-INT-IED-21")
def test_an_import_is_rehearsed_then_decided_then_done_then_told(filled, browser):
    client = browser("teacher")
    content = download(client)
    with lifted():
        db.session.execute(delete(Bookmark))
        db.session.commit()
    address = upload(client, content)
    page = client.get(address).text
    assert "Essai réussi" in page
    assert "Ajoutés" in page
    with lifted():
        assert db.session.scalars(select(Bookmark)).all() == []
    client.post(address, data={"policy": "merge", "only": ["bookmark", "bookmark-folder"]})
    jobs.run_pending()
    assert "Import terminé" in client.get(address).text
    assert comparable(download(client)) == comparable(content)
    assert told(filled, "teacher") == ["exchange.exported", "exchange.imported", "exchange.exported"]


def test_changing_the_choice_shows_a_new_rehearsal_first(filled, browser):
    client = browser("teacher")
    address = upload(client, download(client), policy="refuse")
    assert "Cet import serait refusé" in client.get(address).text
    client.post(address, data={"policy": "replace", "only": ["bookmark", "bookmark-folder"]})
    jobs.run_pending()
    assert "Essai réussi" in client.get(address).text


@pytest.mark.sdet("SOC-INT-IED-16", "SOC-INT-IED-21")
def test_a_wrong_archive_is_told_in_words_and_nothing_changes(filled, browser):
    client = browser("teacher")
    page = client.get(upload(client, b"%PDF-1.7")).text
    assert "n’est pas une archive ZIP complète" in page
    assert "Rien n’a été modifié" in page
    assert told(filled, "teacher") == ["exchange.failed"]


@pytest.mark.parametrize("posted", [{}, {"only": ["nothing"]}])
def test_an_export_of_nothing_is_refused_and_the_page_comes_back(filled, browser, posted):
    answer = browser("teacher").post("/mes-donnees/export", data=posted)
    assert answer.status_code == 422
    assert "Cochez une case" in answer.text


def test_an_import_without_a_file_is_refused_and_keeps_the_policy(filled, browser):
    answer = browser("teacher").post("/mes-donnees/import", data={"policy": "replace"})
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.text
    assert re.search(r'value="replace" checked', answer.text)


def test_nobody_reads_another_persons_archive(filled, browser):
    client = browser("teacher")
    download(client)
    with lifted():
        run = db.session.scalar(select(ExchangeRun))
        address = f"/mes-donnees/{run.id}"
    for key in ("pupil", "head", "stranger"):
        assert browser(key).get(address).status_code == 404
        assert browser(key).get(f"{address}/archive.zip").status_code == 404
        assert browser(key).post(f"{address}/supprimer").status_code == 404


@pytest.mark.sdet("SOC-SUP-HEB-06")
def test_the_administrator_of_a_school_exports_it_and_only_it(filled, browser):
    manager = browser("manager")
    assert "Collège Jean-Zay" in manager.get("/administration/echanges").text
    content = download(manager, only=["person", "bookmark"], kind="structure", key="0330001K")
    people = members(content)["data/directory/person-v1.jsonl"].decode()
    assert '"Théo"' in people
    assert '"Odile"' not in people
    refused = manager.post(
        "/mes-donnees/export", data={"only": "person", "kind": "structure", "key": "0330002L"}
    )
    assert refused.status_code == 403
    assert (
        manager.post("/mes-donnees/export", data={"only": "person", "kind": "everything"}).status_code == 403
    )
    assert browser("teacher").get("/administration/echanges").status_code == 403
    assert (
        browser("teacher")
        .post("/mes-donnees/export", data={"only": "person", "kind": "structure", "key": "0330001K"})
        .status_code
        == 403
    )


def test_the_administrator_of_a_school_cannot_write_in_another_by_an_archive(filled, browser, export):
    content = export()
    before = comparable(content)
    address = upload(browser("manager"), content, policy="replace", kind="structure", key="0330001K")
    browser("manager").post(address, data={"policy": "replace", "only": ["bookmark"]})
    jobs.run_pending()
    assert comparable(export())["data/directory/person-v1.jsonl"] == before["data/directory/person-v1.jsonl"]


@pytest.mark.sdet("SOC-INT-IED-11", "SOC-INT-IED-12", "SOC-INT-IED-13", "SOC-INT-IED-19", "SOC-INT-IED-20")
def test_every_format_is_published_to_everybody(browser):
    nobody = browser()
    page = nobody.get("/schemas/")
    assert page.status_code == 200
    names = sorted(set(re.findall(r"/schemas/([a-z0-9_-]+)\.json", page.text)))
    assert {"manifest-v1", "line-v1", "bookmark-v1", "person-v1"} <= set(names)
    for name in names:
        schema = json.loads(nobody.get(f"/schemas/{name}.json").text)
        assert schema["$schema"].startswith("https://json-schema.org/")
    assert nobody.get("/schemas/nothing-v1.json").status_code == 404


@pytest.mark.sdet("SOC-SUP-HEB-06")
def test_the_command_line_exports_and_rehearses(app, filled, tmp_path):
    runner = app.test_cli_runner()
    from preau.socle.integration.exchange.commands import export, import_

    target = str(tmp_path / "ecole.zip")
    done = runner.invoke(export, [target, "--etablissement", "0330001K"])
    assert done.exit_code == 0, done.output
    assert "Signets : 3" in done.output
    rehearsed = runner.invoke(import_, [target, "--etablissement", "0330001K", "--essai"])
    assert rehearsed.exit_code == 1
    assert "conflicts" in rehearsed.output
    merged = runner.invoke(import_, [target, "--etablissement", "0330001K", "--politique", "merge"])
    assert merged.exit_code == 0, merged.output
    assert runner.invoke(export, [target, "--etablissement", "0339999Z"]).exit_code == 1
    assert runner.invoke(export, [target]).exit_code == 2
