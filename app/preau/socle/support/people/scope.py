"""Whom and what an administrator of the directory may manage: the schools where the right is held."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute

from preau.kernel.database import db
from preau.kernel.errors import NotFound, Refused
from preau.kernel.identity import Identity
from preau.socle.directory.models import Person, Profile, Structure

MANAGE = "people.manage"
PROJECT = "people.project"


def managed(identity: Identity) -> frozenset[int]:
    """Structures that the identity manages."""
    return identity.structures_with(MANAGE)


def within(identity: Identity, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Condition on a column of structure ids."""
    if identity.everywhere and identity.can(MANAGE):
        return true()
    return column.in_(managed(identity))


def structure_of(identity: Identity, structure_id: int) -> Structure:
    """A structure that the identity manages."""
    if not identity.can(MANAGE, structure_id):
        raise Refused(_("Vous ne gérez pas l’annuaire de cette école."))
    found = db.session.get(Structure, structure_id)
    if found is None:
        raise NotFound(_("Cette école n’existe pas."))
    return found


def person_of(identity: Identity, uid: str) -> Person:
    """A person who has, or had, a profile in a structure that the identity manages."""
    found = db.session.scalar(
        select(Person).where(
            Person.uid == uid[:40],
            Person.id.in_(select(Profile.person_id).where(within(identity, Profile.structure_id))),
        )
    )
    if found is None:
        raise NotFound(_("Cette personne n’existe pas ou n’est pas d’une école que vous gérez."))
    return found
