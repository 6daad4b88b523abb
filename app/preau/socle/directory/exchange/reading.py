"""Exporting the directory: batches of people, a fixed number of queries for each, in order of uid."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, any_, bindparam, collate, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from preau.kernel.database import db
from preau.kernel.exchange import Item
from preau.kernel.exchange_context import Scope
from preau.kernel.identity import Identity
from preau.socle.directory.exchange import schemas as v1
from preau.socle.directory.models import (
    Group,
    Mef,
    Membership,
    Person,
    Profile,
    Relation,
    Role,
    SourceKey,
    Structure,
    StructureLink,
    Subject,
    Teaching,
)

BATCH = 500
PERSON = ("last_name", "first_name", "birth_name", "other_names", "civility", "birth_date", "mail", "phones",
          "address", "attributes")  # fmt: skip
STRUCTURE = (
    "uai",
    "kind",
    "degree",
    "name",
    "short_name",
    "siret",
    "source",
    "contact",
    "attributes",
    "opened",
)
GROUP = ("kind", "code", "name", "description", "level", "source", "attributes", "starts_on", "ends_on")
PROFILE = ("kind", "source", "functions", "level", "attributes", "starts_on", "ends_on", "left_on")
RELATION = ("link", "legal", "financial", "contact", "payment", "lives_with", "source")


def key_of(structure: Any = Structure) -> Any:
    """The portable key of a structure, as SQL; the same as the principals' port gives."""
    return func.coalesce(structure.uai, structure.source + "$" + structure.key)


def values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """Columns of a row by name."""
    return {name: getattr(row, name) for name in names}


def structures_in(scope: Scope, column: Any) -> ColumnElement[bool]:
    """Condition on structure ids; a person's own export holds no structure."""
    return scope.within(column)


def structures(identity: Identity, scope: Scope) -> Iterator[Item]:
    """Structures in scope, each with the larger ones that it is in."""
    del identity
    parent = aliased(Structure)
    within: dict[int, list[v1.LinkV1]] = defaultdict(list)
    links = (
        select(StructureLink.child_id, StructureLink.kind, key_of(parent).label("parent"))
        .join(parent, parent.id == StructureLink.parent_id)
        .where(structures_in(scope, StructureLink.child_id))
        .order_by(StructureLink.kind, "parent")
    )
    if scope.kind == "everything":
        for row in db.session.execute(links):
            within[row.child_id].append(v1.LinkV1(parent=row.parent, kind=row.kind))
    for structure, key in db.session.execute(
        select(Structure, key_of()).where(structures_in(scope, Structure.id)).order_by(collate(key_of(), "C"))
    ):
        data = v1.StructureV1(
            **values(structure, STRUCTURE), source_key=structure.key, within=within[structure.id]
        )
        yield Item(
            key=key,
            data=data,
            title=structure.name,
            created_at=structure.created_at,
            updated_at=structure.updated_at,
        )


def subjects(identity: Identity, scope: Scope) -> Iterator[Item]:
    """The nomenclature of subjects."""
    del identity, scope
    for row in db.session.scalars(select(Subject)):
        yield Item(
            key=row.code,
            data=v1.NomenclatureV1(label=row.label, national_code=row.national_code),
            title=row.label,
        )


def mefs(identity: Identity, scope: Scope) -> Iterator[Item]:
    """The nomenclature of modules élémentaires de formation."""
    del identity, scope
    for row in db.session.scalars(select(Mef)):
        data = v1.NomenclatureV1(label=row.label, national_code=row.national_code, stat_code=row.stat_code)
        yield Item(key=row.code, data=data, title=row.label)


def groups_in(scope: Scope) -> Select[Any]:
    """Groups in scope with their structure's key, in order of uid; free ones belong to the groups' service."""
    return (
        select(Group, key_of().label("structure"))
        .outerjoin(Structure, Structure.id == Group.structure_id)
        .where(Group.kind != "free", or_(scope.within(Group.structure_id), scope.of_groups(Group.id)))
        .order_by(collate(Group.uid, "C"))
    )


def groups(identity: Identity, scope: Scope) -> Iterator[Item]:
    """Groups in scope."""
    del identity
    for group, structure in db.session.execute(groups_in(scope)):
        yield Item(
            key=group.uid,
            data=v1.GroupV1(**values(group, GROUP), structure=structure),
            title=group.name,
            rights=[f"group:{group.uid}"],
            created_at=group.created_at,
            updated_at=group.updated_at,
        )


def people_in(scope: Scope) -> ColumnElement[bool]:
    """Condition on person: whoever has, or had, a profile or a role in the structures in scope."""
    if scope.kind == "everything":
        return Person.merged_into_id.is_(None)
    if scope.kind == "structure":
        profiles = select(Profile.person_id).where(Profile.structure_id == scope.structure_id)
        roles = select(Role.person_id).where(Role.structure_id == scope.structure_id)
        return Person.id.in_(profiles.union(roles))
    return scope.owned(Person.id)


def batches(statement: Select[Any], column: Any) -> Iterator[list[Any]]:
    """Rows of a select by batches, in order of a text column compared byte by byte."""
    ordered, last = collate(column, "C"), ""
    while True:
        rows = list(db.session.scalars(statement.where(ordered > last).order_by(ordered).limit(BATCH)))
        if rows:
            yield rows
            last = getattr(rows[-1], column.key)
        if len(rows) < BATCH:
            return
        db.session.expunge_all()


