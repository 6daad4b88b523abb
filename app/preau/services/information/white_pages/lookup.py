"""Consulting the white pages: by school, profile, class, subject and name (UTI-IDO-PBL-01/06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from pydantic import BaseModel, Field
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from preau.kernel.database import db
from preau.kernel.errors import NotFound
from preau.kernel.identity import Identity
from preau.kernel.rights import allowed
from preau.services.information.white_pages.models import Entry
from preau.services.information.white_pages.visibility import children_of, fields_seen, matrices
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
# Beyond, the number of results says nothing more to a reader, and counting costs.
COUNTED = 1000
LARGEST_GROUP = 400


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


def statement(identity: Identity, criteria: Criteria) -> Select[tuple[Profile]]:
    """The profiles that match and that the identity may see, unordered."""
    asked = (
        allowed(identity, Profile)
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
    """A page of people by name; five queries whatever their number."""
    asked = statement(identity, criteria)
    some = asked.with_only_columns(Profile.id).limit(COUNTED).subquery()
    total = db.session.scalar(select(func.count()).select_from(some)) or 0
    number = min(max(number, 1), -(-max(total, 1) // PER_PAGE))
    profiles = db.session.scalars(
        asked.order_by(Person.last_name, Person.first_name, Profile.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    ).all()
    return Found(cards(identity, profiles), total, number)


def cards(identity: Identity, profiles: Sequence[Profile]) -> list[Card]:
    """What the identity sees of profiles that are visible to it."""
    people = [profile.person_id for profile in profiles]
    persons = {each.id: each for each in db.session.scalars(select(Person).where(Person.id.in_(people)))}
    places = frozenset(profile.structure_id for profile in profiles)
    schools = dict(
        db.session.execute(select(Structure.id, Structure.name).where(Structure.id.in_(places))).all()
    )
    entries = {
        each.person_id: each for each in db.session.scalars(select(Entry).where(Entry.person_id.in_(people)))
    }
    functions = functions_of(people)
    matrix, children = matrices(places), children_of(identity)
    made = []
    for profile in profiles:
        person, entry = persons.get(profile.person_id), entries.get(profile.person_id)
        if person is None:
            continue
        seen = fields_seen(identity, profile, entry, matrix, children)
        card = Card(
            profile.id, person.uid, person.first_name, person.last_name, profile.kind,
            profile.structure_id, schools.get(profile.structure_id, ""), seen=seen,
        )  # fmt: skip
        if "function" in seen:
            card.function = functions.get((profile.person_id, profile.structure_id), "") or _declared(profile)
        for name in ("mail", "phone", "website", "about"):
            if name in seen and entry is not None:
                setattr(card, name, getattr(entry, name))
        made.append(card)
    return made


def _declared(profile: Profile) -> str:
    return ", ".join(filter(None, (str(each.get("label", "")) for each in profile.functions)))


def functions_of(people: Iterable[int]) -> dict[tuple[int, int], str]:
    """Class of pupils, subjects of teachers, by person and structure; one query."""
    ids = list(people)
    classes = (
        select(Membership.person_id, Group.structure_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.person_id.in_(ids), Membership.role == "member", Group.kind == "class")
    )
    subjects = (
        select(Teaching.person_id, Teaching.structure_id, Subject.label)
        .join(Subject, Subject.code == Teaching.subject_code)
        .where(Teaching.person_id.in_(ids))
        .distinct()
    )
    found: dict[tuple[int, int], list[str]] = {}
    for person_id, structure_id, name in db.session.execute(classes.union_all(subjects)):
        found.setdefault((person_id, structure_id), []).append(name)
    return {key: ", ".join(sorted(names)) for key, names in found.items()}


def card_of(identity: Identity, profile_id: int) -> Card:
    """One person's card, with their children or responsible persons when the reader may see them."""
    profile = db.session.scalar(allowed(identity, Profile).where(Profile.id == profile_id))
    if profile is None:
        raise NotFound(_("Cette fiche n’existe pas ou ne vous est pas ouverte."))
    made = cards(identity, [profile])
    if not made:
        raise NotFound(_("Cette fiche n’existe pas ou ne vous est pas ouverte."))
    if "relations" in made[0].seen:
        made[0].related = _related(identity, profile)
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
    asked = select(Structure.id, Structure.name).order_by(Structure.name).limit(LARGEST_GROUP)
    if not identity.everywhere:
        asked = asked.where(Structure.id.in_(identity.structures))
    return [(number, name) for number, name in db.session.execute(asked)]


def classes_of(identity: Identity, structure_id: int | None) -> list[tuple[str, str]]:
    """Classes and teaching groups of a school."""
    if structure_id is None:
        return []
    rows = db.session.execute(
        select(Group.uid, Group.name)
        .where(Group.structure_id == structure_id, Group.kind.in_(("class", "teaching")))
        .order_by(Group.kind, Group.name)
        .limit(LARGEST_GROUP)
    )
    return [(uid, name) for uid, name in rows]


def subjects_of(structure_id: int | None) -> list[tuple[str, str]]:
    """Subjects taught in a school."""
    if structure_id is None:
        return []
    rows = db.session.execute(
        select(Subject.code, Subject.label)
        .where(Subject.code.in_(select(Teaching.subject_code).where(Teaching.structure_id == structure_id)))
        .order_by(Subject.label)
    )
    return [(code, label) for code, label in rows]


def group_named(identity: Identity, uid: str) -> Group:
    """A class or group of one of the reader's schools."""
    group = db.session.scalar(select(Group).where(Group.uid == uid, Group.structure_id.is_not(None)))
    if group is None:
        raise NotFound(_("Cette classe n’existe pas ou ne vous est pas ouverte."))
    return group


def members_seen(identity: Identity, group: Group) -> list[Card]:
    """The members of a class whom the reader may see, teachers first."""
    profiles = db.session.scalars(
        statement(identity, Criteria(classe=group.uid))
        .order_by(Person.last_name, Person.first_name)
        .limit(LARGEST_GROUP)
    ).all()
    unique = {profile.person_id: profile for profile in profiles}
    return sorted(cards(identity, list(unique.values())), key=lambda card: card.kind == "pupil")
