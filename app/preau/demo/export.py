"""Says of the academy's people what an AAF delivery of each degree says of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .aaf import Request
from .people import Academy, Guardian, Human, Pupil, School, Staff
from .programme import FIRST_DEGREE, SECOND_DEGREE, SUBJECTS

_TYPES = {
    "college": ("COLLEGE", "340"),
    "lycee": ("LYCEE D ENSEIGNEMENT GENERAL ET TECHNOLOGIQUE", "302"),
    "ecole": ("ECOLE PRIMAIRE PUBLIQUE", "151"),
    "remplacement": ("SANS OBJET", ""),
}


def requests(academy: Academy, degree: str) -> Iterator[Request]:
    """Every record of the delivery of a degree, "1D" or "2D"."""
    number = int(degree[0])
    schools = {school.key: school for school in academy.schools if school.degree == number}
    writer = _FirstDegree(academy, schools) if number == 1 else _SecondDegree(academy, schools)
    for school in schools.values():
        yield Request("EtabEducNat", school.key, writer.structure(school))
    yield from writer.nomenclature()
    tied = set()
    for pupil in academy.pupils:
        if pupil.school in schools:
            tied |= {tie.guardian.key for tie in pupil.ties}
            yield Request("Eleve", pupil.key, writer.pupil(pupil))
    for guardian in academy.guardians:
        if guardian.key in tied:
            yield Request("PersRelEleve", guardian.key, writer.guardian(guardian))
    for agent in academy.staff:
        if any(key in schools for key in agent.schools):
            yield Request("PersEducNat", agent.key, writer.agent(agent))


def _date(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


class _SecondDegree:
    def __init__(self, academy: Academy, schools: dict[str, School]) -> None:
        self.academy, self.schools = academy, schools

    def structure(self, school: School) -> dict[str, list[str]]:
        label, nature = _TYPES[school.kind]
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
        level = SECOND_DEGREE[pupil.level]
        taught = [(code, label) for code, _, label, _, _, levels in SUBJECTS if pupil.level in levels][:8]
        school = pupil.school
        return {
            "ENTPersonJointure": [pupil.key],
            "ENTEleveINE": [pupil.ine],
            "ENTEleveStructRattachId": [pupil.si_id],
            "ENTPersonDateNaissance": [_date(pupil.birth_date)],
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
        teaches = any(post.code == "ENS" for post in agent.posts)
        mine = [place for place in agent.classes if place[0] in self.schools]
        return {
            **self._identity(agent),
            "ENTPersonStructRattach": [next(key for key in agent.schools if key in self.schools)],
            "ENTPersonFonctions": self._functions(agent),
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

    def _functions(self, agent: Staff) -> list[str]:
        return [
            f"{p.school}${p.code}${p.label}${p.discipline}${p.discipline_label}"
            for p in agent.posts
            if p.school in self.schools
        ]

    def _identity(self, human: Human) -> dict[str, list[str]]:
        return {
            "ENTPersonJointure": [human.key],
            "ENTPersonDateNaissance": [_date(human.birth_date)],
            "ENTPersonNomPatro": [human.last_name],
            "sn": [human.last_name],
            "givenName": [human.first_name],
            "ENTPersonAutresPrenoms": [human.first_name],
            "personalTitle": [human.title],
            "mail": [human.mail],
        }


_FIRST_NAMES = {
    "sn": "ENTPersonNom",
    "givenName": "ENTPersonPrenom",
    "personalTitle": "ENTPersonCivilite",
    "mail": "ENTPersonMail",
    "homePhone": "ENTPersonTelPerso",
    "telephoneNumber": "ENTPersRelEleveTelPro",
    "mobile": "ENTPersRelEleveTelMobile",
}


class _FirstDegree(_SecondDegree):
    def structure(self, school: School) -> dict[str, list[str]]:
        label, nature = _TYPES[school.kind]
        return {
            "ENTStructureJointure": [school.key],
            "ENTStructureUAI": [school.uai],
            "ENTStructureNomCourant": [f"{school.short}${school.name}${school.town}"],
            "ENTStructureTypeStruct": [label],
            "ENTStructureCodeTypeStruct": [nature],
            "ENTEcoleMinistereTutelle": ["EDUCATION NATIONALE"],
            "ENTEcoleCodeMinistereTutelle": ["06"],
            "ENTEcoleSecteur": ["PU"],
            "ENTEcoleRPI": [school.rpi],
            "ENTEcoleCommune": [school.town],
            "ENTStructureAdresse": ["place de la Mairie$$$"],
            "ENTStructureCodePostal": ["63000"],
            "ENTStructureVille": [school.town],
            "ENTStructureTelephone": ["+33 4 73 00 00 01"],
            "ENTStructureEmail": [f"ecole.{school.uai}@ac-exemple.example"],
            "ENTServAcAcademie": ["CLERMONT-FERRAND"],
        }

    def nomenclature(self) -> Iterator[Request]:
        return iter(())

    def pupil(self, pupil: Pupil) -> dict[str, list[str]]:
        level = FIRST_DEGREE[pupil.level]
        school = self.schools[pupil.school]
        return {
            "ENTPersonJointure": [pupil.key],
            "ENTEleveINE": [pupil.ine],
            "ENTPersonNom": [pupil.last_name],
            "ENTPersonNomPatro": [pupil.last_name],
            "ENTPersonPrenom": [pupil.first_name],
            "ENTPersonAutresPrenoms": [pupil.first_name],
            "ENTPersonCivilite": [pupil.title],
            "ENTPersonDateNaissance": [_date(pupil.birth_date)],
            "ENTEleveAutoriteParentale": [f"{t.guardian.key}${t.link}" for t in pupil.ties],
            "ENTEleveAdresseRel": [t.guardian.key for t in pupil.ties if t.lives_with],
            "ENTPersonAdresse": [f"{pupil.address.street}$$$"],
            "ENTPersonCodePostal": [pupil.address.postal_code],
            "ENTPersonVille": [pupil.address.town],
            "ENTPersonPays": ["FRANCE"],
            "ENTEleveCycle": [level.cycle],
            "ENTEleveNiveau": [f"{level.code}${level.label}"],
            "ENTEleveTypeClasse": ["ORDINAIRE"],
            "ENTEleveRestaurantScolaire": ["O" if int(pupil.key) % 3 else "N"],
            "ENTEleveTransport": ["O" if school.rpi else "N"],
            "ENTEleveGarderieMatin": ["O" if int(pupil.key) % 4 == 0 else "N"],
            "ENTEleveGarderieSoir": ["O" if int(pupil.key) % 5 == 0 else "N"],
            "ENTEleveEtudesSurveillees": ["N"],
            "ENTPersonStructRattach": [school.key],
            "ENTPersonClasses": [self._class(school, pupil.classroom)],
            "ENTPersonGroupes": [""],
        }

    def _class(self, school: School, code: str) -> str:
        label = next(label for known, label, _ in school.classes if known == code)
        return f"{school.key}$${school.uai}${code}${label}"

    def guardian(self, guardian: Guardian) -> dict[str, list[str]]:
        return {_FIRST_NAMES.get(name, name): values for name, values in super().guardian(guardian).items()}

    def agent(self, agent: Staff) -> dict[str, list[str]]:
        return {
            **{_FIRST_NAMES.get(name, name): values for name, values in self._identity(agent).items()},
            "ENTPersonStructRattach": [next(key for key in agent.schools if key in self.schools)],
            "ENTPersonFonctions": self._functions(agent),
            "ENTEnsFonctionDir": [
                p.school for p in agent.posts if p.discipline == "D0010" and p.school in self.schools
            ],
            "ENTEnsSpecialites": [""],
            "ENTPersonCategorieEnseignant": ["O" if any(p.code == "ENS" for p in agent.posts) else "N"],
            "ENTPersonClasses": [
                self._class(self.schools[s], code) for s, code, _ in agent.classes if s in self.schools
            ],
        }
