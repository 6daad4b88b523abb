"""French names of what the directory's codes mean."""

from flask_babel import lazy_gettext as _l

PROFILE_LABELS = {
    "pupil": _l("Élève"),
    "guardian": _l("Responsable d’élève"),
    "teacher": _l("Enseignant"),
    "staff": _l("Personnel"),
    "head": _l("Direction"),
    "academic": _l("Personnel académique"),
    "authority": _l("Collectivité"),
    "external": _l("Personne extérieure"),
}
PROFILE_PLURALS = {
    "pupil": _l("Élèves"),
    "guardian": _l("Responsables d’élèves"),
    "teacher": _l("Enseignants"),
    "staff": _l("Personnels"),
    "head": _l("Direction"),
    "academic": _l("Personnels académiques"),
    "authority": _l("Agents de collectivité"),
    "external": _l("Personnes extérieures"),
}
ROLE_LABELS = {
    "functional_admin": _l("Administrateurs fonctionnels"),
    "form_teacher": _l("Professeurs principaux"),
    "delegate": _l("Délégués"),
    "parent_delegate": _l("Représentants des parents"),
    "referent": _l("Référents numériques"),
}
STRUCTURE_LABELS = {
    "ecole": _l("École"),
    "college": _l("Collège"),
    "lycee": _l("Lycée"),
    "cfa": _l("CFA"),
    "cite_scolaire": _l("Cité scolaire"),
    "service_academique": _l("Service académique"),
    "collectivite": _l("Collectivité"),
    "remplacement": _l("Zone de remplacement"),
}
GROUP_LABELS = {
    "class": _l("Classe"),
    "teaching": _l("Groupe d’enseignement"),
    "team": _l("Équipe"),
    "function": _l("Groupe de fonction"),
    "free": _l("Groupe"),
}
