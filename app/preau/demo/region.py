"""A whole region in the shape of AAF 2D, streamed: half a million people in a minute, for load tests.

Everything follows from a number, so the same size gives the same bytes: 46 % pupils, as many
responsibles, the rest staff; 550 pupils to a school; siblings in different schools.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from preau.socle.integration.feeds.nomenclature import uai_letter

from .names import BOYS, FAMILIES, FATHERS, GIRLS, MOTHERS, STREETS
from .programme import SECOND_DEGREE, SUBJECTS

_SCHOOL: Final = 550
_CLASS: Final = 25
_FAMILIES: Final = [escape(name, {"'": "&apos;"}) for name in FAMILIES]
_LEVELS: Final = tuple(SECOND_DEGREE.values())[:4]
_TAUGHT: Final = SUBJECTS[:8]
_CODES: Final = "".join(f"<value>{code}</value>" for code, *_ in _TAUGHT)
_LABELS: Final = "".join(f"<value>{label}</value>" for _, _, label, *_ in _TAUGHT)


class Region:
    """A region of about `people` persons; `revision` changes the mail of one responsible in a hundred."""

    def __init__(self, people: int, revision: int = 0) -> None:
        self.pupils = people * 46 // 100 // 2 * 2
        self.guardians = self.pupils
        self.staff = people - self.pupils - self.guardians
        self.schools = max(1, self.pupils // _SCHOOL)
        self.revision = revision

    @property
    def people(self) -> int:
        """How many persons it holds."""
        return self.pupils + self.guardians + self.staff

    def structure(self, rank: int) -> str:
        """A collège."""
        number = 100_000 + rank
        classes = "".join(
            f"<value>{code}${code}${_LEVELS[int(rank) % 4].code}</value>" for rank, code in self._classes()
        )
        return _record("categorieStructure", "EtabEducNat", self.school_key(rank), (
            ("ENTStructureJointure", self.school_key(rank)),
            ("ENTStructureUAI", f"{number:07d}{uai_letter(number)}"),
            ("ENTStructureNomCourant", f"CLG$DU CANTON {rank}$VILLE {rank}"),
            ("ENTStructureTypeStruct", "COLLEGE"),
            ("ENTEtablissementMinistereTutelle", "EDUCATION NATIONALE"),
            ("ENTStructureClasses", f"</value>{classes}<value>"),
            ("ENTStructureGroupes", ""),
        ))  # fmt: skip

    def pupil(self, rank: int) -> str:
        """A pupil with two responsibles and 27 attributes; the sibling is half the region away."""
        family = rank % (self.pupils // 2)
        school, level = self._school_of(rank), _LEVELS[rank // _CLASS % 4]
        key, name = 10_000_000 + rank, _FAMILIES[family % len(_FAMILIES)]
        first = (GIRLS if rank % 2 else BOYS)[rank // 2 % 40]
        mother, father = 20_000_000 + family * 2, 20_000_001 + family * 2
        classroom = f"{school}${self._class_of(rank)}"
        return _record("categoriePersonne", "Eleve", str(key), (
            ("ENTPersonJointure", str(key)),
            ("ENTEleveINE", f"{rank:09d}AB"),
            ("ENTEleveStructRattachId", str(key + 1)),
            ("ENTPersonDateNaissance", f"{rank % 28 + 1:02d}/{rank % 12 + 1:02d}/{2015 - rank // _CLASS % 4}"),
            ("ENTPersonNomPatro", name),
            ("sn", name),
            ("givenName", first),
            ("ENTPersonAutresPrenoms", first),
            ("personalTitle", "Mme" if rank % 2 else "M."),
            ("ENTElevePersRelEleve", f"{mother}$20$1$1$1$1</value><value>{father}$10$0$1$1$0"),
            ("ENTEleveBoursier", "N"),
            ("ENTEleveRegime", "DEMI-PENSIONNAIRE DANS L&apos;ETABLISSEMENT"),
            ("ENTEleveTransport", "N"),
            ("ENTPersonAdresse", f"{family % 140 + 1} {STREETS[family % len(STREETS)]}$$$"),
            ("ENTPersonCodePostal", f"{63_000 + family % 900}"),
            ("ENTPersonVille", f"VILLE {family % self.schools}"),
            ("ENTPersonPays", "FRANCE"),
            ("ENTEleveAdresseRel", f"{mother}</value><value>{father}"),
            ("mail", ""),
            ("ENTEleveStatutEleve", "SCOLAIRE"),
            ("ENTEleveMEF", level.code),
            ("ENTEleveNivFormation", level.label),
            ("ENTEleveCodeEnseignements", f"</value>{_CODES}<value>"),
            ("ENTEleveEnseignements", f"</value>{_LABELS}<value>"),
            ("ENTPersonStructRattach", school),
            ("ENTEleveClasses", classroom),
            ("ENTEleveGroupes", ""),
        ))  # fmt: skip

    def guardian(self, rank: int) -> str:
        """A responsible of the two children of a family."""
        family, woman = rank // 2, rank % 2 == 0
        name = _FAMILIES[family % len(_FAMILIES)]
        changed = f".{self.revision}" if self.revision and rank % 100 == 0 else ""
        mobile = f"+33 6 {rank // 10**6 % 100:02d} {rank // 10**4 % 100:02d} {rank // 100 % 100:02d} {rank % 100:02d}"
        key = str(20_000_000 + rank)
        first = (MOTHERS if woman else FATHERS)[rank // 2 % 30]
        return _record("categoriePersonne", "PersRelEleve", key, (
            ("ENTPersonJointure", key),
            ("ENTPersonNomPatro", name),
            ("sn", name),
            ("givenName", first),
            ("ENTPersonAutresPrenoms", first),
            ("personalTitle", "Mme" if woman else "M."),
            ("ENTPersonDateNaissance", ""),
            ("homePhone", ""),
            ("telephoneNumber", ""),
            ("mobile", mobile),
            ("ENTPersonMobileSMS", mobile),
            ("mail", f"p{rank}{changed}@famille.example"),
            ("ENTPersonAdresse", f"{family % 140 + 1} {STREETS[family % len(STREETS)]}$$$"),
            ("ENTPersonCodePostal", f"{63_000 + family % 900}"),
            ("ENTPersonVille", f"VILLE {family % self.schools}"),
            ("ENTPersonPays", "FRANCE"),
            ("ENTPersonAdresseDiffusion", "O"),
        ))  # fmt: skip

    def agent(self, rank: int) -> str:
        """A teacher of five classes."""
        school = self.school_key(rank % self.schools)
        subject, _, _, discipline, label, _ = SUBJECTS[rank % 12]
        classes = [code for _, code in self._classes()]
        mine = [classes[(rank + step * 4) % len(classes)] for step in range(5)]
        name, key = _FAMILIES[rank * 7 % len(_FAMILIES)], str(30_000_000 + rank)
        first = (MOTHERS if rank % 3 else FATHERS)[rank % 30]
        taught = "</value><value>".join(f"{school}${code}" for code in dict.fromkeys(mine))
        triples = "</value><value>".join(f"{school}${code}${subject}" for code in dict.fromkeys(mine))
        return _record("categoriePersonne", "PersEducNat", key, (
            ("ENTPersonJointure", key),
            ("ENTPersonDateNaissance", f"{rank % 28 + 1:02d}/{rank % 12 + 1:02d}/{1965 + rank % 35}"),
            ("ENTPersonNomPatro", name),
            ("sn", name),
            ("givenName", first),
            ("ENTPersonAutresPrenoms", first),
            ("personalTitle", "Mme" if rank % 3 else "M."),
            ("mail", f"agent{rank}@ac-exemple.example"),
            ("ENTPersonStructRattach", school),
            ("ENTPersonFonctions", f"{school}$ENS$ENSEIGNEMENT${discipline}${label}"),
            ("ENTAuxEnsCategoDiscipline", ""),
            ("ENTAuxEnsDisciplinesPoste", f"{label}${discipline}"),
            ("ENTAuxEnsMEF", ""),
            ("ENTAuxEnsMatiereEnseignEtab", ""),
            ("ENTAuxEnsClasses", taught),
            ("ENTAuxEnsGroupes", ""),
            ("ENTAuxEnsClassesMatieres", triples),
            ("ENTAuxEnsClassesPrincipal", f"{school}${mine[0]}" if rank < self.schools * 20 else ""),
            ("ENTPersonCategorieEnseignant", "O"),
            ("ENTPersonSTSId", str(int(key) + 1)),
        ))  # fmt: skip

    def school_key(self, rank: int) -> str:
        """The join key of a school."""
        return str(4000 + rank)

    def _school_of(self, rank: int) -> str:
        return self.school_key(min(rank // _SCHOOL, self.schools - 1))

    def _class_of(self, rank: int) -> str:
        number = rank // _CLASS % (_SCHOOL // _CLASS)
        return f"{6 - number % 4}EME {chr(65 + number // 4)}"

    def _classes(self) -> Iterator[tuple[int, str]]:
        return ((n % 4, f"{6 - n % 4}EME {chr(65 + n // 4)}") for n in range(_SCHOOL // _CLASS))


def _record(kind: str, category: str, key: str, attributes: tuple[tuple[str, str], ...]) -> str:
    body = "\n".join(f'<attr name="{name}"><value>{value}</value></attr>' for name, value in attributes)
    body = body.replace("<value></value><value>", "<value>").replace(
        "</value><value></value></attr>", "</value></attr>"
    )
    return (
        f'<addRequest>\n<operationalAttributes><attr name="{kind}"><value>{category}</value></attr>'
        f"</operationalAttributes>\n<identifier><id>{key}</id></identifier>\n<attributes>\n{body}\n"
        "</attributes>\n</addRequest>\n"
    )


def _subject(rank: int) -> str:
    code, _, label, *_ = SUBJECTS[rank]
    return _record(
        "categorieMatiere", "MatEducNat", code, (("ENTMatJointure", code), ("ENTLibelleMatiere", label))
    )


def write_region(folder: Path, region: Region, day: date, chunk: int = 10_000) -> Path:
    """Writes the files of a Complet into `<folder>/ENT2D.<date>.Complet` and returns that folder."""
    target = folder / f"ENT2D.{day:%Y%m%d}.Complet"
    target.mkdir(parents=True)
    parts: tuple[tuple[str, int, Callable[[int], str]], ...] = (
        ("EtabEducNat", region.schools, region.structure),
        ("MatiereEducNat", len(SUBJECTS), _subject),
        ("Eleve", region.pupils, region.pupil),
        ("PersRelEleve", region.guardians, region.guardian),
        ("PersEducNat", region.staff, region.agent),
    )
    for category, total, make in parts:
        for number, start in enumerate(range(0, total, chunk)):
            path = target / f"ENT_REGION_Complet_{day:%Y%m%d}_{category}_{number:04d}.xml"
            _write(path, map(make, range(start, min(start + chunk, total))))
    return target


def write_region_delta(folder: Path, region: Region, day: date, share: int = 100) -> Path:
    """A Delta on one person in `share`: responsibles changed whole, pupils modified, pupils who leave."""
    target = folder / f"ENT2D.{day:%Y%m%d}.Delta"
    target.mkdir(parents=True)
    changed = Region(region.people, revision=9)
    guardians = (changed.guardian(rank) for rank in range(0, region.guardians, share))
    pupils = (
        _modify(rank, "ENTEleveRegime", "EXTERNE LIBRE") if rank % 1000 else _delete(rank)
        for rank in range(0, region.pupils, share)
    )
    _write(target / f"ENT_REGION_Delta_{day:%Y%m%d}_PersRelEleve_0000.xml", guardians)
    _write(target / f"ENT_REGION_Delta_{day:%Y%m%d}_Eleve_0000.xml", pupils)
    return target


def _head(operation: str, rank: int) -> str:
    return (
        f'<{operation}>\n<operationalAttributes><attr name="categoriePersonne"><value>Eleve</value></attr>'
        f"</operationalAttributes>\n<identifier><id>{10_000_000 + rank}</id></identifier>\n"
    )


def _modify(rank: int, name: str, value: str) -> str:
    change = f'<modification name="{name}" operation="replace"><value>{value}</value></modification>'
    return f"{_head('modifyRequest', rank)}<modifications>{change}</modifications>\n</modifyRequest>\n"


def _delete(rank: int) -> str:
    return f"{_head('deleteRequest', rank)}</deleteRequest>\n"


def _write(path: Path, records: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as target:
        target.write('<?xml version="1.0" encoding="UTF-8"?>\n<ficAlimMENESR>\n<!--degre="2D"-->\n')
        target.writelines(records)
        target.write("</ficAlimMENESR>\n")
