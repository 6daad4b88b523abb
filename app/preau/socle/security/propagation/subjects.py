"""Who is entering a partner, in how many queries one can count: the person, their classes, the opaque identifier."""

import secrets
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from preau.kernel.database import db, now
from preau.kernel.identity import Identity, ProfileContext
from preau.socle.directory.models import Group, Membership, Person, SourceKey, Structure
from preau.socle.security.models import Account
from preau.socle.security.propagation.attributes import ATTRIBUTES, Subject
from preau.socle.security.propagation.models import Partner, PartnerLink

Told = dict[str, list[str]]
SCHOOLING = frozenset({"ENTClasse", "ENTGroupe"})


def opaque_of(person_id: int, partner: Partner, told: Iterable[str]) -> str:
    """The identifier of a person at one partner, made at the first visit; the visit is counted."""
    moment, names = now(), sorted(told)
    made = insert(PartnerLink).values(
        person_id=person_id,
        partner_id=partner.id,
        opaque=secrets.token_urlsafe(24),
        told=names,
        first_at=moment,
        last_at=moment,
        times=1,
    )
    kept = made.on_conflict_do_update(
        index_elements=["person_id", "partner_id"],
        set_={"told": names, "last_at": moment, "times": PartnerLink.times + 1},
    )
    value: str = db.session.execute(kept.returning(PartnerLink.opaque)).scalar_one()
    return value


def subject_of(
    identity: Identity, context: ProfileContext | None, opaque: str, wanted: Iterable[str]
) -> Subject:
    """Everything that the wanted attributes need of the person, and nothing else."""
    needed = set(wanted)
    session = db.session
    person = session.get_one(Person, identity.person_id, populate_existing=True)
    login = session.scalar(select(Account.login).where(Account.person_id == person.id)) or ""
    kind = ""
    if context and "ENTStructureTypeStruct" in needed:
        kind = session.scalar(select(Structure.kind).where(Structure.id == context.structure_id)) or ""
    classes: list[str] = []
    groups: list[str] = []
    if context and needed & SCHOOLING:
        for name, sort in session.execute(
            select(Group.name, Group.kind)
            .join(Membership, Membership.group_id == Group.id)
            .where(
                Membership.person_id == person.id,
                Group.structure_id == context.structure_id,
                Group.kind.in_(("class", "teaching")),
                func.coalesce(Group.ends_on >= func.current_date(), True),
            )
            .order_by(Group.name)
        ):
            (classes if sort == "class" else groups).append(name)
    keys: list[str] = []
    if "ENTPersonJointure" in needed:
        keys = list(
            session.scalars(
                select(SourceKey.key).where(SourceKey.person_id == person.id).order_by(SourceKey.key)
            )
        )
    return Subject(person, identity, context, login, opaque, kind, tuple(classes), tuple(groups), tuple(keys))


def told_to(partner: Partner, subject: Subject) -> Told:
    """What leaves for the partner: released attributes that have a value, under the names it knows."""
    told: Told = {}
    for release in partner.released:
        attribute = ATTRIBUTES.get(release["name"])
        if attribute is None or attribute.least > partner.category:
            continue
        values = [value for value in attribute.value(subject) if value]
        if values:
            told.setdefault(release["sent_as"] or release["name"], []).extend(values)
    return told
