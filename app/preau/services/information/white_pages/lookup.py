"""Consulting the white pages: by school, profile, class, subject and name (UTI-IDO-PBL-01/06)."""

from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from preau.kernel.database import db, plan_once
from preau.kernel.errors import NotFound
from preau.kernel.identity import Identity
from preau.kernel.rights import allowed
from preau.services.information.white_pages.cards import COUNTED, NAMED, PER_PAGE, Card, Criteria, Found
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
from preau.socle.directory.names import named, words_of

BY_NAME = (Person.last_name, Person.first_name, Profile.id)
LARGEST = 2000
_pages: dict[Any, Select[Any]] = {}
SAID = ("mail", "phone", "website", "about", "photo")


def statement(identity: Identity, criteria: Criteria, matrix: Matrix | None = None) -> Select[Any]:
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
    if words_of(criteria.q) and criteria.only_a_name:
        # Which of several hundred people are shown says nothing: the reader is asked for more words.
        some = select(Person.id).where(named(criteria.q), Person.merged_into_id.is_(None)).limit(NAMED)
        asked = asked.where(Person.id.in_(some))
    elif words_of(criteria.q):
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
    plan_once()
    found, total = _read(identity, _page(identity, criteria, number, matrix), matrix)
    if not found and number > 1:
        return look_up(identity, criteria)
    most = NAMED if criteria.only_a_name else COUNTED
    return Found(found, min(total, most), number, most)


def _page(identity: Identity, criteria: Criteria, number: int, matrix: Matrix | None) -> Select[Any]:
    """The statement of a page: made once for each reader, rules and criteria, because making it costs a page."""
    key = (matrix and VISIBLE.key(identity, matrix), *criteria.model_dump().values(), number)
    if matrix is None or key not in _pages:
        asked = statement(identity, criteria, matrix).order_by(*BY_NAME)
        made = _with_details(identity, asked.limit(PER_PAGE).offset((number - 1) * PER_PAGE))
        if matrix is None:
            return made
        if len(_pages) >= LARGEST:
            _pages.clear()
        _pages[key] = made
    return _pages[key]


def cards(identity: Identity, asked: Select[Any]) -> list[Card]:
    """What the identity sees of the profiles that a statement of :func:`statement` selects."""
    return _read(identity, _with_details(identity, asked))[0]


@cache
def _functions() -> tuple[Any, Any]:
    """Names of a pupil's classes, labels of a teacher's subjects."""
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
    return classes.label("classes"), subjects.label("subjects")


def _with_details(identity: Identity, asked: Select[Any]) -> Select[Any]:
    # The page first, then what is said of its people: the rest of the school is only counted.
    page = asked.with_only_columns(Profile.id, func.count().over().label("total")).subquery()
    return (
        select(
            Profile.id,
            Profile.person_id,
            Profile.kind,
            Profile.structure_id,
            Profile.functions,
            Person.uid,
            Person.first_name,
            Person.last_name,
            Structure.name.label("school"),
            *(getattr(Entry, name) for name in (*SAID, "restrictions")),
            is_child(identity, Profile).label("child"),
            *_functions(),
            page.c.total,
        )
        .join(page, page.c.id == Profile.id)
        .join(Person, Person.id == Profile.person_id)
        .join(Structure, Structure.id == Profile.structure_id)
        .outerjoin(Entry, Entry.person_id == Profile.person_id)
        .order_by(*BY_NAME)
    )


def _read(identity: Identity, asked: Select[Any], matrix: Matrix | None = None) -> tuple[list[Card], int]:
    rows = db.session.execute(asked).all()
    if matrix is None:
        matrix = matrices(frozenset(row.structure_id for row in rows))
    return [_card(identity, row, matrix) for row in rows], rows[0].total if rows else 0


def _card(identity: Identity, row: Any, matrix: Matrix) -> Card:
    seen = fields_seen(identity, row, row.restrictions, matrix, child=row.child)
    card = Card(
        row.id, row.uid, row.first_name, row.last_name, row.kind, row.structure_id, row.school, seen=seen
    )
    if "function" in seen:
        card.function = ", ".join(sorted({*(row.classes or ()), *(row.subjects or ())})) or _declared(row)
    for name in SAID:
        if name in seen:
            setattr(card, name, getattr(row, name) or "")
    return card


def _declared(profile: Any) -> str:
    return ", ".join(filter(None, (str(each.get("label", "")) for each in profile.functions)))


def card_of(identity: Identity, profile_id: int) -> Card:
    """One person's card, with their children or responsible persons when the reader may see them."""
    made = cards(identity, statement(identity, Criteria()).where(Profile.id == profile_id))
    if not made:
        raise NotFound(_("Cette fiche n’existe pas ou ne vous est pas ouverte."))
    if "relations" in made[0].seen:
        made[0].related = _related(identity, db.session.get_one(Profile, profile_id))
    return made[0]


def own_profile(identity: Identity) -> int | None:
    """The identity's profile in the chosen school."""
    return next((each.id for each in identity.profiles if each.structure_id == identity.structure_id), None)


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
