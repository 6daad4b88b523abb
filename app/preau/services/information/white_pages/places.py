"""Schools, classes and subjects that a reader of the white pages chooses among (UTI-IDO-PBL-06)."""

import time

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.errors import NotFound
from preau.kernel.identity import Identity
from preau.services.information.white_pages.cards import Card, Criteria
from preau.services.information.white_pages.lookup import cards, statement
from preau.socle.directory.models import Group, Person, Structure, Subject, Teaching

CHOICES_SECONDS = 60.0
LARGEST_GROUP = 400
# Beyond, an administrator looks for the school by name in the directory's own pages.
MOST_SCHOOLS = 1000
Choices = list[tuple[str, str]]
_choices: dict[int, tuple[float, Choices, Choices]] = {}
_everywhere: dict[str, tuple[float, list[tuple[int, str]]]] = {}


def schools_of(identity: Identity) -> list[tuple[int, str]]:
    """Schools that the reader may choose among."""
    if not identity.everywhere:
        mine = {(each.structure_id, each.structure_name) for each in identity.profiles}
        return sorted(mine, key=lambda school: school[1])
    kept = _everywhere.get("")
    if kept is None or time.monotonic() - kept[0] > CHOICES_SECONDS:
        asked = select(Structure.id, Structure.name).order_by(Structure.name).limit(MOST_SCHOOLS)
        kept = (time.monotonic(), [(number, name) for number, name in db.session.execute(asked)])
        _everywhere[""] = kept
    return kept[1]


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
