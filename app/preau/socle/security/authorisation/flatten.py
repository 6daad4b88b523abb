"""Flatten everything that gives a person rights into an :class:`Identity`: at sign-in and when rights move.

Five queries whatever the person. SOC-SEC-AUT-01/02, SOC-SEC-AUT-03.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.database import today as current_day
from preau.kernel.identity import AuthenticationLevel, Identity, ProfileContext
from preau.kernel.tenancy import lifted
from preau.socle.directory.faces import face_of
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation, Role, Structure
from preau.socle.security.models import Grant, PermissionOverride, ProjectRole


def current(model: Any, today: date) -> ColumnElement[bool]:
    """Whether a dated row holds today."""
    return and_(
        or_(model.starts_on.is_(None), model.starts_on <= today),
        or_(model.ends_on.is_(None), model.ends_on >= today),
    )


def flatten(
    person_id: int,
    *,
    context: int | None = None,
    level: AuthenticationLevel = AuthenticationLevel.PASSWORD,
    origin: str = "",
    today: date | None = None,
    loans: bool = True,
) -> Identity:
    """The identity of a person; ``context`` is the profile chosen in the banner.

    Without ``loans``, what others delegated to the person is left out.
    """
    today = today or current_day()
    with lifted():
        session = db.session
        person = session.get_one(Person, person_id)
        profiles = _profiles(person_id, today)
        roles = session.execute(
            select(Role.structure_id, Role.name).where(Role.person_id == person_id, current(Role, today))
        ).all()
        project_roles = session.scalars(
            select(ProjectRole.name).where(ProjectRole.person_id == person_id, current(ProjectRole, today))
        ).all()
        groups = _groups(person_id, today)
        principals = _principals(person_id, profiles, roles, groups)
        everywhere = "project_admin" in project_roles
        structures = {profile.structure_id for profile in profiles}
        structures |= {structure_id for structure_id, _name in roles}
        grants = _grants(profiles, roles, principals, structures, today, loans=loans)
    if everywhere:
        grants |= set(registry.permissions())
    chosen = next(
        (profile for profile in profiles if profile.id == context), profiles[0] if profiles else None
    )
    return Identity(
        person_id=person.id,
        uid=person.uid,
        name=person.name,
        profiles=profiles,
        context=chosen,
        structures=frozenset(structures),
        grants=frozenset(grants),
        principals=frozenset(principals),
        level=level,
        everywhere=everywhere,
        origin=origin,
    )


def _profiles(person_id: int, today: date) -> tuple[ProfileContext, ...]:
    rows = db.session.execute(
        select(Profile.id, Profile.kind, Profile.level, Structure)
        .join(Structure, Structure.id == Profile.structure_id)
        .where(Profile.person_id == person_id, Profile.left_on.is_(None), current(Profile, today))
        .order_by(Profile.id)
    ).all()
    return tuple(
        ProfileContext(
            id=row.id,
            kind=row.kind,
            structure_id=row.Structure.id,
            structure_name=row.Structure.name,
            uai=row.Structure.uai or "",
            face=face_of(row.kind, row.Structure.kind, row.level),
        )
        for row in rows
    )


def _groups(person_id: int, today: date) -> Iterable[tuple[int, bool]]:
    """Groups of the person, and of the pupils the person is responsible for."""
    children = select(Relation.pupil_id).where(Relation.guardian_id == person_id, Relation.legal > 0)
    return [
        (group_id, member_id == person_id)
        for group_id, member_id in db.session.execute(
            select(Membership.group_id, Membership.person_id)
            .join(Group, Group.id == Membership.group_id)
            .where(
                or_(Membership.person_id == person_id, Membership.person_id.in_(children)),
                current(Group, today),
            )
        )
    ]


def _principals(
    person_id: int, profiles: Iterable[ProfileContext], roles: Any, groups: Iterable[tuple[int, bool]]
) -> set[str]:
    principals = {"all", f"person:{person_id}"}
    for profile in profiles:
        principals |= {f"structure:{profile.structure_id}", f"profile:{profile.structure_id}:{profile.kind}"}
    principals |= {f"role:{structure_id}:{name}" for structure_id, name in roles}
    principals |= {f"group:{group_id}" if own else f"group:{group_id}:guardian" for group_id, own in groups}
    return principals


def _grants(
    profiles: Iterable[ProfileContext],
    roles: Any,
    principals: set[str],
    structures: set[int],
    today: date,
    *,
    loans: bool,
) -> set[str]:
    overrides = {
        (row.structure_id, row.permission, row.profile): row.allowed
        for row in db.session.scalars(
            select(PermissionOverride).where(PermissionOverride.structure_id.in_(structures))
        )
    }
    held: set[tuple[str, int]] = set()
    for permission in registry.permissions().values():
        for profile in profiles:
            default = profile.kind in permission.profiles
            if overrides.get((profile.structure_id, permission.name, profile.kind), default):
                held.add((permission.name, profile.structure_id))
        held |= {(permission.name, structure_id) for structure_id, role in roles if role in permission.roles}
    held |= {
        (grant.permission, grant.structure_id)
        for grant in db.session.scalars(
            select(Grant).where(
                Grant.principal.in_(sorted(principals)),
                ~Grant.suspended,
                current(Grant, today),
                true() if loans else Grant.delegated_by_id.is_(None),
            )
        )
    }
    return {name for name, _structure_id in held} | {f"{name}@{structure_id}" for name, structure_id in held}
