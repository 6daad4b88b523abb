"""What the files of a local authority hold: the columns by their names, the files by the people they list.

One table serves the reader, the templates offered on the page and docs/formats/collectivite.md.
"""

# A table reads as one.
# fmt: off

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
UAI_IN_NAME: Final = re.compile(r"(?<!\d)(\d{7}[A-Za-z])(?![A-Za-z0-9])")

# Neutral name → headers it is known by, the first being the one of our templates. Compared without case,
# accents, spaces nor signs: the Édifice model, the ONDE extractions (aaf.md 7.1 and 7.2) and ours.
_PERSON: Final[dict[str, str]] = {
    "uai": "UAI;RNE;Code établissement;Code UAI",
    "key": "Identifiant;Matricule;Id",
    "last_name": "Nom;Nom d'usage Elève;Nom usage Elève;Nom usage responsable;Nom de famille",
    "birth_name": "Nom de naissance;Nom Elève;Nom responsable;Nom patronymique",
    "usual_name": "Nom d'usage;Nom usage",
    "first_name": "Prénom;Prénom Elève;Prénom responsable",
    "birth_date": "Date de naissance;Date naissance;Né(e) le;Née le;Né le",
    "civility": "Civilité;Civilité Responsable",
    "sex": "Sexe",
    "address_lines": "Adresse;Adresse1;Adresse responsable",
    "postal_code": "Code postal;Cp;Cp1;CP responsable",
    "town": "Commune;Ville;Commune1;Commune responsable",
    "country": "Pays;Pays1",
    "mail": "Courriel;Email;Mail;Adresse électronique",
    "phone_home": "Téléphone domicile;Téléphone",
    "phone_work": "Téléphone travail",
    "phone_mobile": "Téléphone portable;Mobile",
    "classes": "Classes;Classe",
    "form_classes": "Professeur principal",
    "level": "Niveau",
    "cycle": "Cycle",
    "regime": "Régime",
    "ine": "INE",
    "mef": "MEF",
    "profile": "Profil",
    "function": "Fonction",
    "director": "Directeur",
    "discipline": "Discipline",
}
_CHILD: Final[dict[str, str]] = {
    "key": "Identifiant enfant",
    "usual_name": "Nom d'usage enfant;Nom usage enfant",
    "last_name": "Nom de famille enfant;Nom enfant",
    "first_name": "Prénom enfant",
    "classes": "Classes enfants;Classe enfant;Classes enfant",
}
_STRUCTURE: Final[dict[str, str]] = {
    "uai": "UAI;RNE;Code UAI",
    "name": "Nom;Nom de l'établissement",
    "type_label": "Type",
    "siret": "SIRET",
    "address_lines": "Adresse",
    "postal_code": "Code postal",
    "town": "Commune;Ville",
    "mail": "Courriel;Email",
    "phone": "Téléphone",
}
# The ONDE extractions tell more than the directory keeps: these columns are knowingly left.
_LEFT: Final = (
    "Adresse2;Cp2;Commune2;Pays2;Attestation fournie;Autorisations associations;Autorisations photos;"
    "Décision de passage"
)


def normalise(text: str) -> str:
    """Lower case letters and digits, without accents: how headers and names are compared."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub("", plain)


def _known(table: dict[str, str]) -> dict[str, str]:
    return {normalise(header): name for name, headers in table.items() for header in headers.split(";")}


COLUMNS: Final = _known(_PERSON)
CHILD_COLUMNS: Final = _known(_CHILD)
STRUCTURE_COLUMNS: Final = _known(_STRUCTURE)
LEFT_COLUMNS: Final = frozenset(map(normalise, _LEFT.split(";")))
LABELS: Final = {name: headers.partition(";")[0] for name, headers in _PERSON.items()}

PROFILES: Final = {
    "eleve": "pupil", "eleves": "pupil", "enseignant": "teacher", "enseignants": "teacher",
    "professeurs": "teacher", "direction": "head", "directeur": "head", "directeurs": "head",
    "personnel": "staff", "personnels": "staff", "parent": "guardian", "parents": "guardian",
    "responsable": "guardian", "responsables": "guardian", "collectivite": "authority",
    "agent": "authority", "agents": "authority", "atsem": "authority", "invite": "external",
    "invites": "external", "exterieurs": "external",
}
NATIONAL: Final = {
    "pupil": "National_ELV", "teacher": "National_ENS", "staff": "National_ETA", "head": "National_DIR",
    "guardian": "National_TUT", "authority": "National_COL", "external": "",
}
STRUCTURES: Final = "structure"
_STRUCTURE_FILES: Final = frozenset({"etablissements", "etablissement", "ecoles", "structures"})


def kind_of(file_name: str) -> str:
    """What a file speaks of, from its name: a profile, `structure`, or nothing."""
    stem = file_name.rpartition("/")[2].rpartition(".")[0]
    words = [normalise(part) for part in re.split(r"[-_ .]", stem)]
    if any(word in _STRUCTURE_FILES for word in words):
        return STRUCTURES
    return next((PROFILES[word] for word in words if word in PROFILES), "")


def uai_of(path: str) -> str:
    """The UAI that a file's name, or a folder above it, carries: `eleves_0630101T.csv`, `École@12_0630101T/`."""
    found = UAI_IN_NAME.findall(path)
    return found[-1].upper() if found else ""


