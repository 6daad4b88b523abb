"""Consulting the white pages: by school, profile, class, subject and name (UTI-IDO-PBL-01/06)."""

import time
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from pydantic import BaseModel, Field
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from preau.kernel.database import db
from preau.kernel.errors import NotFound
from preau.kernel.identity import Identity
from preau.kernel.rights import allowed
from preau.services.information.white_pages.models import Entry
from preau.services.information.white_pages.visibility import VISIBLE, Matrix, fields_seen, is_child, matrices
from preau.socle.directory.models import (
    Group,
    Membership,
    Person,
    Profile,
    Relation,
    Structure,
    Subject,
    Teaching,
)
from preau.socle.directory.names import LONGEST, named, words_of
from preau.socle.directory.words import PROFILE_LABELS

PER_PAGE = 30
CHOICES_SECONDS = 60.0
Choices = list[tuple[str, str]]
_choices: dict[int, tuple[float, Choices, Choices]] = {}
# Beyond, the number of results says nothing more to a reader, and counting costs.
COUNTED = 1000
LARGEST_GROUP = 400
# Beyond, an administrator looks for the school by name in the directory's own pages.
MOST_SCHOOLS = 1000


class Criteria(BaseModel):
    """What is looked for. Empty fields do not narrow."""

    q: str = Field(default="", max_length=LONGEST)
    ecole: int | None = None
    profil: str = Field(default="", max_length=20)
    classe: str = Field(default="", max_length=40)
    matiere: str = Field(default="", max_length=40)

    @property
    def empty(self) -> bool:
        """Whether nothing narrows."""
        return self == Criteria()


