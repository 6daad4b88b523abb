"""French names of a delivery's states and steps."""

from __future__ import annotations

from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STATE_LABELS: Final[dict[str, LazyString]] = {
    "received": _l("Reçue"),
    "analysed": _l("Lue"),
    "planned": _l("Prête à appliquer"),
    "held": _l("À approuver"),
    "approved": _l("En cours"),
    "applied": _l("Appliquée"),
    "refused": _l("Refusée"),
}
SOURCE_LABELS: Final[dict[str, LazyString]] = {
    "aaf1d": _l("AAF 1er degré"),
    "aaf2d": _l("AAF 2d degré"),
    "sapia": _l("SAPIA"),
    "authority": _l("Collectivité"),
}
MODE_LABELS: Final[dict[str, LazyString]] = {"complet": _l("Complète"), "delta": _l("Différentielle")}
_STAGES: Final[dict[str, LazyString]] = {
    "analyse": _l("Lecture des fichiers"),
    "apply": _l("Application"),
    "plan": _l("Calcul du plan"),
    "structures": _l("Établissements"),
    "persons:guardian": _l("Responsables"),
    "persons:pupil": _l("Élèves"),
    "persons:staff": _l("Personnels"),
    "groups": _l("Classes et groupes"),
    "links:pupil": _l("Rattachements des élèves"),
    "links:staff": _l("Rattachements des personnels"),
    "links:guardian": _l("Rattachements des responsables"),
    "leavers": _l("Départs"),
    "refresh": _l("Vérifications finales"),
    "bare": _l("Préparation des tables"),
    "indexes": _l("Index"),
    "keys": _l("Clés étrangères"),
    "statistics": _l("Statistiques de la base"),
}
APPLIED_LABELS: Final[dict[str, LazyString]] = {
    "created": _l("Personnes créées"),
    "changed": _l("Personnes modifiées"),
    "matched": _l("Personnes reconnues d’une autre source"),
    "profiles": _l("Profils ouverts"),
    "profiles_ended": _l("Profils terminés"),
    "guardian_profiles": _l("Profils de responsables ouverts"),
    "guardians_left": _l("Profils de responsables terminés"),
    "left": _l("Profils terminés par départ"),
    "groups": _l("Classes et groupes"),
    "groups_joined": _l("Entrées dans une classe ou un groupe"),
    "groups_left": _l("Sorties d’une classe ou d’un groupe"),
    "tied": _l("Liens de parenté"),
    "untied": _l("Liens de parenté retirés"),
    "teachings": _l("Enseignements"),
    "teachings_ended": _l("Enseignements terminés"),
    "roles": _l("Professeurs principaux"),
    "roles_left": _l("Professeurs principaux retirés"),
    "structures": _l("Établissements"),
    "structures_closed": _l("Établissements fermés ou suspendus"),
    "codes": _l("Matières et MEF"),
}


def stage_label(stage: str) -> str:
    """The French name of a step; the step's own name when it has none."""
    return str(_STAGES.get(stage, stage))
