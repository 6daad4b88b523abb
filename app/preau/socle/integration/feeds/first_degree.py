"""Persons of the first degree feed (aaf.md 5): other names, classes in five fields, links in two."""

from __future__ import annotations

from typing import Final

from .fields import LONGEST_CODE, Context, Scalar, filled, read_scalars, warn_unknown
from .identity import ADDRESS, NAMES
from .nomenclature import INE, LINKS
from .reader import Record
from .records import MembershipRecord, PersonRecord, RelationRecord
from .second_degree import named, pupil_profiles
from .staff import staff_profiles

_IDENTITY: Final = (
    *NAMES,
    Scalar("ENTPersonNom", "last_name"),
    Scalar("ENTPersonPrenom", "first_name"),
    Scalar("ENTPersonCivilite", "civility", "title"),
    Scalar("ENTPersonMail", "mail"),
    Scalar("ENTPersonTelPerso", "phone_home"),
    *ADDRESS,
)
_PUPIL: Final = (
    *_IDENTITY,
    Scalar("ENTEleveINE", "ine"),
    Scalar("ENTEleveCycle", "cycle"),
    Scalar("ENTEleveNiveau", "niveau"),
    Scalar("ENTEleveTypeClasse", "class_type"),
    Scalar("ENTEleveRestaurantScolaire", "canteen", "flag"),
    Scalar("ENTEleveTransport", "transport", "flag"),
    Scalar("ENTEleveGarderieMatin", "care_morning", "flag"),
    Scalar("ENTEleveGarderieSoir", "care_evening", "flag"),
    Scalar("ENTEleveEtudesSurveillees", "supervised_study", "flag"),
    Scalar("ENTEleveDateEntreeStructRattach", "entered_on", "date"),
    Scalar("ENTEleveDateSortieStructRattach", "left_on", "date"),
)
_GUARDIAN: Final = (
    *_IDENTITY,
    Scalar("ENTPersRelEleveTelPro", "phone_work"),
    Scalar("ENTPersRelEleveTelMobile", "phone_mobile", erase=True),
    Scalar("ENTPersonMobileSMS", "phone_sms", erase=True),
    Scalar("ENTPersonAdresseDiffusion", "address_public", "flag"),
)
_COMMON: Final = frozenset(
    {"ENTPersonJointure", "ENTPersonStructRattach", "ENTPersonClasses", "ENTPersonGroupes"}
)
_PUPIL_KNOWN: Final = (
    _COMMON
    | {s.attribute for s in _PUPIL}
    | {
        "ENTEleveAutoriteParentale",
        "ENTEleveAdresseRel",
        "ENTEleveDateEntreeClasses",
        "ENTEleveDateSortieClasses",
    }
)
_GUARDIAN_KNOWN: Final = _COMMON | {s.attribute for s in _GUARDIAN} | {"ENTPersRelEleveEleve"}
_STAFF_KNOWN: Final = (
    _COMMON
    | {s.attribute for s in _IDENTITY}
    | {
        "ENTPersonFonctions",
        "ENTEnsFonctionDir",
        "ENTEnsSpecialites",
        "ENTPersonCategorieEnseignant",
        "ENTPersonSTSId",
    }
)


def read_pupil(record: Record, context: Context) -> PersonRecord | None:
    """A pupil of maternelle or élémentaire."""
    values = read_scalars(record, _PUPIL, context)
    if (ine := values.get("ine")) and not INE.fullmatch(ine.upper()):
        context.warn("PRE-FED-311", record)
    if niveau := values.pop("niveau", None):
        # MEFSTAT4$label; some senders write the label alone.
        code, _, label = niveau.rpartition("$")
        values["mef"], values["level"] = code, label
    memberships = _memberships(record, context, "member")
    person = PersonRecord(
        key=context.key(record.key),
        category="pupil",
        operation=record.operation,
        degree="1D",
        digest=record.digest,
        values=values,
        profiles=pupil_profiles(record, memberships, context),
        memberships=memberships,
        relations=_relations(record, context),
        extra=warn_unknown(record, _PUPIL_KNOWN, context),
    )
    return named(record, person, context)


def read_guardian(record: Record, context: Context) -> PersonRecord | None:
    """A responsible of a first degree pupil."""
    person = PersonRecord(
        key=context.key(record.key),
        category="guardian",
        operation=record.operation,
        degree="1D",
        digest=record.digest,
        values=read_scalars(record, _GUARDIAN, context),
        extra=warn_unknown(record, _GUARDIAN_KNOWN, context),
    )
    return named(record, person, context)


def read_staff(record: Record, context: Context) -> PersonRecord | None:
    """A professeur des écoles, a director, or another agent."""
    person = PersonRecord(
        key=context.key(record.key),
        category="staff",
        operation=record.operation,
        degree="1D",
        digest=record.digest,
        values=read_scalars(record, _IDENTITY, context),
        profiles=staff_profiles(record, context),
        memberships=_memberships(record, context, "teacher"),
        extra=warn_unknown(record, _STAFF_KNOWN, context),
    )
    return named(record, person, context)


def _memberships(record: Record, context: Context, role: str) -> list[MembershipRecord] | None:
    """Five fields: structure, two unused, identifier, label. The class is born from them."""
    attributes = record.attributes
    if "ENTPersonClasses" not in attributes and "ENTPersonGroupes" not in attributes:
        return None
    found = []
    for attribute, kind in (("ENTPersonClasses", "class"), ("ENTPersonGroupes", "teaching")):
        for value in filled(attributes.get(attribute)):
            parts = [part.strip() for part in value.split("$")]
            if len(parts) != 5 or not parts[0] or not 0 < len(parts[3]) <= LONGEST_CODE:  # noqa: PLR2004
                context.warn("PRE-FED-304", record, name=attribute)
                continue
            found.append(MembershipRecord(context.key(parts[0]), kind, parts[3], role, parts[4] or parts[3]))
    return found


def _relations(record: Record, context: Context) -> list[RelationRecord] | None:
    """`id$link`; whoever is listed holds parental authority."""
    if "ENTEleveAutoriteParentale" not in record.attributes:
        return None
    housed = {value.strip() for value in record.attributes.get("ENTEleveAdresseRel", ())}
    relations = {}
    for value in filled(record.attributes["ENTEleveAutoriteParentale"]):
        key, _, link = value.partition("$")
        key, link = key.strip(), link.partition("$")[0].strip()
        if not 0 < len(key) <= LONGEST_CODE:
            context.warn("PRE-FED-304", record, name="ENTEleveAutoriteParentale")
            continue
        word = LINKS.get(link, "other")
        relations[key] = RelationRecord(
            context.key(key), word, 1, contact=True, lives_with=key in housed or not any(housed)
        )
    return list(relations.values())
