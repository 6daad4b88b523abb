"""Who news may be addressed to, and what a school's editorial responsibility covers (UTI-CCO-AIN-04)."""

from collections.abc import Collection, Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import Principal, principals
from preau.kernel.tenancy import lifted
from preau.services.communication.news.models import Article
from preau.socle.directory.models import Group, Person, Structure, StructureLink
from preau.socle.directory.words import PROFILE_PLURALS

WHOLE = ("structure", "profile", "role")


def own_schools(identity: Identity) -> list[tuple[int, str]]:
    """Structures in which the identity may write, by name."""
    held = identity.structures_with("news.write")
    rows = db.session.execute(
        select(Structure.id, Structure.name).where(Structure.id.in_(held)).order_by(Structure.name)
    )
    return [(id_, name) for id_, name in rows]


def proposed_schools(identity: Identity) -> list[tuple[int, str]]:
    """Schools of the identity's academy or authority, to which news may be proposed (RUL-80)."""
    rows = db.session.execute(
        select(Structure.id, Structure.name)
        .join(StructureLink, StructureLink.child_id == Structure.id)
        .where(
            StructureLink.parent_id.in_(identity.structures_with("news.write")),
            StructureLink.kind.in_(("academie", "collectivite", "circonscription")),
            Structure.id.not_in(identity.structures),
        )
        .distinct()
        .order_by(Structure.name)
    )
    return [(id_, name) for id_, name in rows]


def require_school(identity: Identity, structure_id: int) -> None:
    """Raise :class:`Invalid` unless the identity writes in that school, or proposes to it."""
    if identity.can("news.write", structure_id):
        return
    if structure_id not in dict(proposed_schools(identity)):
        message = _("Vous ne pouvez pas écrire d’actualité pour cet établissement.")
        raise Invalid(message, {"structure_id": [message]})


def usual(structure_id: int, name: str) -> list[Principal]:
    """What most news is addressed to: everybody, or a profile, of one school."""
    whole = Principal(f"structure:{structure_id}", _("Toute la communauté"), "structure", name)
    profiles = [
        Principal(f"profile:{structure_id}:{kind}", str(PROFILE_PLURALS[kind]), "profile", name)
        for kind in ("pupil", "guardian", "teacher", "staff")
    ]
    return [whole, *profiles]


def require_addressable(
    identity: Identity, structure_id: int, wanted: Collection[str], before: Collection[str] = ()
) -> None:
    """Raise :class:`Invalid` unless each new principal is within reach and in the school that answers for it.

    Another school is addressed by those who answer for it too: whoever approves there.
    """
    new = set(wanted) - set(before)
    proposed = {key for key in new if key.split(":")[0] in WHOLE and key.split(":")[1] == str(structure_id)}
    rest = new - proposed
    reached = principals().addressable(identity, rest) if rest else set()
    if rest - reached:
        message = _("Certains destinataires ne sont pas à votre portée. Retirez-les puis recommencez.")
        raise Invalid(message, {"principals": [message]})
    elsewhere = _structures_of(rest) - {structure_id}
    if any(not identity.can("news.approve", other) for other in elsewhere):
        message = _(
            "Une actualité s’adresse à un seul établissement. Écrivez-en une pour chacun : "
            "son responsable la validera."
        )
        raise Invalid(message, {"principals": [message]})


def _structures_of(keys: Collection[str]) -> set[int]:
    """Schools that answer for the principals: none for a person, nor for a group across schools."""
    found = {int(key.split(":")[1]) for key in keys if key.split(":")[0] in WHOLE}
    groups = [int(key.split(":")[1]) for key in keys if key.startswith("group:")]
    with lifted():  # the rule is about the group's school, whether it is seen from here or not
        found |= set(db.session.scalars(select(Group.structure_id).where(Group.id.in_(groups)))) - {None}
    return found


def opened_to(structure_id: int, audience: Collection[str]) -> list[int]:
    """Structures from which an article must be seen: those of its readers and the one that answers for it."""
    return sorted(principals().structures(audience) | {structure_id})


def described(article: Article) -> list[Principal]:
    """The article's readers, in words."""
    found = principals().describe(article.audience)
    return [found[key] for key in article.audience if key in found]


def names_of(structure_ids: Iterable[int]) -> dict[int, str]:
    """Names of the schools that answer for news, which anybody who reads it may know."""
    with lifted():  # of an académie or a school that the reader is not in
        rows = db.session.execute(
            select(Structure.id, Structure.name).where(Structure.id.in_(set(structure_ids)))
        )
        return {id_: name for id_, name in rows}


def schools_named(identity: Identity, articles: Collection[Article]) -> dict[int, str]:
    """The schools to name beside news: none for whoever reads the news of one school, their own."""
    answering = {each.structure_id for each in articles}
    several = len(identity.structures) > 1 or bool(answering - identity.structures)
    return names_of(answering) if several else {}


def author_name(article: Article) -> str:
    """Who wrote it."""
    with lifted():  # a reader of another school may read the name under the text
        author = db.session.get(Person, article.owner_id)
    return author.name if author else ""
