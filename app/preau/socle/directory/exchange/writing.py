"""Importing the directory: into an empty instance, or over what is there; nobody is ever deleted by it."""

from typing import Any

from sqlalchemy import delete, select

from preau.kernel.database import db
from preau.kernel.exchange import Imported
from preau.kernel.exchange_context import Context
from preau.kernel.identity import Identity
from preau.socle.directory.exchange.reading import GROUP, STRUCTURE, key_of, values
from preau.socle.directory.models import (
    Group,
    Mef,
    Membership,
    Profile,
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