@dataclass(frozen=True, slots=True)
class Template:
    """A file to start from: its columns, those that must be filled, and two lines of invented people."""

    name: str
    columns: tuple[str, ...]
    required: frozenset[str]
    examples: tuple[tuple[str, ...], ...]


def _template(name: str, columns: str, required: str, *examples: str) -> Template:
    return Template(
        name, tuple(columns.split(";")), frozenset(required.split(";")),
        tuple(tuple(line.split(";")) for line in examples),
    )


TEMPLATES: Final = (
    _template(
        "etablissements.csv", "UAI;Nom;Type;SIRET;Adresse;Code postal;Commune;Courriel;Téléphone", "UAI;Nom",
        "0630101T;École Jules-Ferry;ECOLE PRIMAIRE;;1 place de la Mairie;63000;Clermont-Ferrand;"
        "ecole.ferry@exemple.fr;04 73 00 00 00",
    ),
    _template(
        "eleves.csv",
        "UAI;Identifiant;Nom;Prénom;Date de naissance;Sexe;INE;Niveau;Classes;Adresse;Code postal;Commune",
        "Nom;Prénom",
        "0630101T;E-1;MARTIN;Zoé;12/03/2017;F;;CP;CP A;3 rue des Lilas;63000;Clermont-Ferrand",
        "0630101T;E-2;ROY;Malo;01/09/2016;M;;CE1;CE1-CE2;8 rue du Lac;63000;Clermont-Ferrand",
    ),
    _template(
        "responsables.csv",
        "UAI;Identifiant;Civilité;Nom;Prénom;Courriel;Téléphone portable;Adresse;Code postal;Commune;"
        "Nom enfant;Prénom enfant;Classe enfant;Nom enfant;Prénom enfant;Classe enfant",
        "Nom;Prénom;Nom enfant;Prénom enfant",
        "0630101T;R-1;Mme;MARTIN;Anaïs;anais.martin@exemple.fr;06 00 00 00 01;3 rue des Lilas;63000;"
        "Clermont-Ferrand;MARTIN;Zoé;CP A;;;",
    ),
    _template(
        "enseignants.csv", "UAI;Identifiant;Civilité;Nom;Prénom;Date de naissance;Courriel;Directeur;Classes",
        "Nom;Prénom", "0630101T;P-1;M.;DURAND;Yann;02/05/1985;yann.durand@exemple.fr;Oui;CP A",
    ),
    _template(
        "personnels.csv", "UAI;Identifiant;Civilité;Nom;Prénom;Date de naissance;Courriel;Fonction",
        "Nom;Prénom", "0630101T;V-1;Mme;PETIT;Lucie;07/11/1990;lucie.petit@exemple.fr;AESH",
    ),
    _template(
        "agents.csv", "UAI;Identifiant;Civilité;Nom;Prénom;Date de naissance;Courriel;Fonction;Classes",
        "Nom;Prénom", "0630101T;A-1;Mme;LOPEZ;Inès;21/01/1979;ines.lopez@exemple.fr;ATSEM;CP A",
    ),
    _template(
        "invites.csv", "UAI;Identifiant;Civilité;Nom;Prénom;Date de naissance;Courriel;Fonction",
        "Nom;Prénom", "0630101T;I-1;M.;BERNARD;Paul;;paul.bernard@exemple.fr;Intervenant musique",
    ),
)
