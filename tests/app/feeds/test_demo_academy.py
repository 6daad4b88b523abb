"""The invented academy is deterministic, plausible, and comes back from its own delivery unchanged."""

from collections import Counter
from datetime import date

import pytest
from click.testing import CliRunner

from preau.demo.academy import build_academy
from preau.demo.commands import demo, generate
from preau.demo.export import requests
from preau.socle.integration.feeds.archive import open_delivery
from preau.socle.integration.feeds.errors import ProblemLog
from preau.socle.integration.feeds.nomenclature import INE, valid_uai
from preau.socle.integration.feeds.reader import RecordReader

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def academy():
    return build_academy()


def test_it_has_the_schools_that_were_asked(academy):
    assert Counter(s.kind for s in academy.schools) == {
        "ecole": 2,
        "college": 2,
        "lycee": 1,
        "remplacement": 1,
    }
    assert 2700 < academy.people < 3500
    assert sum(bool(s.rpi) for s in academy.schools) == 1
    assert all(valid_uai(s.uai) for s in academy.schools if s.kind != "remplacement")
    (attached,) = [s for s in academy.schools if s.attached_to]
    assert (attached.kind, academy.school(attached.attached_to).kind) == ("college", "lycee")


def test_its_families_are_those_of_real_life(academy):
    schools = {}
    for pupil in academy.pupils:
        assert INE.fullmatch(pupil.ine)
        assert pupil.ties
        for tie in pupil.ties:
            schools.setdefault(tie.guardian.key, set()).add(pupil.school)
    assert len(schools[academy.showcase["guardian_three_schools"]]) == 3
    assert schools[academy.showcase["teacher_and_guardian"]] == {"3202"}
    teacher = next(a for a in academy.staff if a.key == academy.showcase["teacher_and_guardian"])
    assert teacher.schools == ["3201"]
    assert sum(any(not tie.lives_with for tie in pupil.ties) for pupil in academy.pupils) > 100
    assert sum(len(agent.schools) > 1 for agent in academy.staff) == 3
    assert any(len({key[:2] for key in agent.schools}) > 1 for agent in academy.staff)


def test_every_class_has_a_form_teacher_and_every_key_one_name(academy):
    declared = {(s.key, code) for s in academy.schools if s.degree == 2 for code, _, _ in s.classes}
    assert {place for agent in academy.staff for place in agent.form_classes} == declared
    names = {}
    for human in (*academy.pupils, *academy.guardians, *academy.staff):
        assert names.setdefault(human.key, (human.last_name, human.first_name)) == (
            human.last_name,
            human.first_name,
        )
    assert len(names) == academy.people
    assert {tie.guardian.key for pupil in academy.pupils for tie in pupil.ties} <= names.keys()


@pytest.mark.parametrize("degree", ["1D", "2D"])
def test_what_is_delivered_is_what_is_read(academy, tmp_path, degree):
    paths = {path.name[3:5]: path for path in generate(tmp_path, day=DAY)}
    problems = ProblemLog()
    found = {
        (record.category, record.key): record.attributes
        for member in open_delivery(paths[degree]).feeds()
        for record in RecordReader(member.stream, member.name, problems)
    }
    expected = {
        (r.category, r.key): {n: v or [""] for n, v in r.attributes.items()}
        for r in requests(academy, degree)
    }
    assert found == expected
    assert not problems.kept


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_people(tmp_path):
    first, again, other = (
        generate(tmp_path / name, 300, seed, DAY) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in again]
    assert [p.read_bytes() for p in first] != [p.read_bytes() for p in other]


def test_the_command_writes_both_archives(tmp_path):
    result = CliRunner().invoke(demo, ["generate", "--out", str(tmp_path / "d"), "--people", "300"])
    assert result.exit_code == 0
    assert [path.name[:5] for path in sorted((tmp_path / "d").iterdir())] == ["ENT1D", "ENT2D"]
