"""Usage is counted by hour, profile and structure, and nobody is kept."""

import io

import pytest
from sqlalchemy import event, select

from preau.kernel import statistics
from preau.kernel.database import db
from preau.kernel.statistics import UsageHour
from preau.kernel.tenancy import behind, lifted


@pytest.fixture(autouse=True)
def nothing_waiting():
    statistics._tally.clear()
    yield
    statistics._tally.clear()


def rows() -> list[UsageHour]:
    with lifted():
        return list(db.session.scalars(select(UsageHour).order_by(UsageHour.profile, UsageHour.counter)))


def test_pages_are_counted_by_service_profile_structure_and_channel(browser, world):
    browser("teacher").get("/signets/")
    browser("teacher").get("/signets/", headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile"})
    browser("pupil").get("/signets/")
    statistics.flush()
    found = {(row.counter, row.profile, row.structure_id, row.channel): row.count for row in rows()}
    college = world.structures["college"]
    assert found == {
        ("bookmarks.pages", "pupil", college, "web"): 1,
        ("bookmarks.pages", "teacher", college, "web"): 1,
        ("bookmarks.pages", "teacher", college, "mobile"): 1,
    }


def test_no_column_can_hold_a_person():
    assert {column.name for column in UsageHour.__table__.columns} == {
        "hour", "service", "counter", "profile", "structure_id", "channel", "count",
    }  # fmt: skip


def test_reading_a_page_writes_no_count_until_it_is_time(browser):
    client = browser("teacher")
    client.get("/signets/")
    written = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda *args: written.append(args[2]) if "usage_hour" in args[2] else None,
    )
    for _page in range(5):
        client.get("/signets/")
    assert written == []
    assert statistics.waiting() == 6


def test_counts_of_several_processes_add_up(world):
    for _process in range(3):
        statistics.count("search.asked", world.identity("teacher"), 2)
        statistics.flush()
    assert [row.count for row in rows()] == [6]
    assert statistics.flush() == 0


def test_a_fragment_a_refusal_or_a_download_is_not_a_page(browser):
    client = browser("pupil")
    client.get("/signets/", headers={"HX-Request": "true"})
    client.get("/administration/statistiques")
    client.get("/schemas/manifest-v1.json")
    assert statistics.waiting() == 0


def test_a_head_reads_their_own_school_only(browser, world):
    statistics.count("search.asked", world.identity("teacher"))
    statistics.count("search.asked", world.identity("school_teacher"))
    statistics.flush()
    with behind(world.identity("head")):
        assert {row.structure_id for row in db.session.scalars(select(UsageHour))} == {
            world.structures["college"]
        }
    head = browser("head")
    assert head.get("/administration/statistiques").status_code == 200
    assert head.get(f"/administration/statistiques?ecole={world.structures['ecole']}").status_code == 403
    assert browser("teacher").get("/administration/statistiques").status_code == 403


def test_the_page_and_its_spreadsheets_say_the_same(browser, world):
    from odfdo import Document

    head = browser("head")
    for _page in range(3):
        browser("teacher").get("/signets/")
    page = head.get("/administration/statistiques").text
    assert "Pages vues par service" in page
    assert "Signets" in page
    sheet = head.get("/administration/statistiques/export.csv").text
    assert "bookmarks.pages;teacher;Collège Jean-Zay;web;3" in sheet
    spreadsheet = Document(io.BytesIO(head.get("/administration/statistiques/export.ods").data))
    values = spreadsheet.body.get_table(0).get_values()
    assert any(row[2:] == ["bookmarks.pages", "teacher", "Collège Jean-Zay", "web", 3] for row in values)
