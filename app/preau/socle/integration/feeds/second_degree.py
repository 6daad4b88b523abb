"""Persons of the second degree feed, also SAPIA's (aaf.md 4.1 to 4.3)."""

from __future__ import annotations

from typing import Final

from .fields import (
    LONGEST_CODE,
    LONGEST_NAME,
    Context,
    Scalar,
    filled,
    read_scalars,
    split,
    split_reference,
    warn_unknown,
)
from .identity import ADDRESS, NAMES
from .nomenclature import INE, LINKS
from .reader import Record
from .records import MembershipRecord, PersonRecord, ProfileRecord, RelationRecord

IDENTITY: Final = (
    *NAMES,
    Scalar("personalTitle", "civility", "title"),
    Scalar("mail", "mail"),
    Scalar("homePhone", "phone_home"),
    *ADDRESS,
)
_PUPIL: Final = (
    *IDENTITY,
    Scalar("ENTEleveINE", "ine"),
    Scalar("ENTEleveStructRattachId", "si_id"),
    Scalar("ENTEleveStructureRattachIdMEN", "si_id_men"),
    Scalar("ENTEleveBoursier", "grant_holder", "flag"),
    Scalar("ENTEleveRegime", "regime"),
    Scalar("ENTEleveTransport", "transport", "flag"),
    Scalar("ENTEleveStatutEleve", "status"),
    Scalar("ENTEleveMEF", "mef", erase=True),
    Scalar("ENTEleveLibelleMEF", "mef_label", erase=True),
    Scalar("ENTEleveNivFormation", "level"),
    Scalar("ENTEleveFiliere", "stream"),
    Scalar("ENTEleveCodeEnseignements", "subjects", "words", erase=True),
    Scalar("ENTEleveEnseignements", "subject_labels", "words", erase=True),
    Scalar("ENTEleveDateEntreeStructRattach", "entered_on", "date"),
    Scalar("ENTEleveDateSortieStructRattach", "left_on", "date"),
)
_GUARDIAN: Final = (
    *IDENTITY,
    Scalar("telephoneNumber", "phone_work"),
    Scalar("mobile", "phone_mobile", erase=True),
    Scalar("ENTPersonMobileSMS", "phone_sms", erase=True),
    Scalar("ENTPersonAdresseDiffusion", "address_public", "flag"),
)
_LEGACY: Final = ("ENTEleveParents", "ENTElevePere", "ENTEleveMere", "ENTEleveAutoriteParentale")
_QUALITIES: Final = {"FINANCIER": "financial", "CONTACT": "contact", "PAIEMENT": "payment"}


def known(table: tuple[Scalar, ...], *more: str) -> frozenset[str]:
    """Names of the attributes that a mapper reads or knowingly leaves."""
    return frozenset(
        {"ENTPersonJointure", "ENTPersonStructRattach"} | {s.attribute for s in table} | set(more)
    )


_PUPIL_KNOWN: Final = known(
    _PUPIL,
    *_LEGACY,
    "ENTElevePersRelEleve",
    "ENTElevePersRelEleve1",
    "ENTElevePersRelEleve2",
    "ENTEleveQualitePersRelEleve1",
    "ENTEleveQualitePersRelEleve2",
    "ENTEleveAdresseRel",
    "ENTEleveClasses",
    "ENTEleveGroupes",
    "ENTEleveEnseignementsEtablissementsAccueil",
    "ENTEleveDateEntreeClasses",
    "ENTEleveDateSortieClasses",
)
_GUARDIAN_KNOWN: Final = known(_GUARDIAN, "ENTAuxPersRelEleveEleve")


def named(record: Record, person: PersonRecord, context: Context) -> PersonRecord | None:
    """The person, unless a creation lacks one of the two names."""
    if record.operation == "addRequest":
        for name in ("last_name", "first_name"):
            if not person.values.get(name):
                context.warn("PRE-FED-307", record, name="nom" if name == "last_name" else "prénom")
                return None
    if any(len(person.values.get(name) or "") > LONGEST_NAME for name in ("last_name", "first_name")):
        context.warn("PRE-FED-315", record, limit=LONGEST_NAME)
        return None
    if len(person.values.get("ine") or "") > LONGEST_CODE:
        del person.values["ine"]
    return person


