"""The administrator drops a delivery, reads its plan and applies it, with a browser and no script."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest

from preau.demo.export import requests
from preau.kernel import jobs
from preau.socle.integration.feeds import operations
from tests.support.deliveries import add, document, tgz

from .conftest import TODAY, count

pytestmark = pytest.mark.sdet("SOC-INT-IED-16", "SOC-INT-IED-21")
HOME = "/administration/alimentation/"


def drop(client, path, **form):
    return client.post(HOME, data={"archive": (io.BytesIO(path.read_bytes()), path.name), **form})


def test_from_the_drop_to_the_directory(browser, feed, academy):
    client = browser("admin")
    path = feed.write(list(requests(academy, "1D")), degree="1D")
    answer = drop(client, path)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Lecture des fichiers" in page.text
    jobs.run_pending()
    page = client.get(answer.location)
    assert "Prête à appliquer" in page.text
    assert "JEAN MOULIN" in page.text.upper()
    assert client.post(answer.location + "/appliquer").status_code == 303
    jobs.run_pending()
    page = client.get(answer.location)
    assert "Appliquée" in page.text
    assert "Personnes créées" in page.text
    assert client.get(answer.location + "/etablissements/3101").status_code == 200
    assert count("SELECT count(*) FROM account") > len(academy.pupils) / 5


@pytest.mark.parametrize(
    ("content", "says"), [(b"hello", "pas une archive lisible"), (b"\x1f\x8b\x08", "archive")]
)
def test_a_wrong_archive_is_refused_on_the_page(browser, tmp_path, content, says):
    (tmp_path / "ENT2D.20261123.tgz").write_bytes(content)
    answer = drop(browser("admin"), tmp_path / "ENT2D.20261123.tgz")
    assert answer.status_code == 422
    assert says in answer.text
    assert "ENT2D.20261123.tgz\u00a0:" in answer.text
    assert not operations.history()


def test_a_date_that_the_name_does_not_give_is_asked_and_what_was_typed_stays(browser, tmp_path):
    path = tgz(tmp_path / "livraison.tgz", {"ENT_Eleve_0000.xml": document()})
    answer = drop(browser("admin"), path)
    assert answer.status_code == 422
    assert "la donner" in answer.text
    assert drop(browser("admin"), path, date="pas une date").status_code == 422
    assert 'value="pas une date"' in drop(browser("admin"), path, date="pas une date").text
    assert drop(browser("admin"), path, date=TODAY.isoformat()).status_code == 303


def test_a_hostile_file_is_said_refused_and_writes_nothing(browser, tmp_path):
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "b">]><ficAlimMENESR>'
        + add("Eleve", "1", {"sn": ["&a;"]}).encode()
        + b"</ficAlimMENESR>"
    )
    client = browser("admin")
    people = count("SELECT count(*) FROM person")
    answer = drop(client, tgz(tmp_path / f"ENT2D.{TODAY:%Y%m%d}.tgz", {"ENT_Eleve_0000.xml": bomb}))
    jobs.run_pending()
    page = client.get(answer.location)
    assert "Livraison refusée" in page.text
    assert "entités" in page.text
    assert count("SELECT count(*) FROM person") == people


def test_a_plan_beyond_the_thresholds_asks_for_approval(browser, feed, academy, load):
    load(TODAY - timedelta(days=3))
    client = browser("admin")
    half = [r for r in requests(academy, "2D") if r.category != "Eleve" or int(r.key) % 2]
    answer = drop(client, feed.write(half))
    jobs.run_pending()
    page = client.get(answer.location)
    assert "attend votre approbation" in page.text
    assert client.post(answer.location + "/appliquer", data={"approve": "1"}).status_code == 303
    jobs.run_pending()
    assert "Appliquée" in client.get(answer.location).text


@pytest.mark.parametrize("who", ["head", "manager", "teacher", "pupil"])
def test_nobody_else_may_look(browser, who):
    assert browser(who).get(HOME).status_code == 403
    assert browser(who).post(HOME).status_code == 403


def test_archives_do_not_stay_for_ever(feed, academy):
    delivery = feed.apply(feed.write(list(requests(academy, "1D")), degree="1D"))
    kept = Path(delivery.path)
    assert kept.exists()
    assert operations.purge() == 0
    assert operations.purge(TODAY + timedelta(days=40)) == 1
    assert operations.get(delivery.id).path == ""
    assert not kept.exists()


def test_the_bar_is_refreshed_alone_and_the_page_comes_whole_when_the_step_is_over(browser, feed, academy):
    """htmx names its target ``div#feed-progress``: a whole page must never land inside the bar's place."""
    client = browser("admin")
    answer = drop(client, feed.write(list(requests(academy, "1D")), degree="1D"))
    asked = {"HX-Request": "true", "HX-Target": "div#feed-progress"}
    bar = client.get(answer.location, headers=asked)
    assert 'id="feed-progress"' in bar.text
    assert "<html" not in bar.text
    jobs.run_pending()
    over = client.get(answer.location, headers=asked)
    assert (over.status_code, over.headers["HX-Refresh"], over.data) == (204, "true", b"")
