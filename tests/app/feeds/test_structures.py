"""Schools that close, schools that a delivery forgets, and the groups that follow from the directory."""

# Queries are read as they are written.
# ruff: noqa: E501

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from preau.demo.aaf import Request
from preau.demo.export import requests
from preau.kernel import jobs
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.integration.feeds import operations, storage, teams
from preau.socle.integration.feeds.errors import FeedError
from tests.support.deliveries import add, document, tgz

from .conftest import TODAY, count, directory

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")


@pytest.fixture
def second(academy):
    return list(requests(academy, "2D"))


def opened(key: str) -> bool:
    return bool(count("SELECT count(*) FROM structure WHERE key = :key AND opened", key=key))


def people_of(key: str) -> int:
    return count(
        "SELECT count(*) FROM profile f JOIN structure t ON t.id = f.structure_id WHERE t.key = :key AND f.left_on IS NULL",
        key=key,
    )


def without(found, key):
    """The delivery of an academy that forgot a school: nobody says it any more."""
    return [
        r for r in found
        if r.key != key and not any(v == key or v.startswith(key + "$") for vs in r.attributes.values() for v in vs)
    ]  # fmt: skip


def test_a_structure_that_a_delta_deletes_closes_and_its_people_leave_once_approved(load, feed, second):
    load()
    here = people_of("3202")
    delta = feed.write([Request("EtabEducNat", "3202", {}, "delete")], mode="Delta")
    delivery = operations.prepare(feed.identity, feed.receive(delta).id)
    assert delivery.state == "held"
    assert {"PRE-FED-512"} <= {stop["code"] for stop in delivery.plan["stops"]}
    (row,) = [row for row in delivery.plan["structures"] if row["key"] == "3202"]
    assert row["fate"] == "closed"
    assert sum(kind["leave"] for kind in row["kinds"].values()) == here
    assert opened("3202")
    operations.apply(feed.identity, delivery.id, approve=True)
    assert not opened("3202")
    assert people_of("3202") == 0
    assert (
        count("SELECT count(*) FROM person p JOIN structure t ON t.key = '3202' WHERE t.id = ANY(p.open_to)")
        == 0
    )
    feed.apply(feed.write(second), approve=True)
    assert opened("3202")
    assert people_of("3202") == here


def test_a_school_that_a_complet_forgets_is_suspended_once_approved_and_nobody_is_lost(load, feed, second):
    load()
    here, before = people_of("3202"), directory()
    forgetful = feed.receive(feed.write(without(second, "3202")))
    with pytest.raises(FeedError) as held:
        operations.apply(feed.identity, forgetful.id)
    assert held.value.code == "PRE-FED-508"
    assert directory() == before
    stops = operations.get(forgetful.id).plan["stops"]
    assert [stop["code"] for stop in stops if stop["name"].startswith("Collège Blaise")] == ["PRE-FED-511"]
    operations.apply(feed.identity, forgetful.id, approve=True)
    assert not opened("3202")
    assert people_of("3202") >= here * 9 // 10
    feed.apply(feed.write(second), approve=True)
    assert opened("3202")
    assert people_of("3202") == here


def test_a_delivery_of_one_school_among_many_suspends_nothing(load, feed, second):
    load()
    one = [r for r in second if r.category != "EtabEducNat" or r.key == "3201"]
    delivery = operations.prepare(
        feed.identity, feed.receive(feed.write(without(without(one, "3202"), "3301"))).id
    )
    assert "PRE-FED-511" not in {stop["code"] for stop in delivery.plan["stops"]}
    assert delivery.plan["unsaid"] == 3
    operations.apply(feed.identity, delivery.id, approve=True)
    assert opened("3202")
    assert people_of("3202") > 0


def test_teams_and_functions_follow_the_directory(load, feed, second, academy):
    load()
    jobs.run_pending()
    with lifted():
        found = dict(db.session.execute(text(
            "SELECT g.kind || ' ' || g.name, count(*) FROM grouping g JOIN membership m ON m.group_id = g.id"
            " JOIN structure t ON t.id = g.structure_id WHERE t.key = '3201' AND g.source = 'derived' GROUP BY 1")).all())  # fmt: skip
        db.session.rollback()
    teachers = {
        a.key for a in academy.staff
        if any(place[:2] == ("3201", "5EME A") for place in a.classes)
        or any(place[0] == "3201" and place[1].startswith("5") for place in a.groups)
    }  # fmt: skip
    assert found["team Équipe pédagogique 5EME A"] == len(teachers)
    assert found["function Direction"] >= 1
    assert any(name.startswith("function Enseignants – ") for name in found)
    assert not any(teams.follow(storage.database()).values())


