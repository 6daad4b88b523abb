"""Importing the directory: into an empty instance, or over what is there; nobody is ever deleted by it."""

from typing import Any

from sqlalchemy import delete, select

from preau.kernel.database import db
from preau.kernel.exchange import Imported
from preau.kernel.exchange_context import Context
from preau.kernel.identity import Identity
from preau.socle.directory.exchange.reading import GROUP, PERSON, PROFILE, RELATION, STRUCTURE, key_of, values
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


def take(obj: Any, data: Any, names: tuple[str, ...]) -> None:
    """Copy the fields that a row and its format share."""
    for name, value in values(data, names).items():
        setattr(obj, name, value)


def find_structure(identity: Identity, item: Imported, context: Context) -> Structure | None:
    """By UAI, or source and key."""
    del identity, context
    return db.session.scalar(select(Structure).where(key_of() == item.key))


def import_structure(identity: Identity, item: Imported, context: Context) -> Structure:
    """A structure, without its links."""
    del identity, context
    structure = item.existing or Structure()
    take(structure, item.data, STRUCTURE)
    structure.key = item.data.source_key
    db.session.add(structure)
    return structure


def link_structure(identity: Identity, item: Imported, context: Context) -> None:
    """The larger structures that it is in, when the archive says them all."""
    del identity
    structure: Structure = item.existing
    if not item.data.within and context.scope.kind != "everything":
        return
    db.session.execute(delete(StructureLink).where(StructureLink.child_id == structure.id))
    for link in item.data.within:
        if parent_id := context.structure(link.parent):
            db.session.add(StructureLink(parent_id=parent_id, child_id=structure.id, kind=link.kind))


def find_subject(identity: Identity, item: Imported, context: Context) -> Subject | None:
    """By code."""
    del identity, context
    return db.session.get(Subject, item.key)


def import_subject(identity: Identity, item: Imported, context: Context) -> Subject:
    """A subject."""
    del identity, context
    subject = item.existing or Subject(code=item.key)
    take(subject, item.data, ("label", "national_code"))
    db.session.add(subject)
    return subject


def find_mef(identity: Identity, item: Imported, context: Context) -> Mef | None:
    """By code."""
    del identity, context
    return db.session.get(Mef, item.key)


def import_mef(identity: Identity, item: Imported, context: Context) -> Mef:
    """A module élémentaire de formation."""
    del identity, context
    mef = item.existing or Mef(code=item.key)
    take(mef, item.data, ("label", "national_code", "stat_code"))
    db.session.add(mef)
    return mef


def find_group(identity: Identity, item: Imported, context: Context) -> Group | None:
    """By uid."""
    del identity, context
    return db.session.scalar(select(Group).where(Group.uid == item.key))


def import_group(identity: Identity, item: Imported, context: Context) -> Group:
    """A group, without its people."""
    del identity
    group = item.existing or Group(uid=item.key)
    take(group, item.data, GROUP)
    group.structure_id = context.structure(item.data.structure)
    if group.structure_id:
        group.open_to = sorted({*(group.open_to or []), group.structure_id})
    db.session.add(group)
    return group


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


def find_group_people(identity: Identity, item: Imported, context: Context) -> Group | None:
    """The group, when it has people already."""
    group = find_group(identity, item, context)
    some = select(Membership.person_id).where(Membership.group_id == group.id).limit(1) if group else None
    return group if some is not None and db.session.scalar(some) is not None else None


def import_group_people(identity: Identity, item: Imported, context: Context) -> Group | None:
    """Members and teachings of a group that is here."""
    group = find_group(identity, item, context)
    if group is None:
        return None
    group.owner_id = context.person(item.data.group_owner)
    _keep_members(group, item, context)
    _keep_teachings(group, item, context)
    if group.structure_id is None:
        members = select(Membership.person_id).where(Membership.group_id == group.id)
        schools = db.session.scalars(select(Profile.structure_id).where(Profile.person_id.in_(members)))
        group.open_to = sorted(set(schools))
    return group


def _keep_members(group: Group, item: Imported, context: Context) -> None:
    there = {
        row.person_id: row
        for row in db.session.scalars(select(Membership).where(Membership.group_id == group.id))
    }
    for data in item.data.members:
        person_id = context.person(data.person)
        if person_id is None:
            continue
        membership = there.pop(person_id, None) or Membership(group_id=group.id, person_id=person_id)
        take(membership, data, ("role", "source"))
        db.session.add(membership)
    if context.policy == "replace":
        for gone in there.values():
            db.session.delete(gone)
    db.session.flush()


def _keep_teachings(group: Group, item: Imported, context: Context) -> None:
    there = {
        (row.person_id, row.subject_code): row
        for row in db.session.scalars(select(Teaching).where(Teaching.group_id == group.id))
    }
    for data in item.data.teachings:
        person_id = context.person(data.person)
        if person_id is None or group.structure_id is None:
            continue
        teaching = there.pop((person_id, data.subject), None) or Teaching(
            group_id=group.id, person_id=person_id, subject_code=data.subject
        )
        teaching.structure_id, teaching.source = group.structure_id, data.source
        db.session.add(teaching)
    if context.policy == "replace":
        for gone in there.values():
            db.session.delete(gone)
    db.session.flush()