def among(column: Any, ids: list[int]) -> ColumnElement[bool]:
    """Condition on ids, as one array."""
    return column == any_(bindparam(None, ids, type_=ARRAY(BigInteger)))  # type: ignore[no-any-return]


def people(identity: Identity, scope: Scope) -> Iterator[Item]:
    """People in scope, with what the schools in scope say of them."""
    del identity
    for batch in batches(select(Person).where(people_in(scope)), Person.uid):
        ids = [person.id for person in batch]
        keys, profiles, roles, guardians = (
            _keys(ids),
            _profiles(ids, scope),
            _roles(ids, scope),
            _guardians(ids),
        )
        for person in batch:
            data = v1.PersonV1(
                **values(person, PERSON),
                source_keys=keys[person.id],
                profiles=profiles[person.id],
                roles=roles[person.id],
                guardians=guardians[person.id],
            )
            yield Item(
                key=person.uid,
                data=data,
                title=person.name,
                rights=[f"person:{person.uid}"],
                created_at=person.created_at,
                updated_at=person.updated_at,
            )


def _keys(ids: list[int]) -> dict[int, list[v1.SourceKeyV1]]:
    found: dict[int, list[v1.SourceKeyV1]] = defaultdict(list)
    rows = select(SourceKey).where(among(SourceKey.person_id, ids)).order_by(SourceKey.source, SourceKey.key)
    for row in db.session.scalars(rows):
        found[row.person_id].append(v1.SourceKeyV1(source=row.source, key=row.key))
    return found


def _profiles(ids: list[int], scope: Scope) -> dict[int, list[v1.ProfileV1]]:
    found: dict[int, list[v1.ProfileV1]] = defaultdict(list)
    rows = (
        select(Profile, key_of().label("structure_key"))
        .join(Structure, Structure.id == Profile.structure_id)
        .where(among(Profile.person_id, ids), _said_by(scope, Profile.structure_id))
        .order_by("structure_key", Profile.kind)
    )
    for profile, structure in db.session.execute(rows):
        found[profile.person_id].append(v1.ProfileV1(**values(profile, PROFILE), structure=structure))
    return found


def _said_by(scope: Scope, column: Any) -> ColumnElement[bool]:
    return scope.within(column) if scope.kind == "structure" else column.is_not(None)


def _roles(ids: list[int], scope: Scope) -> dict[int, list[v1.RoleV1]]:
    found: dict[int, list[v1.RoleV1]] = defaultdict(list)
    giver = aliased(Person)
    rows = (
        select(
            Role, key_of().label("structure_key"), Group.uid.label("group_uid"), giver.uid.label("giver_uid")
        )
        .join(Structure, Structure.id == Role.structure_id)
        .outerjoin(Group, Group.id == Role.group_id)
        .outerjoin(giver, giver.id == Role.delegated_by_id)
        .where(among(Role.person_id, ids), _said_by(scope, Role.structure_id))
        .order_by("structure_key", Role.name, "group_uid")
    )
    for role, structure, group_uid, giver_uid in db.session.execute(rows):
        found[role.person_id].append(
            v1.RoleV1(
                structure=structure,
                name=role.name,
                group=group_uid,
                source=role.source,
                starts_on=role.starts_on,
                ends_on=role.ends_on,
                delegated_by=giver_uid,
            )
        )
    return found


def _guardians(ids: list[int]) -> dict[int, list[v1.GuardianV1]]:
    found: dict[int, list[v1.GuardianV1]] = defaultdict(list)
    rows = (
        select(Relation, Person.uid)
        .join(Person, Person.id == Relation.guardian_id)
        .where(among(Relation.pupil_id, ids))
        .order_by(Person.uid)
    )
    for relation, uid in db.session.execute(rows):
        found[relation.pupil_id].append(v1.GuardianV1(**values(relation, RELATION), person=uid))
    return found


def group_people(identity: Identity, scope: Scope) -> Iterator[Item]:
    """Members and teachings of the groups in scope."""
    del identity
    owner = aliased(Person)
    for group, _structure in db.session.execute(groups_in(scope)).all():
        members = db.session.execute(
            select(Person.uid, Membership.role, Membership.source)
            .join(Person, Person.id == Membership.person_id)
            .where(Membership.group_id == group.id)
            .order_by(Person.uid)
        )
        teachings = db.session.execute(
            select(Person.uid, Teaching.subject_code, Teaching.source)
            .join(Person, Person.id == Teaching.person_id)
            .where(Teaching.group_id == group.id)
            .order_by(Person.uid, Teaching.subject_code)
        )
        data = v1.GroupPeopleV1(
            group_owner=db.session.scalar(select(owner.uid).where(owner.id == group.owner_id)),
            members=[v1.MemberV1(person=uid, role=role, source=source) for uid, role, source in members],
            teachings=[
                v1.TeachingV1(person=uid, subject=code, source=source) for uid, code, source in teachings
            ],
        )
        yield Item(key=group.uid, data=data, title=group.name, rights=[f"group:{group.uid}"])
