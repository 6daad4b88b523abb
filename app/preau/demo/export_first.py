"""What a delivery of the first degree says of a school and its people: other names for much the same."""

from __future__ import annotations

from collections.abc import Iterator

from .aaf import Request
from .export_second import TYPES, SecondDegree, day_of
from .people import Guardian, Pupil, School, Staff
from .programme import FIRST_DEGREE

_FIRST_NAMES = {
    "sn": "ENTPersonNom",
    "givenName": "ENTPersonPrenom",
    "personalTitle": "ENTPersonCivilite",
    "mail": "ENTPersonMail",
    "homePhone": "ENTPersonTelPerso",
    "telephoneNumber": "ENTPersRelEleveTelPro",
    "mobile": "ENTPersRelEleveTelMobile",
}


class FirstDegree(SecondDegree):
    """Attributes of each record, by name."""

    def structure(self, school: School) -> dict[str, list[str]]:
        """A school."""
        label, nature = TYPES[school.kind]
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
        """None: the first degree has no file of subjects."""
        return iter(())

    def pupil(self, pupil: Pupil) -> dict[str, list[str]]:
        """A pupil."""
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
            "ENTPersonDateNaissance": [day_of(pupil.birth_date)],
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
        """A responsible person."""
        return {_FIRST_NAMES.get(name, name): values for name, values in super().guardian(guardian).items()}

    def agent(self, agent: Staff) -> dict[str, list[str]]:
        """Somebody who works there."""
        return {
            **{_FIRST_NAMES.get(name, name): values for name, values in self.identity(agent).items()},
            "ENTPersonStructRattach": [next(key for key in agent.schools if key in self.schools)],
            "ENTPersonFonctions": self.functions(agent),
            "ENTEnsFonctionDir": [
                p.school for p in agent.posts if p.discipline == "D0010" and p.school in self.schools
            ],
            "ENTEnsSpecialites": [""],
            "ENTPersonCategorieEnseignant": ["O" if any(p.code == "ENS" for p in agent.posts) else "N"],
            "ENTPersonClasses": [
                self._class(self.schools[s], code) for s, code, _ in agent.classes if s in self.schools
            ],
        }
