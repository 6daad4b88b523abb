"""What an administrator does by hand: create a person, give or end a profile, keep groups (SOC-SUP-ABO-02).

What is written here has the source "manual": no feed touches it.
"""

import secrets
from datetime import date
from typing import Literal

from flask_babel import gettext as _
from pydantic import BaseModel, Field, model_validator
from sqlalchemy import delete, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import journal
from preau.kernel.database import db, today
from preau.kernel.errors import Conflict, Invalid
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Membership, Person, Profile, Relation
from preau.socle.security.accounts import provisioning
from preau.socle.security.authentication.sessions import rights_moved
from preau.socle.support.people.scope import MANAGE, person_of, structure_of

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
Kind = Literal["pupil", "guardian", "teacher", "staff", "head", "academic", "authority", "external"]


class PersonIn(BaseModel):
    """A person created by hand. An external person leaves one day: that day is asked for."""

    first_name: str = Field(min_length=1, max_length=100)
    last_name: str = Field(min_length=1, max_length=100)
    birth_date: date | None = None
    mail: str = Field(default="", max_length=254, pattern=r"^$|^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$")
    kind: Kind
    ends_on: date | None = None
    anyway: bool = False

    @model_validator(mode="after")
    def external_people_leave(self) -> "PersonIn":
        """Who is from outside has an end date, in the future."""
        if self.kind == "external" and self.ends_on is None:
            raise ValueError(_("Indiquez jusqu’à quand cette personne extérieure a accès à l’ENT."))
        if self.ends_on is not None and self.ends_on < today():
            raise ValueError(_("La date de fin est déjà passée : choisissez-en une à venir."))
        return self


def new_uid() -> str:
    """An identifier that says nothing and is nobody's (SOC-SEC-IAU-01)."""
    while True:
        uid = "M" + "".join(secrets.choice(ALPHABET) for _each in range(7))
        if db.session.scalar(select(Person.id).where(Person.uid == uid)) is None:
            return uid


def homonyms(identity: Identity, structure_id: int, data: PersonIn) -> list[Person]:
    """People of the school with the same name: perhaps the one being created."""
    structure_of(identity, structure_id)
    return list(
        db.session.scalars(
            select(Person)
            .join(Profile, Profile.person_id == Person.id)
            .where(
                Profile.structure_id == structure_id,
                Person.merged_into_id.is_(None),
                func.preau_fold(Person.last_name) == func.preau_fold(data.last_name),
                func.preau_fold(Person.first_name) == func.preau_fold(data.first_name),
            )
            .distinct()
        )
    )


def create_person(identity: Identity, structure_id: int, data: PersonIn) -> Person:
    """A person with a profile in the school, and the account that goes with it."""
    require_permission(identity, MANAGE, structure_id)
    if not data.anyway and (same := homonyms(identity, structure_id, data)):
        raise Conflict(
            _("%(name)s est déjà dans l’école. Cochez la case si c’est quelqu’un d’autre.", name=same[0].name)
        )
    with atomic() as session:
        person = Person(
            uid=new_uid(), first_name=data.first_name.strip(), last_name=data.last_name.strip(),
            birth_date=data.birth_date, mail=data.mail, open_to=[structure_id],
        )  # fmt: skip
        session.add(person)
        session.flush()
        session.add(
            Profile(person_id=person.id, structure_id=structure_id, kind=data.kind, ends_on=data.ends_on)
        )
        session.flush()
        provisioning.provision([person.id])
        journal.record(identity, "people.create", person, structure_id=structure_id, profile=data.kind)
    return person


def extend_profile(identity: Identity, profile: Profile, ends_on: date | None) -> None:
    """Give a profile another end date; one of a feed is the feed's to end."""
    require_permission(identity, MANAGE, profile.structure_id)
    _require_manual(profile.source)
    if ends_on is not None and ends_on < today():
        raise Invalid(_("Cette date est passée."), {"ends_on": [_("Choisissez une date à venir.")]})
    if ends_on is None and profile.kind == "external":
        message = _("Une personne extérieure a toujours une date de fin.")
        raise Invalid(message, {"ends_on": [message]})
    with atomic():
        profile.ends_on, profile.left_on = ends_on, None
        db.session.flush()
        provisioning.provision([profile.person_id])
        rights_moved(profile.person_id)
        journal.record(
            identity, "people.extend", kind="profile", key=str(profile.id), structure_id=profile.structure_id
        )


