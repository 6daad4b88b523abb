"""What may be told of a person, one thing at a time: each has its name, its words and its least category.

Names and values are those that partners of French schools know (``ENTPersonProfils``…); SDET annexe, RUL-54/61.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from preau.kernel.identity import Identity, ProfileContext, ProfileKind
from preau.socle.directory.models import Person
from preau.socle.security.propagation.categories import OPAQUE, PERSONAL, SCHOOL, SCHOOLING

if TYPE_CHECKING:
    from flask_babel import LazyString

PROFILES = {
    ProfileKind.PUPIL: "National_1",
    ProfileKind.GUARDIAN: "National_2",
    ProfileKind.TEACHER: "National_3",
    ProfileKind.HEAD: "National_4",
    ProfileKind.STAFF: "National_6",
    ProfileKind.ACADEMIC: "National_7",
    # No national value names them; the least of the staff opens no school-life screen at a partner.
    ProfileKind.AUTHORITY: "National_6",
    ProfileKind.EXTERNAL: "National_6",
}
KINDS = {"lycee": "LYC", "college": "CLG", "ecole": "1ORD"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A person about to enter a partner, in the context they enter from."""

    person: Person
    identity: Identity
    context: ProfileContext | None
    login: str
    opaque: str
    structure_kind: str
    classes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that may be released. ``value`` gives it as a list of strings; empty ones are left out."""

    name: str
    label: "LazyString"
    least: int
    value: Callable[[Subject], Iterable[str]]


def _profiles(subject: Subject) -> Iterable[str]:
    kinds = [subject.context.kind] if subject.context else sorted(subject.identity.kinds)
    return dict.fromkeys(PROFILES[ProfileKind(kind)] for kind in kinds)


def _birth(subject: Subject) -> Iterable[str]:
    return [subject.person.birth_date.strftime("%d/%m/%Y")] if subject.person.birth_date else []


ATTRIBUTES = {
    attribute.name: attribute
    for attribute in (
        Attribute("ENTPersonProfils", _l("Profil"), SCHOOL, _profiles),
        Attribute(
            "ENTPersonStructRattachUAI",
            _l("UAI de l’école"),
            SCHOOL,
            lambda subject: [subject.context.uai] if subject.context else [],
        ),
        Attribute(
            "ENTPersonStructRattachName",
            _l("Nom de l’école"),
            SCHOOL,
            lambda subject: [subject.context.structure_name] if subject.context else [],
        ),
        Attribute(
            "ENTStructureTypeStruct",
            _l("Type d’école"),
            SCHOOL,
            lambda subject: [KINDS.get(subject.structure_kind, "")],
        ),
        Attribute("ENTOpaqueId", _l("Identifiant opaque"), OPAQUE, lambda subject: [subject.opaque]),
        Attribute("ENTClasse", _l("Classes"), SCHOOLING, lambda subject: subject.classes),
        Attribute("ENTGroupe", _l("Groupes d’enseignement"), SCHOOLING, lambda subject: subject.groups),
        Attribute("ENTPersonNom", _l("Nom"), PERSONAL, lambda subject: [subject.person.last_name]),
        Attribute("ENTPersonPrenom", _l("Prénom"), PERSONAL, lambda subject: [subject.person.first_name]),
        Attribute(
            "ENTPersonMail", _l("Adresse électronique"), PERSONAL, lambda subject: [subject.person.mail]
        ),
        Attribute("ENTPersonDateNaissance", _l("Date de naissance"), PERSONAL, _birth),
        Attribute("ENTPersonCivilite", _l("Civilité"), PERSONAL, lambda subject: [subject.person.civility]),
        Attribute(
            "ENTPersonLogin", _l("Identifiant de connexion"), PERSONAL, lambda subject: [subject.login]
        ),
        Attribute(
            "ENTPersonUid", _l("Identifiant unique de l’ENT"), PERSONAL, lambda subject: [subject.person.uid]
        ),
        Attribute(
            "ENTPersonJointure", _l("Clé de jointure de la source"), PERSONAL, lambda subject: subject.keys
        ),
    )
}
# What may name the person to a partner; all but the opaque one need category 5.
IDENTIFIERS: dict[str, tuple["LazyString", Callable[[Subject], str]]] = {
    "opaque": (_l("Identifiant opaque, propre à ce service (conseillé)"), lambda subject: subject.opaque),
    "uid": (_l("Identifiant unique de l’ENT"), lambda subject: subject.person.uid),
    "login": (_l("Identifiant de connexion"), lambda subject: subject.login),
    "mail": (_l("Adresse électronique"), lambda subject: subject.person.mail),
}
