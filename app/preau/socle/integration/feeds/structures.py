"""Structures, subjects and MEF of both degrees (aaf.md 4.4, 4.5 and 5)."""

from __future__ import annotations

from typing import Final

from .fields import LONGEST_CODE, Context, Scalar, filled, read_scalars, warn_unknown
from .nomenclature import structure_kind, valid_uai
from .reader import Record
from .records import ClassRecord, MefRecord, StructureRecord, SubjectRecord, Values
from .school_names import readable, readable_whole

_COMMON: Final = (
    Scalar("ENTEtablissementUAI", "uai"),
    Scalar("ENTStructureUAI", "uai"),
    Scalar("ENTStructureSIREN", "siret"),
    Scalar("ENTStructureTypeStruct", "type_label"),
    Scalar("ENTStructureCodeTypeStruct", "nature_code"),
    Scalar("ENTServAcAcademie", "academy"),
    Scalar("ENTServAcCodeAcademie", "academy_code"),
    Scalar("ENTEtablissementContrat", "contract"),
    Scalar("ENTStructureMailSI", "mail"),
    Scalar("ENTStructureSiteWeb", "site"),
)
_SECOND: Final = (
    *_COMMON,
    Scalar("ENTEtablissementMinistereTutelle", "ministry"),
    Scalar("ENTEtablissementCodeMinistereTutelle", "ministry_code"),
    Scalar("ENTEtablissementBassin", "district"),
    Scalar("postOfficeBox", "post_box"),
    Scalar("street", "address_lines", "lines"),
    Scalar("postalCode", "postal_code"),
    Scalar("l", "town"),
    Scalar("telephoneNumber", "phone"),
    Scalar("facsimileTelephoneNumber", "fax"),
)
_FIRST: Final = (
    Scalar("ENTStructureEmail", "mail"),
    *_COMMON,
    Scalar("ENTEcoleMinistereTutelle", "ministry"),
    Scalar("ENTEcoleCodeMinistereTutelle", "ministry_code"),
    Scalar("ENTEcoleSecteur", "sector"),
    Scalar("ENTEcoleCommune", "commune"),
    Scalar("ENTEcoleRPI", "rpi"),
    Scalar("ENTEcoleCirconscription", "district_key"),
    Scalar("ENTStructureBoitePostale", "post_box"),
    Scalar("ENTStructureAdresse", "address_lines", "lines"),
    Scalar("ENTStructureCodePostal", "postal_code"),
    Scalar("ENTStructureVille", "town"),
    Scalar("ENTStructureTelephone", "phone"),
    Scalar("ENTStructureFax", "fax"),
)
_LISTS: Final = frozenset(
    {
        "ENTStructureJointure",
        "ENTStructureNomCourant",
        "ENTStructureClasses",
        "ENTStructureGroupes",
        "ENTEtablissementStructRattachFctl",
        "ENTEtablissementStructRattachAdmin",
    }
)
_KNOWN: Final = frozenset(scalar.attribute for scalar in (*_FIRST, *_SECOND)) | _LISTS


def read_second_degree(record: Record, context: Context) -> StructureRecord | None:
    """A collège, lycée, service or replacement zone."""
    return _read(record, read_scalars(record, _SECOND, context), context, 2)


def read_first_degree(record: Record, context: Context) -> StructureRecord | None:
    """An école or a circonscription."""
    return _read(record, read_scalars(record, _FIRST, context), context, 1)


def _read(record: Record, values: Values, context: Context, degree: int) -> StructureRecord | None:
    attributes = record.attributes
    name = next(iter(filled(attributes.get("ENTStructureNomCourant"))), "")
    if name:
        values["name"], values["short_name"] = _names(name)
    elif record.operation == "addRequest":
        context.warn("PRE-FED-308", record, name="ENTStructureNomCourant")
        return None
    if uai := values.get("uai"):
        values["uai"] = uai.upper()
        if len(uai) > LONGEST_CODE:
            context.warn("PRE-FED-315", record, limit=LONGEST_CODE)
            return None
        if not valid_uai(values["uai"]):
            context.warn("PRE-FED-306", record, uai=uai[:8])
    if "type_label" in values or name:
        values["kind"] = structure_kind(values.get("type_label") or "", name)
        values["degree"] = degree if values["kind"] in ("ecole", "college", "lycee", "cfa") else None
    if values.get("district_key"):
        values["district_key"] = context.key(values["district_key"])
    return StructureRecord(
        key=context.key(record.key),
        operation=record.operation,
        digest=record.digest,
        values=values,
        classes=_declared(record, "ENTStructureClasses", context),
        groups=_declared(record, "ENTStructureGroupes", context),
        attached_to=[context.key(key) for key in filled(attributes.get("ENTEtablissementStructRattachFctl"))]
        if "ENTEtablissementStructRattachFctl" in attributes
        else None,
        extra=warn_unknown(record, _KNOWN, context),
    )


def _names(raw: str) -> tuple[str, str]:
    """Long and short name: `SIGLE$NOM$COMMUNE`, or the old `NOM-ac-ACADEMIE`."""
    parts = [part.strip() for part in raw.split("$")]
    if len(parts) > 1:
        kind, name, town = (*parts, "")[:3]
        return readable(kind, name, town), readable(kind, name)
    name = readable_whole(raw.partition("-ac-")[0].strip())
    return name, name


def _declared(record: Record, attribute: str, context: Context) -> list[ClassRecord] | None:
    if attribute not in record.attributes:
        return None
    declared = []
    for value in filled(record.attributes[attribute]):
        code, *rest = (part.strip() for part in value.split("$"))
        if not 0 < len(code) <= LONGEST_CODE:
            context.warn("PRE-FED-304", record, name=attribute)
            continue
        label = rest[0] if rest and rest[0] else code
        declared.append(ClassRecord(code, label, tuple(part for part in rest[1:] if part)))
    return declared


def _first(record: Record, *names: str) -> str:
    return next((found[0].strip() for name in names if (found := filled(record.attributes.get(name)))), "")


def read_subject(record: Record, context: Context) -> SubjectRecord:
    """A subject and the national one it stands for."""
    label = _first(record, "ENTLibelleMatiere")
    warn_unknown(record, frozenset({"ENTMatJointure", "ENTLibelleMatiere", "ENTMatiereRattach"}), context)
    return SubjectRecord(
        record.key, record.operation, record.digest, label, _first(record, "ENTMatiereRattach")
    )


_MEF: Final = frozenset(
    {
        "ENTMefJointure",
        "ENTLibelleMef",
        "ENTMEFRattach",
        "ENTMEFSTAT11",
        "ENTNivFormation",
        "ENTFiliere",
    }
)


def read_mef(record: Record, context: Context) -> MefRecord:
    """A training module; its national one may be empty."""
    warn_unknown(record, _MEF, context)
    return MefRecord(
        record.key,
        record.operation,
        record.digest,
        _first(record, "ENTLibelleMef"),
        _first(record, "ENTMEFRattach"),
        _first(record, "ENTMEFSTAT11"),
        _first(record, "ENTNivFormation"),
        _first(record, "ENTFiliere"),
    )
