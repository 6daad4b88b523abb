"""A rule's check and its SQL filter agree, for every rule, whoever asks and whatever is asked about."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from preau.kernel import rights
from preau.kernel.database import db, now
from preau.kernel.identity import EVERYONE, Identity
from preau.kernel.rights import Everyone, Holds, Nobody, Owner, When
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Group, Profile

PERMISSIONS = ("news.write", "files.use")
identities = st.builds(
    Identity,
    person_id=st.integers(1, 14),
    uid=st.just("x"),
    name=st.just("x"),
    structures=st.frozensets(st.integers(1, 5)),
    grants=st.frozensets(
        st.sampled_from(
            [f"{name}@{number}" for name in PERMISSIONS for number in range(1, 5)] + list(PERMISSIONS)
        )
    ),
    principals=st.frozensets(
        st.sampled_from(["all", "structure:2", *(f"profile:2:{kind}" for kind in EVERYONE)])
    ),
    everywhere=st.booleans(),
)
leaves = st.sampled_from(
    [
        Everyone(),
        Nobody(),
        Owner("person_id"),
        Holds("news.write"),
        Holds("files.use"),
        Holds("files.use", column=None),
        When(lambda profile: profile.kind == "pupil", lambda model: model.kind == "pupil"),
    ]
)
rules = st.recursive(
    leaves,
    lambda inner: st.builds(lambda a, b, both: (a & b) if both else (a | b), inner, inner, st.booleans()),
)


@pytest.mark.sdet("SOC-SEC-AUT-01", "SOC-SEC-AUT-02")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(identity=identities, rule=rules)
def test_a_rule_filters_a_list_as_it_checks_each_object(world, identity, rule):
    with lifted():
        every = db.session.scalars(select(Profile)).all()
        filtered = set(db.session.scalars(select(Profile.id).where(rule.where(identity, Profile))))
        assert filtered == {profile.id for profile in every if rule.check(identity, profile)}


@pytest.mark.sdet("SOC-SEC-AUT-01")
def test_every_guarded_model_agrees_for_everybody_in_the_world(world, populated):
    """Objects made by each service's own operations, asked about by each person of the world."""
    assert rights.guarded_models()
    compared = 0
    for model, access in rights.guarded_models().items():
        with lifted():
            every = list(db.session.scalars(select(model)))
        for key in world.people:
            identity = world.identity(key)
            with lifted():
                for action in ("read", "write", "delete"):
                    rule = access.rule(action)
                    filtered = set(db.session.scalars(select(model.id).where(rule.where(identity, model))))
                    assert filtered == {obj.id for obj in every if rule.check(identity, obj)}, (
                        model,
                        key,
                        action,
                    )
                    compared += len(every)
    assert compared > 100


def test_a_dated_rule_sees_the_same_now_on_both_sides(world):
    later = now() + timedelta(days=1)
    rule = When(lambda group: group.created_at < later, lambda model: model.created_at < later)
    with lifted():
        groups = db.session.scalars(select(Group)).all()
        assert set(db.session.scalars(select(Group).where(rule.where(world.identity("pupil"), Group)))) == {
            group for group in groups if rule.check(world.identity("pupil"), group)
        }
