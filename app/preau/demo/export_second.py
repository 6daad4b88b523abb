"""What a delivery of the second degree says of a school and its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .aaf import Request
from .people import Academy, Guardian, Human, Pupil, School, Staff
from .programme import SECOND_DEGREE, SUBJECTS

TYPES = {
    "college": ("COLLEGE", "340"),
    "lycee": ("LYCEE D ENSEIGNEMENT GENERAL ET TECHNOLOGIQUE", "302"),
    "ecole": ("ECOLE PRIMAIRE PUBLIQUE", "151"),
    "remplacement": ("SANS OBJET", ""),
}


def day_of(day: date | None) -> str:
    """A date as deliveries write it."""
    return f"{day:%d/%m/%Y}" if day else ""


class SecondDegree:
    """Attributes of each record, by name."""

    def __init__(self, academy: Academy, schools: dict[str, School]) -> None:
        self.academy, self.schools = academy, schools

    def structure(self, school: School) -> dict[str, list[str]]:
        """A school."""
        label, nature = TYPES[school.kind]
        real = school.kind != "remplacement"
        by_level = {code: SECOND_DEGREE[levels[0]].code for code, _, levels in school.classes}
        return {
            "ENTStructureJointure": [school.key],
            "ENTStructureUAI": [school.uai],
            "ENTStructureSIREN": [f"19{school.uai[:7]}00017" if real else ""],
            "ENTStructureNomCourant": [
                f"{school.short}${school.name}${school.town}" if real else school.name
            ],
            "ENTStructureTypeStruct": [label],
            "ENTStructureCodeTypeStruct": [nature],
            "ENTEtablissementMinistereTutelle": ["EDUCATION NATIONALE" if real else ""],
            "ENTEtablissementCodeMinistereTutelle": ["06" if real else ""],
            "ENTEtablissementContrat": ["PU" if real else ""],
            "postOfficeBox": [""],
            "street": ["1 rue de l’École" if real else ""],
            "postalCode": ["63000" if real else ""],
            "l": [school.town],
            "telephoneNumber": ["+33 4 73 00 00 10" if real else ""],
            "facsimileTelephoneNumber": [""],
            "ENTStructureMailSI": [f"ce.{school.uai}@ac-exemple.example" if real else ""],
            "ENTEtablissementStructRattachFctl": [school.attached_to],
            "ENTEtablissementBassin": ["06301$CLERMONT FERRAND" if real else ""],
            "ENTServAcAcademie": ["CLERMONT-FERRAND"],
            "ENTServAcCodeAcademie": ["006"],
            "ENTStructureClasses": [f"{code}${label}${by_level[code]}" for code, label, _ in school.classes],
            "ENTStructureGroupes": [
                f"{code}${label}${'$'.join(classes)}" for code, label, classes, _ in school.groups
            ],
        }

    def nomenclature(self) -> Iterator[Request]:
        """Subjects and courses."""
        for code, _, label, *_ in SUBJECTS:
            yield Request(
                "MatEducNat",
                code,
                {"ENTMatJointure": [code], "ENTLibelleMatiere": [label], "ENTMatiereRattach": [code]},
            )
        for level in SECOND_DEGREE.values():
            mef = {
                "ENTMefJointure": [level.code],
                "ENTLibelleMef": [level.label],
                "ENTMEFRattach": [level.code],
                "ENTMEFSTAT11": [f"21{level.code[:3]}000000"],
                "ENTNivFormation": [level.label],
                "ENTFiliere": [level.stream],
            }
            yield Request("MefEducNat", level.code, mef)

    def pupil(self, pupil: Pupil) -> dict[str, list[str]]:
        """A pupil."""
        level = SECOND_DEGREE[pupil.level]
        taught = [(code, label) for code, _, label, _, _, levels in SUBJECTS if pupil.level in levels][:8]
        school = pupil.school
        return {
            "ENTPersonJointure": [pupil.key],
            "ENTEleveINE": [pupil.ine],
            "ENTEleveStructRattachId": [pupil.si_id],
            "ENTPersonDateNaissance": [day_of(pupil.birth_date)],
            "ENTPersonNomPatro": [pupil.last_name],
            "sn": [pupil.last_name],
            "givenName": [pupil.first_name],
            "ENTPersonAutresPrenoms": [pupil.first_name],
            "personalTitle": [pupil.title],
            "ENTElevePersRelEleve": [
                f"{t.guardian.key}${t.link}${t.financial}${t.legal}${t.contact}${t.payment}"
                for t in pupil.ties
            ],
            "ENTEleveBoursier": ["O" if int(pupil.key) % 5 == 0 else "N"],
            "ENTEleveRegime": [
                "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT 4" if int(pupil.key) % 3 else "EXTERNE LIBRE"
            ],
            "ENTEleveTransport": ["N"],
            "ENTPersonAdresse": [f"{pupil.address.street}$$$"],
            "ENTPersonCodePostal": [pupil.address.postal_code],
            "ENTPersonVille": [pupil.address.town],
            "ENTPersonPays": ["FRANCE"],
            "ENTEleveAdresseRel": [t.guardian.key for t in pupil.ties if t.lives_with],
            "mail": [""],
            "homePhone": [""],
            "ENTEleveStatutEleve": ["SCOLAIRE"],
            "ENTEleveMEF": [level.code],
            "ENTEleveLibelleMEF": [level.label],
            "ENTEleveNivFormation": [level.label],
            "ENTEleveFiliere": [level.stream],
            "ENTEleveCodeEnseignements": [code for code, _ in taught],
            "ENTEleveEnseignements": [label for _, label in taught],
            "ENTPersonStructRattach": [school],
            "ENTEleveDateEntreeStructRattach": ["01/09/2026"],
            "ENTEleveDateSortieStructRattach": [""],
            "ENTEleveClasses": [f"{school}${pupil.classroom}"],
            "ENTEleveGroupes": [f"{school}${group}" for group in pupil.groups],
            "ENTEleveDateEntreeClasses": [f"{school}$01/09/2026${pupil.classroom}"],
            "ENTEleveDateSortieClasses": [""],
        }

    def guardian(self, guardian: Guardian) -> dict[str, list[str]]:
        """A responsible person."""
        return {
            "ENTPersonJointure": [guardian.key],
            "ENTPersonNomPatro": [guardian.last_name],
            "sn": [guardian.last_name],
            "givenName": [guardian.first_name],
            "ENTPersonAutresPrenoms": [guardian.first_name],
            "personalTitle": [guardian.title],
            "ENTPersonDateNaissance": [""],
            "homePhone": [guardian.home_phone],
            "telephoneNumber": [""],
            "mobile": [guardian.mobile],
            "ENTPersonMobileSMS": [guardian.mobile],
            "mail": [guardian.mail],
            "ENTPersonAdresse": [f"{guardian.address.street}$$$"],
            "ENTPersonCodePostal": [guardian.address.postal_code],
            "ENTPersonVille": [guardian.address.town],
            "ENTPersonPays": ["FRANCE"],
            "ENTPersonAdresseDiffusion": ["O" if int(guardian.key) % 4 else "N"],
        }

    def agent(self, agent: Staff) -> dict[str, list[str]]:
        """Somebody who works there."""
        teaches = any(post.code == "ENS" for post in agent.posts)
        mine = [place for place in agent.classes if place[0] in self.schools]
        return {
            **self.identity(agent),
            "ENTPersonStructRattach": [next(key for key in agent.schools if key in self.schools)],
            "ENTPersonFonctions": self.functions(agent),
            "ENTAuxEnsCategoDiscipline": [""],
            "ENTAuxEnsDisciplinesPoste": [
                f"{p.discipline_label}${p.discipline}"
                for p in agent.posts
                if p.discipline != "-" and p.school in self.schools
            ],
            "ENTAuxEnsMEF": [""],
            "ENTAuxEnsMatiereEnseignEtab": [""],
            "ENTAuxEnsClasses": list(dict.fromkeys(f"{s}${c}" for s, c, _ in mine)),
            "ENTAuxEnsGroupes": list(dict.fromkeys(f"{s}${c}" for s, c, _ in agent.groups)),
            "ENTAuxEnsClassesMatieres": [f"{s}${c}${subject}" for s, c, subject in mine],
            "ENTAuxEnsGroupesMatieres": [f"{s}${c}${subject}" for s, c, subject in agent.groups],
            "ENTAuxEnsClassesPrincipal": [f"{s}${c}" for s, c in agent.form_classes],
            "ENTEnsFonctionDir": [
                p.school for p in agent.posts if p.discipline == "D0010" and p.school in self.schools
            ],
            "ENTPersonCategorieEnseignant": ["O" if teaches else "N"],
            "ENTPersonSTSId": [str(int(agent.key) + 300_000)],
        }

    def functions(self, agent: Staff) -> list[str]:
        """What somebody does in the schools of the delivery."""
        return [
            f"{p.school}${p.code}${p.label}${p.discipline}${p.discipline_label}"
            for p in agent.posts
            if p.school in self.schools
        ]

    def identity(self, human: Human) -> dict[str, list[str]]:
        """What every adult record begins with."""
        return {
            "ENTPersonJointure": [human.key],
            "ENTPersonDateNaissance": [day_of(human.birth_date)],
            "ENTPersonNomPatro": [human.last_name],
            "sn": [human.last_name],
            "givenName": [human.first_name],
            "ENTPersonAutresPrenoms": [human.first_name],
            "personalTitle": [human.title],
            "mail": [human.mail],
        }