def end_profile(identity: Identity, profile: Profile) -> None:
    """End a profile today; without any other, the account is disabled, then erased after its delay."""
    require_permission(identity, MANAGE, profile.structure_id)
    _require_manual(profile.source)
    with atomic():
        profile.left_on = today()
        db.session.flush()
        provisioning.disable_leavers([profile.person_id])
        rights_moved(profile.person_id)
        journal.record(
            identity, "people.end", kind="profile", key=str(profile.id), structure_id=profile.structure_id
        )


def _require_manual(source: str) -> None:
    if source != "manual":
        raise Invalid(
            _("Cette information vient de l’annuaire académique : faites-la corriger à la source."),
            code="PRE-DIR-001",
        )


class ClassIn(BaseModel):
    """A class or group made by hand."""

    name: str = Field(min_length=1, max_length=100)
    kind: Literal["class", "teaching", "team"] = "class"


def create_class(identity: Identity, structure_id: int, data: ClassIn) -> Group:
    """A class that no feed touches."""
    require_permission(identity, MANAGE, structure_id)
    with atomic() as session:
        group = Group(
            uid="G" + new_uid()[1:], structure_id=structure_id, kind=data.kind, name=data.name.strip(),
            open_to=[structure_id],
        )  # fmt: skip
        session.add(group)
        session.flush()
        journal.record(identity, "people.create_class", group)
    return group


def add_members(identity: Identity, group: Group, uids: list[str], role: str = "member") -> int:
    """Put people in a group by hand; a feed will not take them out. Return how many were new."""
    require_permission(identity, MANAGE, group.structure_id)
    if role not in {"member", "manager", "teacher"}:
        raise Invalid(_("Ce rôle n’existe pas."))
    people = [person_of(identity, uid) for uid in dict.fromkeys(uids[:500])]
    if not people:
        raise Invalid(_("Choisissez au moins une personne."))
    with atomic() as session:
        rows = [
            {"group_id": group.id, "person_id": each.id, "role": role, "source": "manual"} for each in people
        ]
        added = session.scalars(
            insert(Membership).values(rows).on_conflict_do_nothing().returning(Membership.person_id)
        ).all()
        rights_moved(*added)
        journal.record(identity, "people.add_members", group, count=len(added))
    return len(added)


def remove_member(identity: Identity, group: Group, uid: str) -> None:
    """Take a person out of a group where they were put by hand."""
    require_permission(identity, MANAGE, group.structure_id)
    person = person_of(identity, uid)
    row = db.session.get(Membership, (group.id, person.id))
    if row is None:
        return
    _require_manual(row.source)
    with atomic() as session:
        session.execute(
            delete(Membership).where(Membership.group_id == group.id, Membership.person_id == person.id)
        )
        rights_moved(person.id)
        journal.record(identity, "people.remove_member", group, person=person.uid)


def figures(structure_id: int) -> dict[str, int]:
    """People by profile, classes, groups and responsibility links of a school; one query."""
    profiles = (
        select(Profile.kind, func.count(Profile.person_id.distinct()))
        .where(Profile.structure_id == structure_id, Profile.left_on.is_(None))
        .group_by(Profile.kind)
    )
    groups = (
        select(literal("group:") + Group.kind, func.count())
        .where(Group.structure_id == structure_id, Group.ends_on.is_(None))
        .group_by(Group.kind)
    )
    pupils = select(Profile.person_id).where(
        Profile.structure_id == structure_id, Profile.kind == "pupil", Profile.left_on.is_(None)
    )
    without = select(literal("without_guardian"), func.count()).where(
        Person.id.in_(pupils), ~select(Relation.pupil_id).where(Relation.pupil_id == Person.id).exists()
    )
    return {str(name): count for name, count in db.session.execute(union_all(profiles, groups, without))}
