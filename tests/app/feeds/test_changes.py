"""What the next deliveries change: Complet and Delta, arrivals, moves and departures."""

# Records and queries are read as they are written.
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from preau.demo.aaf import Request
from preau.demo.export import requests
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation, SourceKey, Structure
from preau.socle.integration.feeds import operations
from preau.socle.integration.feeds.errors import FeedError

from .conftest import TODAY, count, directory

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")


@pytest.fixture
def second(academy):
    """The second degree delivery as a list that a test may change."""
    return list(requests(academy, "2D"))


@pytest.fixture
def pupil(academy):
    return next(p for p in academy.pupils if p.key == academy.showcase["pupil_college"])


def person(key) -> Person:
    with lifted():
        return db.session.scalar(
            select(Person)
            .join(SourceKey)
            .where(SourceKey.key == key, SourceKey.source == "aaf2d")
            .execution_options(populate_existing=True)
        )


def profiles(key):
    with lifted():
        rows = db.session.execute(
            select(Structure.key, Profile.kind, Profile.left_on.is_(None)).select_from(Profile).join(Structure).join(SourceKey, SourceKey.person_id == Profile.person_id)
            .where(SourceKey.key == key, SourceKey.source == "aaf2d")
        )  # fmt: skip
        return {(structure, kind): here for structure, kind, here in rows}


def classes(key):
    with lifted():
        return set(db.session.scalars(
            select(Group.code).join(Membership).join(SourceKey, SourceKey.person_id == Membership.person_id)
            .where(SourceKey.key == key, SourceKey.source == "aaf2d", Group.kind == "class")
        ))  # fmt: skip


def changed(found, key, **attributes):
    return [
        replace(r, attributes={**r.attributes, **attributes}) if r.key == key and r.category == "Eleve" else r
        for r in found
    ]


def test_a_pupil_changes_class_in_a_complet(load, feed, second, pupil):
    load()
    other = "5EME D" if pupil.classroom != "5EME D" else "5EME A"
    feed.apply(feed.write(changed(second, pupil.key, ENTEleveClasses=[f"3201${other}"])))
    assert classes(pupil.key) == {other}


def test_a_pupil_changes_school_and_the_family_follows(load, feed, second, pupil):
    load()
    feed.apply(
        feed.write(changed(second, pupil.key, ENTPersonStructRattach=["3202"], ENTEleveClasses=["3202$5°1"]))
    )
    assert profiles(pupil.key) == {("3201", "pupil"): False, ("3202", "pupil"): True}
    assert profiles(pupil.ties[0].guardian.key)["3202", "guardian"] is True
    with lifted():
        school = db.session.scalar(select(Structure.id).where(Structure.key == "3202"))
    assert person(pupil.key).open_to == [school]


def test_a_complet_without_somebody_ends_their_profiles_and_their_family_s(load, feed, second, academy):
    load()
    lonely = next(
        p
        for p in academy.pupils
        if p.school == "3202"
        and sum(t.guardian.key == p.ties[0].guardian.key for q in academy.pupils for t in q.ties) == 1
    )
    feed.apply(feed.write([r for r in second if r.key != lonely.key]), approve=True)
    assert set(profiles(lonely.key).values()) == {False}
    assert not any(
        here for (_, kind), here in profiles(lonely.ties[0].guardian.key).items() if kind == "guardian"
    )
    assert person(lonely.key).open_to == []
    assert classes(lonely.key) == set()
    assert count("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'security.disable_leavers'") == 1
    feed.apply(feed.write(second))
    assert True in profiles(lonely.key).values()


def test_an_empty_value_keeps_and_where_it_erases_it_erases(load, feed, second, pupil):
    load()
    before = person(pupil.key)
    feed.apply(feed.write(changed(second, pupil.key, ENTPersonVille=[""], ENTEleveRegime=[""])))
    after = person(pupil.key)
    assert "town" not in after.address
    assert after.attributes["regime"] == before.attributes["regime"]


