"""The bell, and the grid of choices."""

import pytest

from preau.kernel.notify import notify
from preau.kernel.tenancy import behind
from preau.kernel.transaction import atomic

EVENT = "bookmarks.shared"


@pytest.fixture
def told(world):
    identity = world.identity("teacher")
    for name in ("Volcans", "Glaciers"):
        with behind(identity), atomic():
            notify(identity, EVENT, [f"group:{world.groups['6A']}"], url="/signets/", actor="Théo", name=name)


@pytest.mark.sdet("UTI-UTL-NOT-01")
def test_the_page_shows_what_is_new_and_all_can_be_marked_read_then_undone(browser, told):
    client = browser("pupil")
    page = client.get("/notifications/").text
    assert page.count("(à lire)") == 2
    marked = client.post("/notifications/lues", follow_redirects=True).text
    assert "(à lire)" not in marked
    assert "2 notifications marquées comme lues" in marked
    ids = marked.split('name="ids" value="')[1].split('"')[0]
    undone = client.post("/notifications/non-lues", data={"ids": ids}, follow_redirects=True).text
    assert undone.count("(à lire)") == 2


def test_opening_one_marks_it_and_leads_to_what_it_is_about(browser, told):
    client = browser("pupil")
    one = client.get("/notifications/").text.split('name="notification" value="')[1].split('"')[0]
    answer = client.post("/notifications/lues", data={"notification": one, "next": "/signets/"})
    assert answer.headers["Location"] == "/signets/"
    assert client.get("/notifications/?vue=non-lues").text.count("(à lire)") == 1


@pytest.mark.parametrize(
    "target", ["https://ailleurs.test/", "//ailleurs.test/", "javascript:alert(1)", "/\\ailleurs.test"]
)
def test_opening_never_leads_outside(browser, told, target):
    client = browser("pupil")
    one = client.get("/notifications/").text.split('name="notification" value="')[1].split('"')[0]
    answer = client.post("/notifications/lues", data={"notification": one, "next": target})
    assert answer.headers["Location"] == "/notifications/"


def test_nobody_marks_the_notifications_of_another(browser, told, world):
    one = browser("pupil").get("/notifications/").text.split('name="notification" value="')[1].split('"')[0]
    browser("stranger").post("/notifications/lues", data={"notification": one})
    assert browser("pupil").get("/notifications/").text.count("(à lire)") == 2


@pytest.mark.sdet("UTI-UTL-NOT-01")
def test_choices_are_kept_and_shown_again(browser):
    client = browser("pupil")
    client.post("/notifications/preferences", data={f"{EVENT}@mail": "weekly"})
    page = client.get("/notifications/preferences").text
    after = page.split(f'name="{EVENT}@mail"')[1].split("</select>")[0]
    assert '<option value="weekly" selected>' in after


@pytest.mark.parametrize(
    "field", [f"{EVENT}@mail=hourly", f"{EVENT}@portal=daily", "nothing.here@mail=never"]
)
def test_an_impossible_choice_is_refused_in_words(browser, field):
    name, _, value = field.partition("=")
    answer = browser("pupil").post("/notifications/preferences", data={name: value})
    assert answer.status_code == 422
    assert "n’existe pas" in answer.text or "tout de suite ou jamais" in answer.text


def test_only_those_who_may_propose_do(browser, world):
    college = world.structures["college"]
    assert browser("pupil").get(f"/notifications/administration/{college}").status_code == 403
    assert browser("school_head").get(f"/notifications/administration/{college}").status_code == 403
    head = browser("head")
    assert head.get(f"/notifications/administration/{college}").status_code == 200
    head.post(f"/notifications/administration/{college}", data={f"{EVENT}@mail": "daily"})
    page = browser("pupil").get("/notifications/preferences").text
    assert '<option value="daily" selected>' in page.split(f'name="{EVENT}@mail"')[1].split("</select>")[0]