def read_pupil(record: Record, context: Context) -> PersonRecord | None:
    """A pupil: one profile per structure, classes, groups and responsibles."""
    attributes = record.attributes
    values = read_scalars(record, _PUPIL, context)
    if (ine := values.get("ine")) and not INE.fullmatch(ine.upper()):
        context.warn("PRE-FED-311", record)
    memberships = None
    if "ENTEleveClasses" in attributes or "ENTEleveGroupes" in attributes:
        memberships = [
            *references(record, "ENTEleveClasses", "class", context),
            *references(record, "ENTEleveGroupes", "teaching", context),
        ]
    person = PersonRecord(
        key=context.key(record.key),
        category="pupil",
        operation=record.operation,
        degree="2D",
        digest=record.digest,
        values=values,
        profiles=pupil_profiles(record, memberships, context),
        memberships=memberships,
        relations=_relations(record, context),
        extra=warn_unknown(record, _PUPIL_KNOWN, context),
    )
    return named(record, person, context)


def pupil_profiles(
    record: Record, memberships: list[MembershipRecord] | None, context: Context
) -> list[ProfileRecord] | None:
    """Pupil in the structure of attachment, and wherever a class is followed."""
    if "ENTPersonStructRattach" not in record.attributes:
        return None
    keys = [context.key(key) for key in filled(record.attributes["ENTPersonStructRattach"])]
    keys += [m.structure_key for m in memberships or () if m.kind == "class"]
    return [ProfileRecord(key, "pupil", "National_ELV") for key in dict.fromkeys(keys)]


def references(
    record: Record, attribute: str, kind: str, context: Context, role: str = "member"
) -> list[MembershipRecord]:
    """The classes or groups that an attribute of `struct$code` values names."""
    found = []
    for value in filled(record.attributes.get(attribute)):
        reference = split_reference(value)
        if reference is None or len(value) > LONGEST_CODE:
            context.warn("PRE-FED-304", record, name=attribute)
        else:
            found.append(MembershipRecord(context.key(reference[0]), kind, reference[1], role))
    return found


def _relations(record: Record, context: Context) -> list[RelationRecord] | None:
    attributes = record.attributes
    raw = attributes.get("ENTElevePersRelEleve")
    if raw is None:
        return _legacy_relations(record, context)
    housed = {value.strip() for value in attributes.get("ENTEleveAdresseRel", ())}
    relations = {}
    for value in filled(raw):
        parts = split(value, 6)
        if parts is None or not 0 < len(parts[0]) <= LONGEST_CODE:
            context.warn("PRE-FED-304", record, name="ENTElevePersRelEleve")
            continue
        key, link, financial, legal, contact, payment = parts
        word = LINKS.get(link)
        if word is None:
            context.problems.once("PRE-FED-310", record.file, record.position, name=link[:10])
            word = "other"
        relations[key] = RelationRecord(
            context.key(key),
            word,
            int(legal) if legal in ("1", "2") else 0,
            financial == "1",
            contact == "1",
            payment == "1",
            key in housed,
        )
    return list(relations.values())


def _legacy_relations(record: Record, context: Context) -> list[RelationRecord] | None:
    """The forms used before the six fields: father, mother, parental authority, two others by quality."""
    attributes = record.attributes
    if not any(name in attributes for name in (*_LEGACY, "ENTElevePersRelEleve1", "ENTElevePersRelEleve2")):
        return None
    links = dict.fromkeys(filled(attributes.get("ENTEleveParents")), "other")
    links |= dict.fromkeys(filled(attributes.get("ENTElevePere")), "father")
    links |= dict.fromkeys(filled(attributes.get("ENTEleveMere")), "mother")
    legal = {value.partition("$")[0] for value in filled(attributes.get("ENTEleveAutoriteParentale"))}
    qualities: dict[str, set[str]] = {}
    for rank in ("1", "2"):
        for key in filled(attributes.get(f"ENTElevePersRelEleve{rank}")):
            words = filled(attributes.get(f"ENTEleveQualitePersRelEleve{rank}"))
            qualities[key] = {_QUALITIES[word.upper()] for word in words if word.upper() in _QUALITIES}
    housed = set(attributes.get("ENTEleveAdresseRel", ()))
    return [
        RelationRecord(
            context.key(key),
            links.get(key, "other"),
            1 if key in legal else 0,
            **{name: name in qualities.get(key, ()) for name in ("financial", "contact", "payment")},
            lives_with=key in housed,
        )
        for key in dict.fromkeys([*links, *sorted(legal), *qualities])
        if len(key) <= LONGEST_CODE
    ]


def read_guardian(record: Record, context: Context) -> PersonRecord | None:
    """A responsible. What ties it to pupils, and so to structures, is said by the pupils."""
    person = PersonRecord(
        key=context.key(record.key),
        category="guardian",
        operation=record.operation,
        degree="2D",
        digest=record.digest,
        values=read_scalars(record, _GUARDIAN, context),
        extra=warn_unknown(record, _GUARDIAN_KNOWN, context),
    )
    return named(record, person, context)
