"""Addresses that take a number or a uid: with those of another school, for a pupil, a teacher, an administrator."""

import pytest
from sqlalchemy import select
from werkzeug.routing.rules import Rule

from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Group, Person, Profile

METHODS = ("GET", "POST")
NOTHING_TOLD = {403, 404, 405}
# Reached by everybody before signing in, or by the project's administrators alone.
ELSEWHERE = ("/static", "/schemas", "/connexion/classe", "/aide", "/administration/alimentation")


@pytest.fixture
def foreign(world):
    """What belongs to the école, by the name of the argument that takes it."""
    with lifted():
        child = db.session.get_one(Person, world.people["child"])
        group = db.session.get_one(Group, world.groups["CP"])
        profile = db.session.scalars(select(Profile.id).where(Profile.person_id == child.id)).first()
        return {
            "person_id": child.id,
            "structure_id": world.structures["ecole"],
            "scope_id": world.structures["ecole"],
            "group_id": group.id,
            "profile_id": profile,
            "uid": {"person": child.uid, "group": group.uid},
        }


def value(rule: Rule, name: str, foreign: dict) -> object:
    """A foreign value for an argument, or any that its converter takes."""
    if name == "uid":
        of_group = "groupes" in rule.rule or "classes" in rule.rule
        return foreign["uid"]["group" if of_group else "person"]
    if name in foreign:
        return foreign[name]
    choices = list(getattr(rule._converters[name], "items", ()))
    return "structure" if "structure" in choices else (choices[0] if choices else "x")


@pytest.mark.sdet("SOC-SEC-AUT-01", "SOC-SEC-AUT-02")
@pytest.mark.parametrize("key", ["pupil", "teacher", "manager", "stranger"])
def test_another_schools_numbers_open_nothing(app, world, populated, browser, foreign, key):
    client = browser(key)
    opened, tried = [], 0
    for rule in app.url_map.iter_rules():
        takes = set(rule._converters) & set(foreign)
        uuids = any(type(each).__name__ == "UUIDConverter" for each in rule._converters.values())
        if not takes or uuids or rule.rule.startswith(ELSEWHERE):
            continue
        with app.test_request_context():
            address = app.url_for(
                rule.endpoint, **{name: value(rule, name, foreign) for name in rule._converters}
            )
        for method in METHODS:
            if method in rule.methods:
                answer = client.open(address, method=method, data={} if method == "POST" else None)
                tried += 1
                # The API refuses an empty body before it looks anything up.
                unread = rule.rule.startswith("/api/") and answer.status_code == 422
                if answer.status_code not in NOTHING_TOLD and not unread:
                    opened.append((method, address, answer.status_code))
    assert tried > 20
    assert not opened, opened
