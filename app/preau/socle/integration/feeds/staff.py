"""Teachers and other agents of the second degree feed (aaf.md 4.3); functions also serve the first."""

from __future__ import annotations

from typing import Final

from .fields import LONGEST_CODE, Context, Scalar, filled, read_scalars, split, warn_unknown
from .nomenclature import FUNCTIONS, UNKNOWN_FUNCTION
from .reader import Record
from .records import PersonRecord, ProfileRecord, TeachingRecord
from .second_degree import IDENTITY, known, named, references

_STAFF: Final = (
    *IDENTITY,
    Scalar("ENTPersonSTSId", "sts_id"),
    Scalar("telephoneNumber", "phone_work"),
    Scalar("mobile", "phone_mobile", erase=True),
)
_STAFF_KNOWN: Final = known(
    _STAFF,
    "ENTPersonFonctions",
    "ENTAuxEnsCategoDiscipline",
    "ENTAuxEnsDisciplinesPoste",
    "ENTAuxEnsMEF",
    "ENTAuxEnsMatiereEnseignEtab",
    "ENTAuxEnsClasses",
    "ENTAuxEnsGroupes",
    "ENTAuxEnsClassesMatieres",
    "ENTAuxEnsGroupesMatieres",
    "ENTAuxEnsClassesPrincipal",
    "ENTEnsFonctionDir",
    "ENTPersonCategorieEnseignant",
    "PersEducNatPresenceDevantEleves",
)


def read_staff(record: Record, context: Context) -> PersonRecord | None:
    """A teacher or another agent: functions, classes taught, subjects, form classes."""
    attributes = record.attributes
    memberships = None
    if any(
        name in attributes for name in ("ENTAuxEnsClasses", "ENTAuxEnsGroupes", "ENTAuxEnsClassesPrincipal")
    ):
        memberships = [
            *references(record, "ENTAuxEnsClasses", "class", context, "teacher"),
            *references(record, "ENTAuxEnsGroupes", "teaching", context, "teacher"),
            *references(record, "ENTAuxEnsClassesPrincipal", "class", context, "form_teacher"),
        ]
    teachings = None
    if "ENTAuxEnsClassesMatieres" in attributes or "ENTAuxEnsGroupesMatieres" in attributes:
        teachings = [
            *_teachings(record, "ENTAuxEnsClassesMatieres", "class", context),
            *_teachings(record, "ENTAuxEnsGroupesMatieres", "teaching", context),
        ]
    person = PersonRecord(
        key=context.key(record.key),
        category="staff",
        operation=record.operation,
        degree="2D",
        digest=record.digest,
        values=read_scalars(record, _STAFF, context),
        profiles=staff_profiles(record, context),
        memberships=memberships,
        teachings=teachings,
        extra=warn_unknown(record, _STAFF_KNOWN, context),
    )
    return named(record, person, context)


def _teachings(record: Record, attribute: str, kind: str, context: Context) -> list[TeachingRecord]:
    found = []
    for value in filled(record.attributes.get(attribute)):
        structure, _, rest = value.partition("$")
        code, _, subject = rest.rpartition("$")
        if not (structure.strip() and code.strip() and subject.strip()) or len(value) > LONGEST_CODE:
            context.warn("PRE-FED-304", record, name=attribute)
            continue
        found.append(TeachingRecord(context.key(structure), kind, code.strip(), subject.strip()))
    return found


def staff_profiles(record: Record, context: Context) -> list[ProfileRecord] | None:
    """One entry per function; the attachment gives one to whoever has no function there.

    A head is told by the function DIR or by ENTEnsFonctionDir; who stands before pupils is a
    teacher even when the function code does not say so.
    """
    attributes = record.attributes
    if not any(
        n in attributes for n in ("ENTPersonFonctions", "ENTEnsFonctionDir", "ENTPersonStructRattach")
    ):
        return None
    teaches = _teaches(record)
    profiles: list[ProfileRecord] = []
    for value in filled(attributes.get("ENTPersonFonctions")):
        parts = split(value, 5)
        if parts is None or not parts[0]:
            context.warn("PRE-FED-304", record, name="ENTPersonFonctions")
            continue
        key, code, label, discipline, discipline_label = parts
        if (found := FUNCTIONS.get(code or "-")) is None:
            context.problems.once("PRE-FED-309", record.file, record.position, name=code[:10])
            found = UNKNOWN_FUNCTION
        profile, national = ("teacher", "National_ENS") if teaches and found == UNKNOWN_FUNCTION else found
        profiles.append(
            ProfileRecord(context.key(key), profile, national, code, label, discipline, discipline_label)
        )
    heads = {context.key(key) for key in filled(attributes.get("ENTEnsFonctionDir"))}
    heads -= {p.structure_key for p in profiles if p.profile == "head"}
    profiles += [ProfileRecord(key, "head", "National_DIR", "DIR", "DIRECTION") for key in sorted(heads)]
    covered = {p.structure_key for p in profiles}
    for key in filled(attributes.get("ENTPersonStructRattach")):
        if (full := context.key(key)) not in covered:
            profile, national = ("teacher", "National_ENS") if teaches else UNKNOWN_FUNCTION
            profiles.append(ProfileRecord(full, profile, national))
    return profiles


def _teaches(record: Record) -> bool:
    for name in ("ENTPersonCategorieEnseignant", "PersEducNatPresenceDevantEleves"):
        if said := filled(record.attributes.get(name)):
            return said[0].strip().upper() == "O"
    return False
