"""A setting is chosen at four levels; a level may hold it for those below."""

import pytest

from preau.kernel import preferences
from preau.kernel.contract import registry
from preau.kernel.errors import Invalid, Refused
from preau.kernel.tenancy import behind, lifted


@pytest.fixture
def setting():
    """Some setting that all four levels may choose, with choices."""
    found = [
        each
        for service in registry
        for each in service.settings
        if set(preferences.LEVELS) <= set(each.levels) and len(each.choices) > 2
    ]
    return found[0]


@pytest.mark.sdet("SOC-POR-PPO-05", "SOC-POR-PPO-06", "SOC-POR-PPO-07", "UTI-UTL-PER-01", "UTI-UTL-PER-02")
def test_the_nearest_level_wins_until_a_farther_one_locks(world, setting):
    values = [value for value, _label in setting.choices]
    pupil, admin = world.identity("pupil"), world.identity("admin")
    school, group = world.structures["college"], world.groups["6A"]
    with lifted():
        assert preferences.value(setting.name, pupil) == setting.default
        preferences.choose(admin, setting.name, "project", 0, values[1])
        assert preferences.value(setting.name, pupil) == values[1]
        preferences.choose(admin, setting.name, "structure", school, values[2])
        preferences.choose(admin, setting.name, "group", group, values[1])
        preferences.choose(pupil, setting.name, "person", pupil.person_id, values[0])
        assert preferences.value(setting.name, pupil) == values[0]
        assert preferences.value(setting.name, world.identity("school_teacher")) == values[1]
        preferences.choose(admin, setting.name, "structure", school, values[2], locked=True)
        assert preferences.value(setting.name, pupil) == values[2]
        with pytest.raises(Refused):
            preferences.choose(pupil, setting.name, "person", pupil.person_id, values[0])
        preferences.forget(admin, setting.name, "structure", school)
        assert preferences.value(setting.name, pupil) == values[0]


def test_a_value_that_is_not_offered_is_refused(world, setting):
    with behind(world.identity("pupil")), pytest.raises(Invalid):
        preferences.choose(world.identity("pupil"), setting.name, "person", 1, "inconnu")


def test_every_setting_has_a_default_that_it_accepts():
    for service in registry:
        for each in service.settings:
            assert each.name.startswith(f"{service.name}."), each.name
            assert preferences.validated(each, each.default) == each.default
            assert set(each.levels) <= set(preferences.LEVELS)