def test_a_delta_adds_modifies_and_deletes(load, feed, second, pupil, academy):
    load()
    leaver = next(p for p in academy.pupils if p.school == "3301" and not p.adult)
    newcomer = replace(next(r for r in second if r.key == pupil.key), key="599999")
    newcomer = replace(
        newcomer,
        attributes={
            **newcomer.attributes,
            "ENTPersonJointure": ["599999"],
            "ENTEleveINE": ["999999999ZZ"],
            "sn": ["NOUVEAU"],
        },
    )
    delivery = feed.apply(feed.write([
        newcomer,
        Request("Eleve", pupil.key, {"sn": ["RENOMMÉ"], "ENTEleveGroupes": [""], "mail": ["x@y.example"]}, "modify"),
        Request("Eleve", leaver.key, {}, "delete"),
    ], mode="Delta"))  # fmt: skip
    assert delivery.mode == "delta"
    assert {row["key"]: bool(row["id"]) for row in delivery.plan["structures"]} == {
        "3201": True,
        "3301": True,
    }
    assert person("599999").last_name == "NOUVEAU"
    assert (person(pupil.key).last_name, person(pupil.key).mail) == ("RENOMMÉ", "x@y.example")
    assert classes(pupil.key) == set()
    assert set(profiles(leaver.key).values()) == {False}
    with lifted():
        tied = db.session.scalars(
            select(Relation.guardian_id).where(Relation.pupil_id == person(pupil.key).id)
        ).all()
    assert len(tied) == len(pupil.ties)


def test_a_delta_never_removes_by_absence(load, feed, second, pupil):
    load()
    before = classes(pupil.key)
    record = next(r for r in second if r.key == pupil.key and r.category == "Eleve")
    slim = {
        **record.attributes,
        "ENTEleveClasses": [""],
        "ENTEleveGroupes": [""],
        "ENTElevePersRelEleve": [""],
    }
    feed.apply(feed.write([replace(record, attributes=slim)], mode="Delta"))
    assert classes(pupil.key) == before


def test_a_complet_after_a_delta_sets_things_right(load, feed, second, pupil):
    load()
    before = directory()
    feed.apply(feed.write([Request("Eleve", pupil.key, {"sn": ["RENOMMÉ"]}, "modify")], mode="Delta"))
    assert directory() != before
    feed.apply(feed.write(second))
    assert directory() == before


def test_too_many_departures_wait_for_approval_and_write_nothing(load, feed, second):
    load()
    before = directory()
    half = [r for r in second if r.category != "Eleve" or int(r.key) % 2]
    delivery = feed.receive(feed.write(half))
    with pytest.raises(FeedError) as held:
        operations.apply(feed.identity, delivery.id)
    assert held.value.code == "PRE-FED-508"
    assert directory() == before
    delivery = operations.get(delivery.id)
    assert delivery.state == "held"
    assert {stop["code"] for stop in delivery.plan["stops"]} >= {"PRE-FED-504", "PRE-FED-505"}
    assert operations.apply(feed.identity, delivery.id, approve=True).state == "applied"


def test_the_plan_says_per_school_what_the_import_then_does(load, feed, second, academy):
    load()
    more = [
        replace(
            r,
            key=f"9{r.key}",
            attributes={**r.attributes, "ENTPersonJointure": [f"9{r.key}"], "ENTEleveINE": [""]},
        )
        for r in second
        if r.category == "Eleve"
    ][:3]
    delivery = operations.prepare(feed.identity, feed.receive(feed.write(second + more)).id)
    assert delivery.state == "planned"
    assert delivery.plan["totals"]["arrive"] == 3
    assert delivery.plan["totals"]["leave"] == 0
    assert operations.apply(feed.identity, delivery.id).counts["applied"]["created"] == 3


@pytest.mark.parametrize(("days", "code"), [(-1, "PRE-FED-501"), (30, "PRE-FED-502")])
def test_the_directory_never_goes_back_in_time_nor_far_ahead(load, feed, second, days, code):
    load(TODAY)
    with pytest.raises(FeedError) as refused:
        feed.apply(feed.write(second, day=TODAY + timedelta(days=days)), approve=True)
    assert refused.value.code == code


def test_a_record_that_is_wrong_is_said_and_the_rest_goes_in(load, feed, second, pupil):
    load()
    delivery = feed.apply(feed.write(changed(second, pupil.key, sn=[""], ENTEleveClasses=["3201$NOUVELLE"])))
    (problem,) = [p for p in operations.problems(delivery.id) if p.code == "PRE-FED-307"]
    assert (problem.key, problem.position > 0) == (pupil.key, True)
    assert delivery.state == "applied"


def test_a_new_pupil_known_by_ine_is_the_same_person(load, feed, second, academy):
    load()
    child = next(p for p in academy.pupils if p.school == "3101" and p.level == "CM2")
    model = next(r for r in second if r.category == "Eleve")
    known = {
        "ENTPersonJointure": ["588888"],
        "ENTEleveINE": [child.ine],
        "sn": [child.last_name],
        "givenName": [child.first_name],
    }
    feed.apply(feed.write([*second, replace(model, key="588888", attributes={**model.attributes, **known})]))
    with lifted():
        ids = db.session.scalars(
            select(SourceKey.person_id).where(SourceKey.key.in_([child.key, "588888"]))
        ).all()
    assert len(ids) == 2
    assert len(set(ids)) == 1
