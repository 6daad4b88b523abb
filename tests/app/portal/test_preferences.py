"""The look and the home at four levels, each of which may leave the choice to the next one or keep it."""

import pytest
from werkzeug.datastructures import MultiDict

from preau.kernel.tenancy import behind
from preau.socle.portal import choices


def school(world, key="college"):
    return f"/administration/apparence/structure/{world.structures[key]}"


@pytest.mark.sdet("SOC-POR-PPO-07", "UTI-UTL-PER-02", "QUA-PER-03")
def test_a_person_chooses_a_look_and_takes_it_back(browser):
    pupil = browser("pupil")
    chosen = {
        "palette": "lagon",
        "scheme": "dark",
        "contrast": "high",
        "font": "dyslexic",
        "text_size": "150",
        "face": "adulte",
    }
    assert pupil.post("/preferences/", data=chosen).status_code == 303
    page = pupil.get("/").text
    for shown in (
        'data-palette="lagon"',
        'data-bs-theme="dark"',
        'data-contrast="high"',
        'data-font="dyslexic"',
        'data-text="150"',
        'data-face="adulte"',
    ):
        assert shown in page
    pupil.post("/preferences/annuler")
    page = pupil.get("/").text
    assert 'data-palette="preau"' in page
    assert 'data-face="college-lycee"' in page


@pytest.mark.parametrize("field", ["palette", "scheme", "contrast", "font", "text_size", "face"])
def test_a_value_that_was_not_offered_is_refused(browser, field):
    pupil = browser("pupil")
    answer = pupil.post("/preferences/", data={field: '"><script>'})
    assert answer.status_code == 422
    assert '<script>"' not in answer.text


@pytest.mark.sdet("SOC-POR-PPO-05", "SOC-POR-PPO-07", "QUA-PER-02", "QUA-PER-04")
def test_a_school_proposes_and_the_person_decides_as_long_as_the_school_leaves_the_choice(world, browser):
    head, pupil = browser("head"), browser("pupil")
    head.post(school(world), data={"palette": "cerise", "leave_palette": "1"})
    assert 'data-palette="cerise"' in pupil.get("/").text
    pupil.post("/preferences/", data={"palette": "foret"})
    assert 'data-palette="foret"' in pupil.get("/").text
    head.post(school(world), data={"palette": "cerise"})
    assert 'data-palette="cerise"' in pupil.get("/").text
    assert "fixé par votre école" in pupil.get("/preferences/").text
    pupil.post("/preferences/", data={"palette": "lagon"})
    assert 'data-palette="cerise"' in pupil.get("/").text


@pytest.mark.sdet("SOC-POR-PPO-06", "UTI-UTL-PER-01", "QUA-PER-02", "QUA-PER-04")
def test_a_teacher_dresses_a_class_within_what_the_school_allows(world, browser):
    teacher, pupil = browser("teacher"), browser("pupil")
    group = f"/administration/apparence/group/{world.groups['6A']}"
    assert "6e A" in teacher.get("/administration/apparence/").text
    teacher.post(group, data={"palette": "tuile", "leave_palette": "1"})
    assert 'data-palette="tuile"' in pupil.get("/").text
    browser("head").post(school(world), data={"palette": "lavande"})
    assert 'data-palette="lavande"' in pupil.get("/").text
    assert "fixé par l’école" in teacher.get(group).text
    assert browser("school_teacher").get(group).status_code in (403, 404)
    assert browser("pupil").get(group).status_code == 403


@pytest.mark.sdet("SOC-POR-PPO-05", "QUA-PER-04")
def test_the_project_keeps_a_choice_for_itself(world, browser):
    browser("admin").post("/administration/apparence/project/0", data={"font": "dyslexic"})
    assert 'data-font="dyslexic"' in browser("child").get("/").text
    assert "fixé par le projet" in browser("head").get(school(world)).text


def test_a_school_is_not_dressed_by_another(world, browser):
    assert browser("school_head").post(school(world), data={"palette": "tuile"}).status_code == 403
    assert browser("teacher").get(school(world)).status_code == 403


@pytest.mark.sdet("SOC-POR-PPO-03", "SOC-POR-PPO-04", "QUA-PER-03")
def test_a_person_hides_a_service_shows_it_again_and_finds_it_in_the_menu(browser):
    teacher = browser("teacher")
    teacher.post("/preferences/accueil", data={"order": ["files", "bookmarks"], "hide": "bookmarks"})
    tiles = teacher.get("/").text.split('class="pr-tiles"')[1].split("</ul>")[0]
    assert "/signets/" not in tiles
    assert '/signets/"' in teacher.get("/").text
    teacher.post("/preferences/accueil", data={"order": ["files", "bookmarks"], "show": "bookmarks"})
    assert "/signets/" in teacher.get("/").text.split('class="pr-tiles"')[1].split("</ul>")[0]


@pytest.mark.sdet("UTI-UTL-PER-02")
def test_buttons_move_a_tile_up_and_down_without_script(browser):
    teacher = browser("teacher")

    def order():
        tiles = teacher.get("/").text.split('class="pr-tiles"')[1].split("</ul>")[0]
        return [part.split('"')[0] for part in tiles.split('class="pr-tile" href="')[1:]]

    before = order()
    names = [
        part.split('"')[0]
        for part in teacher.get("/preferences/accueil").text.split('name="order" value="')[1:]
    ]
    teacher.post("/preferences/accueil", data={"order": names, "up": names[1]})
    assert order()[:2] == [before[1], before[0]]
    teacher.post("/preferences/accueil/defaut")
    assert order() == before


@pytest.mark.sdet("SOC-POR-PPO-03", "QUA-MOD-02")
def test_a_service_that_the_school_keeps_cannot_be_hidden(world, browser):
    browser("head").post(
        school(world) + "/accueil", data={"mandatory": ["bookmarks"], "home_message": "**Bonne rentrée**"}
    )
    teacher = browser("teacher")
    teacher.post("/preferences/accueil", data={"order": ["bookmarks"], "hide": "bookmarks"})
    page = teacher.get("/").text
    assert "/signets/" in page.split('class="pr-tiles"')[1].split("</ul>")[0]
    assert "<strong>Bonne rentrée</strong>" in page


def test_hostile_arrangements_are_ignored(browser):
    teacher = browser("teacher")
    sent = {"order": ["x" * 9999, "bookmarks", "<b>"], "hide": "nothing-of-ours", "up": "zzz"}
    assert teacher.post("/preferences/accueil", data=sent).status_code == 303
    assert teacher.get("/").status_code == 200


def test_a_choice_is_dropped_when_the_level_follows_again(world, app):
    head = world.identity("head")
    with behind(head):
        level = choices.level_of(head, "structure", world.structures["college"])
        choices.save_look(head, level, MultiDict({"palette": "tuile", "leave_palette": "1"}))
        choices.save_look(head, level, MultiDict({"palette": "", "leave_palette": "1"}))
        palette = next(each for each in choices.choices(head, level) if each.setting.name == "portal.palette")
    assert not palette.chosen


@pytest.mark.sdet("SOC-SUP-ABO-04")
def test_administration_shows_the_screens_that_rights_open(browser):
    assert browser("pupil").get("/administration/").status_code == 403
    assert "Apparence et accueil" in browser("head").get("/administration/").text