@dataclass(slots=True)
class Card:
    """A person in the white pages, with what the reader may see of them and nothing else."""

    profile_id: int
    uid: str
    first_name: str
    last_name: str
    kind: str
    structure_id: int
    structure: str
    function: str = ""
    mail: str = ""
    phone: str = ""
    website: str = ""
    about: str = ""
    seen: frozenset[str] = frozenset()
    related: list[tuple[str, str, int | None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def profile(self) -> str:
        """The profile in French."""
        return str(PROFILE_LABELS[self.kind])


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the list. ``total`` stops counting at :data:`COUNTED`."""

    cards: list[Card]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))


def statement(identity: Identity, criteria: Criteria, matrix: Matrix | None = None) -> Select[tuple[Profile]]:
    """The profiles that match and that the identity may see, unordered."""
    asked = (
        (
            allowed(identity, Profile)
            if matrix is None
            else select(Profile).where(VISIBLE.within(identity, Profile, matrix))
        )
        .join(Person, Person.id == Profile.person_id)
        .where(Profile.left_on.is_(None), Person.merged_into_id.is_(None))
    )
    if words_of(criteria.q):
        asked = asked.where(named(criteria.q))
    if criteria.ecole is not None:
        asked = asked.where(Profile.structure_id == criteria.ecole)
    if criteria.profil:
        asked = asked.where(Profile.kind == criteria.profil)
    if criteria.classe:
        member = aliased(Membership)
        asked = asked.join(member, member.person_id == Profile.person_id).join(
            Group, Group.id == member.group_id
        )
        asked = asked.where(Group.uid == criteria.classe, Group.structure_id == Profile.structure_id)
    if criteria.matiere:
        taught = select(Teaching.person_id).where(
            Teaching.subject_code == criteria.matiere, Teaching.structure_id == Profile.structure_id
        )
        asked = asked.where(Profile.person_id.in_(taught))
    return asked


def look_up(identity: Identity, criteria: Criteria, number: int = 1) -> Found:
    """A page of people by name; two queries whatever their number."""
    number = max(number, 1)
    # Nobody but a project's administrator sees a school that is not theirs: its rules are read once known.
    matrix = None if identity.everywhere else matrices(identity.structures)
    asked = statement(identity, criteria, matrix).order_by(Person.last_name, Person.first_name, Profile.id)
    found, total = _read(identity, asked.limit(PER_PAGE).offset((number - 1) * PER_PAGE), matrix)
    if not found and number > 1:
        return look_up(identity, criteria)
    return Found(found, min(total, COUNTED), number)


def cards(identity: Identity, asked: Select[Any]) -> list[Card]:
    """What the identity sees of the profiles that a statement of :func:`statement` selects."""
    return _read(identity, asked)[0]


def _read(identity: Identity, asked: Select[Any], matrix: Matrix | None = None) -> tuple[list[Card], int]:
    classes = (
        select(func.array_agg(Group.name))
        .join(Membership, Membership.group_id == Group.id)
        .where(
            Membership.person_id == Profile.person_id,
            Membership.role == "member",
            Group.kind == "class",
            Group.structure_id == Profile.structure_id,
            Group.ends_on.is_(None),
        )
        .correlate(Profile)
        .scalar_subquery()
    )
    subjects = (
        select(func.array_agg(Subject.label.distinct()))
        .join(Teaching, Teaching.subject_code == Subject.code)
        .where(Teaching.person_id == Profile.person_id, Teaching.structure_id == Profile.structure_id)
        .correlate(Profile)
        .scalar_subquery()
    )
    rows = db.session.execute(
        asked.join(Structure, Structure.id == Profile.structure_id)
        .outerjoin(Entry, Entry.person_id == Profile.person_id)
        .with_only_columns(
            Profile,
            Person.uid,
            Person.first_name,
            Person.last_name,
            Structure.name,
            Entry,
            is_child(identity, Profile),
            classes,
            subjects,
            func.count().over(),
        )
    ).all()
    if matrix is None:
        matrix = matrices(frozenset(row[0].structure_id for row in rows))
    return [_card(identity, row, matrix) for row in rows], rows[0][-1] if rows else 0


def _card(identity: Identity, row: Any, matrix: Matrix) -> Card:
    profile, uid, first, last, school, entry, child, classes, subjects, _total = row
    seen = fields_seen(identity, profile, entry, matrix, child=child)
    card = Card(profile.id, uid, first, last, profile.kind, profile.structure_id, school, seen=seen)
    if "function" in seen:
        card.function = ", ".join(sorted({*(classes or ()), *(subjects or ())})) or _declared(profile)
    for name in ("mail", "phone", "website", "about"):
        if name in seen and entry is not None:
            setattr(card, name, getattr(entry, name))
    return card


def _declared(profile: Profile) -> str:
    return ", ".join(filter(None, (str(each.get("label", "")) for each in profile.functions)))


def card_of(identity: Identity, profile_id: int) -> Card:
    """One person's card, with their children or responsible persons when the reader may see them."""
    made = cards(identity, statement(identity, Criteria()).where(Profile.id == profile_id))
    if not made:
        raise NotFound(_("Cette fiche n’existe pas ou ne vous est pas ouverte."))
    if "relations" in made[0].seen:
        made[0].related = _related(identity, db.session.get_one(Profile, profile_id))
    return made[0]


def _related(identity: Identity, profile: Profile) -> list[tuple[str, str, int | None]]:
    pupil = profile.kind == "pupil"
    if not pupil and profile.kind != "guardian":
        return []
    mine, theirs = (
        (Relation.pupil_id, Relation.guardian_id) if pupil else (Relation.guardian_id, Relation.pupil_id)
    )
    other = aliased(Profile)
    seen = allowed(identity, Profile).with_only_columns(Profile.id).subquery()
    rows = db.session.execute(
        select(Person.first_name, Person.last_name, Relation.legal, func.min(other.id))
        .select_from(Relation)
        .join(Person, Person.id == theirs)
        .outerjoin(other, (other.person_id == Person.id) & other.id.in_(select(seen.c.id)))
        .where(mine == profile.person_id, or_(Relation.legal > 0, Relation.contact))
        .group_by(Person.id, Relation.legal)
        .order_by(Relation.legal)
    )
    roles = {1: _("Représentant légal"), 2: _("En a la charge"), 0: _("Contact")}
    return [
        (f"{first} {last}", roles[legal] if pupil else _("Enfant"), shown)
        for first, last, legal, shown in rows
    ]


def schools_of(identity: Identity) -> list[tuple[int, str]]:
    """Schools that the reader may choose among."""
    if not identity.everywhere:
        mine = {(each.structure_id, each.structure_name) for each in identity.profiles}
        return sorted(mine, key=lambda school: school[1])
    asked = select(Structure.id, Structure.name).order_by(Structure.name).limit(MOST_SCHOOLS)
    return [(number, name) for number, name in db.session.execute(asked)]


def choices_of(identity: Identity, structure_id: int | None) -> tuple[Choices, Choices]:
    """Classes and subjects of a school of the reader's, to choose among; read again every minute."""
    if structure_id is None or not (identity.everywhere or structure_id in identity.structures):
        return [], []
    kept = _choices.get(structure_id)
    if kept is None or time.monotonic() - kept[0] > CHOICES_SECONDS:
        kept = _choices[structure_id] = (time.monotonic(), _classes(structure_id), _subjects(structure_id))
    return kept[1], kept[2]


def _classes(structure_id: int) -> Choices:
    rows = db.session.execute(
        select(Group.uid, Group.name)
        .where(
            Group.structure_id == structure_id,
            Group.kind.in_(("class", "teaching")),
            Group.ends_on.is_(None),
        )
        .order_by(Group.kind, Group.name)
        .limit(LARGEST_GROUP)
    )
    return [(uid, name) for uid, name in rows]


def _subjects(structure_id: int) -> Choices:
    rows = db.session.execute(
        select(Subject.code, Subject.label)
        .where(Subject.code.in_(select(Teaching.subject_code).where(Teaching.structure_id == structure_id)))
        .order_by(Subject.label)
    )
    return [(code, label) for code, label in rows]


def group_named(uid: str) -> Group:
    """A class or group of one of the reader's schools."""
    group = db.session.scalar(select(Group).where(Group.uid == uid, Group.structure_id.is_not(None)))
    if group is None:
        raise NotFound(_("Cette classe n’existe pas ou ne vous est pas ouverte."))
    return group


def members_seen(identity: Identity, group: Group) -> list[Card]:
    """The members of a class whom the reader may see, teachers first."""
    asked = statement(identity, Criteria(classe=group.uid)).order_by(Person.last_name, Person.first_name)
    unique = {card.uid: card for card in cards(identity, asked.limit(LARGEST_GROUP))}
    return sorted(unique.values(), key=lambda card: card.kind == "pupil")
