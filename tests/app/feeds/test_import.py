"""A delivery becomes a directory, once, and nothing is written twice."""

# Queries are read as they are written.
# ruff: noqa: E501

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from preau.demo.export import requests
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Person, Profile, SourceKey, Structure
from preau.socle.integration.feeds import operations

from .conftest import count, directory

pytestmark = pytest.mark.sdet("SOC-INT-IED-01")


def person_of(key, source="aaf2d"):
    with lifted():
        return db.session.scalar(
            select(Person).join(SourceKey).where(SourceKey.key == key, SourceKey.source == source)
        )


def test_everybody_goes_in_once(load, academy):
    load()
    assert (
        count("SELECT count(DISTINCT person_id) FROM source_key WHERE source LIKE 'aaf%'") == academy.people
    )
    assert (
        count(
            "SELECT count(*) FROM person p JOIN source_key k ON k.person_id = p.id AND k.source LIKE 'aaf%' GROUP BY p.id HAVING count(*) > 2"
        )
        == 0
    )
    assert count("SELECT count(*) FROM profile WHERE kind = 'pupil' AND source LIKE 'aaf%'") == len(
        academy.pupils
    )
    ties = sum(len(pupil.ties) for pupil in academy.pupils)
    assert count("SELECT count(*) FROM relation WHERE source LIKE 'aaf%'") == ties
    assert count("SELECT count(*) FROM role WHERE name = 'form_teacher' AND source = 'aaf2d'") == sum(
        len(a.form_classes) for a in academy.staff
    )


def test_the_teacher_who_is_a_parent_elsewhere_is_one_person(load, academy):
    load()
    with lifted():
        rows = db.session.execute(
            select(Profile.kind, Structure.key).join(Structure).join(SourceKey, SourceKey.person_id == Profile.person_id)
            .where(SourceKey.key == academy.showcase["teacher_and_guardian"])
        ).all()  # fmt: skip
    assert sorted(rows) == [("guardian", "3202"), ("teacher", "3201")]


def test_a_parent_follows_three_children_in_three_schools(load, academy):
    load()
    parent = person_of(academy.showcase["guardian_three_schools"])
    with lifted():
        keys = db.session.scalars(select(Structure.key).where(Structure.id.in_(parent.open_to))).all()
    assert set(keys) == {"3101", "3201", "3301"}
    assert person_of(academy.showcase["guardian_three_schools"], "aaf1d").id == parent.id


def test_structures_are_tied_into_their_cite_and_their_rpi(load):
    load()
    with lifted():
        rows = db.session.execute(text(
            "SELECT a.kind, b.key, l.kind FROM structure_link l JOIN structure a ON a.id = l.parent_id"
            " JOIN structure b ON b.id = l.child_id")).all()  # fmt: skip
    assert sorted(map(tuple, rows)) == [("lycee", "3202", "cite_scolaire"), ("rpi", "3102", "rpi")]


def test_applying_the_same_feed_twice_writes_nothing(load, feed, academy):
    load()
    before, stamp = directory(), count("SELECT sum(('x'||md5(xmin::text))::bit(32)::bigint) FROM person")
    for delivery in load():
        assert delivery.state == "applied"
        assert not delivery.counts["applied"]
    assert directory() == before
    assert count("SELECT sum(('x'||md5(xmin::text))::bit(32)::bigint) FROM person") == stamp


def test_accounts_follow_in_the_same_transaction(load):
    load()
    assert (
        count(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'security.provision' AND status = 'todo'"
        )
        == 1
    )
    assert count("SELECT count(*) FROM journal_entry WHERE action = 'feeds.apply_batch'") > 10


def test_a_replay_ends_in_the_same_directory(load, feed):
    deliveries = load()
    before = directory()
    for delivery in deliveries:
        assert operations.replay(feed.identity, delivery.id).state == "applied"
    assert directory() == before


def test_chunks_and_prefixes_do_not_matter(feed, academy, load):
    load()
    before = directory()
    delivery = feed.apply(feed.write(list(reversed(list(requests(academy, "2D"))))))
    assert not delivery.counts["applied"]
    assert directory() == before
