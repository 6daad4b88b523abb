"""Importing people: their keys, profiles, roles and responsible persons; nobody is ever deleted by it."""

from typing import Any

from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.exchange import Imported
from preau.kernel.exchange_context import Context
from preau.kernel.identity import Identity
from preau.socle.directory.exchange.reading import PERSON, PROFILE, RELATION
from preau.socle.directory.exchange.writing import take
from preau.socle.directory.models import Person, Profile, Relation, Role, SourceKey


def find_person(identity: Identity, item: Imported, context: Context) -> Person | None:
    """By uid, then by a key of the same source: a human that a feed brought here meanwhile."""
    del identity, context
    person = db.session.scalar(select(Person).where(Person.uid == item.key))
    for known in item.data.source_keys if person is None else ():
        held = db.session.get(SourceKey, (known.source, known.key))
        if held is not None:
            return db.session.get(Person, held.person_id)
    return person


def import_person(identity: Identity, item: Imported, context: Context) -> Person:
    """A person, the profiles and roles that the schools of the archive say; responsible people come after."""
    del identity
    person = item.existing or Person(uid=item.key)
    take(person, item.data, PERSON)
    db.session.add(person)
    db.session.flush()
    _keep_keys(person, item)
    _keep_profiles(person, item, context)
    _keep_roles(person, item, context)
    open_to = select(Profile.structure_id).where(Profile.person_id == person.id, Profile.left_on.is_(None))
    person.open_to = sorted(set(db.session.scalars(open_to)))
    return person


def _keep_keys(person: Person, item: Imported) -> None:
    for known in item.data.source_keys:
        if db.session.get(SourceKey, (known.source, known.key)) is None:
            db.session.add(SourceKey(source=known.source, key=known.key, person_id=person.id))
    db.session.flush()


def _said(model: Any, context: Context) -> Any:
    """Condition on the rows that the archive speaks of: those of its schools."""
    if context.scope.kind == "structure":
        return model.structure_id == context.scope.structure_id
    return model.structure_id.is_not(None)


def _keep_profiles(person: Person, item: Imported, context: Context) -> None:
    there = {
        (row.structure_id, row.kind): row
        for row in db.session.scalars(
            select(Profile).where(Profile.person_id == person.id, _said(Profile, context))
        )
    }
    for data in item.data.profiles:
        structure_id = context.structure(data.structure)
        if structure_id is None:
            continue
        profile = there.pop((structure_id, data.kind), None) or Profile(
            person_id=person.id, structure_id=structure_id
        )
        take(profile, data, PROFILE)
        db.session.add(profile)
    if context.policy == "replace":
        for gone in there.values():
            db.session.delete(gone)
    db.session.flush()


def _keep_roles(person: Person, item: Imported, context: Context) -> None:
    there = {
        (row.structure_id, row.name, row.group_id): row
        for row in db.session.scalars(select(Role).where(Role.person_id == person.id, _said(Role, context)))
    }
    for data in item.data.roles:
        structure_id, group_id = context.structure(data.structure), context.group(data.group)
        if structure_id is None or (data.group and group_id is None):
            continue
        role = there.pop((structure_id, data.name, group_id), None) or Role(
            person_id=person.id, structure_id=structure_id, name=data.name, group_id=group_id
        )
        take(role, data, ("source", "starts_on", "ends_on"))
        db.session.add(role)
    if context.policy == "replace":
        for gone in there.values():
            db.session.delete(gone)
    db.session.flush()


def link_person(identity: Identity, item: Imported, context: Context) -> None:
    """Responsible people, and who delegated a role: anybody may come later in the archive."""
    del identity
    pupil: Person = item.existing
    there = {
        row.guardian_id: row
        for row in db.session.scalars(select(Relation).where(Relation.pupil_id == pupil.id))
    }
    for data in item.data.guardians:
        guardian_id = context.person(data.person)
        if guardian_id is None:
            continue
        relation = there.pop(guardian_id, None) or Relation(guardian_id=guardian_id, pupil_id=pupil.id)
        take(relation, data, RELATION)
        db.session.add(relation)
    if context.policy == "replace":
        for gone in there.values():
            db.session.delete(gone)
    for data in item.data.roles:
        if data.delegated_by:
            _delegated(pupil, data, context)
    db.session.flush()


def _delegated(person: Person, data: Any, context: Context) -> None:
    role = db.session.scalar(
        select(Role).where(
            Role.person_id == person.id,
            Role.structure_id == context.structure(data.structure),
            Role.name == data.name,
            Role.group_id.is_not_distinct_from(context.group(data.group)),
        )
    )
    if role is not None:
        role.delegated_by_id = context.person(data.delegated_by)