def test_a_team_changes_with_its_class_and_ends_with_it(load, feed, second):
    load(TODAY - timedelta(days=3))
    jobs.run_pending()
    gone = [r if r.category != "PersEducNat" else Request(r.category, r.key, {**r.attributes, "ENTAuxEnsClasses": [""], "ENTAuxEnsGroupes": [""], "ENTAuxEnsClassesPrincipal": [""]}) for r in second]  # fmt: skip
    feed.apply(feed.write(gone), approve=True)
    jobs.run_pending()
    assert (
        count(
            "SELECT count(*) FROM grouping WHERE kind = 'team' AND source = 'derived' AND ends_on IS NULL AND code LIKE '%EME %'"
        )
        == 0
    )
    assert (
        count(
            "SELECT count(*) FROM membership m JOIN grouping g ON g.id = m.group_id WHERE g.kind = 'team' AND g.source = 'derived' AND g.code LIKE '%EME %'"
        )
        == 0
    )
    feed.apply(feed.write(second), approve=True)
    jobs.run_pending()
    assert (
        count(
            "SELECT count(*) FROM grouping WHERE kind = 'team' AND source = 'derived' AND ends_on IS NULL AND code LIKE '%EME %'"
        )
        > 0
    )


def test_an_rpi_and_the_schools_have_names_that_people_read(load):
    load()
    with lifted():
        names = set(db.session.scalars(text("SELECT name FROM structure WHERE source LIKE 'aaf%'")))
        db.session.rollback()
    assert {"RPI Val de Sioule", "École élémentaire du Val de Sioule – Saint-Ours"} <= names


SAPIA_SCHOOL = add("EtabEducNat", "7", {
    "ENTStructureUAI": ["0631127H"], "ENTStructureNomCourant": ["LEGTA$LOUIS PASTEUR$LEMPDES"],
    "ENTStructureTypeStruct": ["LYCEE D ENSEIGNEMENT GENERAL ET TECHNOLOGIQUE AGRICOLE"],
    "ENTEtablissementMinistereTutelle": ["AGRICULTURE"], "ENTEtablissementCodeMinistereTutelle": ["04"],
    "ENTStructureClasses": ["2PRO CGEA$2nde pro CGEA$24721002222"]}, "categorieStructure")  # fmt: skip


def sapia_pupil(key: str, first: str, status: str = "SCOLAIRE") -> str:
    return add("Eleve", key, {
        "ENTPersonJointure": [key], "sn": ["FABRE"], "givenName": [first], "ENTPersonDateNaissance": ["02/02/2009"],
        "ENTEleveStructRattachId": [f"9{key}"], "ENTEleveStructureRattachIdMEN": [f"8{key}"],
        "ENTEleveStatutEleve": [status], "ENTEleveMEF": ["24721002222"], "ENTPersonStructRattach": ["7"],
        "ENTEleveClasses": ["7$2PRO CGEA"], "ENTElevePersRelEleve": ["90$20$1$1$1$1"]})  # fmt: skip


@pytest.mark.sdet("SOC-INT-IED-01")
def test_an_agricultural_lycee_delivered_by_sapia(load, feed, tmp_path):
    load()
    before = directory()
    day = f"{TODAY:%Y%m%d}"
    files = {
        "EtabEducNat": (SAPIA_SCHOOL,),
        "Eleve": (sapia_pupil("501", "Lise"), sapia_pupil("502", "Hugo", "APPRENTI")),
        "PersRelEleve": (add("PersRelEleve", "90", {"ENTPersonJointure": ["90"], "sn": ["FABRE"], "givenName": ["Rose"]}),),
        "PersEducNat": (add("PersEducNat", "1", {
            "ENTPersonJointure": ["1"], "sn": ["VIDAL"], "givenName": ["Jean"], "ENTPersonStructRattach": ["7"],
            "ENTPersonFonctions": ["7$ENS$ENSEIGNEMENT$-$"], "ENTAuxEnsClasses": ["7$2PRO CGEA"]}),),
    }  # fmt: skip
    archive = {
        f"ENT_SAPIA_Complet_{day}_{name}_0000.xml": document(*records) for name, records in files.items()
    }
    delivery = feed.apply(tgz(tmp_path / f"SAPIA.{day}.tgz", archive))
    assert (delivery.source, delivery.state) == ("sapia", "applied")
    assert people_of("7") == 4
    assert not [p for p in operations.problems(delivery.id) if p.code != "PRE-FED-306"]
    assert (
        count(
            "SELECT count(*) FROM person WHERE attributes->>'si_id_men' = '8502' AND attributes->>'status' = 'APPRENTI'"
        )
        == 1
    )
    assert (
        count(
            "SELECT count(*) FROM structure WHERE uai = '0631127H' AND kind = 'lycee' AND name = 'Lycée agricole Louis Pasteur – Lempdes'"
        )
        == 1
    )
    kept = [row for row in directory() if "sapia" not in row and row[1:2] != ("7",)]
    assert [row for row in before if row not in kept] == []
    again = feed.apply(tgz(tmp_path / f"SAPIA.{day}.2.tgz", archive))
    assert not again.counts["applied"]
