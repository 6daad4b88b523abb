"""What is taught in the invented academy: levels, MEF, subjects, hours. Codes have the real shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Level:
    """A level: its MEF (second degree) or MEFSTAT4 (first degree), its label, the year of birth's age."""

    code: str
    label: str
    age: int
    cycle: str = ""
    stream: str = ""


FIRST_DEGREE: Final = {
    "PS": Level("0001", "PETITE SECTION", 3, "CYCLE I"),
    "MS": Level("0002", "MOYENNE SECTION", 4, "CYCLE I"),
    "GS": Level("0003", "GRANDE SECTION", 5, "CYCLE I"),
    "CP": Level("0011", "COURS PREPARATOIRE", 6, "CYCLE II"),
    "CE1": Level("0012", "COURS ELEMENTAIRE 1", 7, "CYCLE II"),
    "CE2": Level("0013", "COURS ELEMENTAIRE 2", 8, "CYCLE II"),
    "CM1": Level("0014", "COURS MOYEN 1", 9, "CYCLE III"),
    "CM2": Level("0015", "COURS MOYEN 2", 10, "CYCLE III"),
}
SECOND_DEGREE: Final = {
    "6": Level("10010012110", "6EME", 11, stream="6EME"),
    "5": Level("10110012110", "5EME", 12, stream="5EME"),
    "4": Level("10210012110", "4EME", 13, stream="4EME"),
    "3": Level("10310019110", "3EME", 14, stream="3EME"),
    "2": Level("20010018110", "2NDE GENERALE ET TECHNOLOGIQUE", 15, stream="2NDE GT"),
    "1": Level("20111010110", "1ERE GENERALE", 16, stream="1ERE GENERALE & TECHNO YC BT"),
    "T": Level("20211010110", "TERMINALE GENERALE", 17, stream="TERMINALE GENERALE & TECHNO YC BT"),
}

# Code, short name, label, discipline de poste, levels.
SUBJECTS: Final = (
    ("020700", "FRANC", "FRANCAIS", "L0202", "LETTRES MODERNES", "654321"),
    ("061300", "MATHS", "MATHEMATIQUES", "L1300", "MATHEMATIQUES", "65432T1"),
    ("043700", "HIGEO", "HISTOIRE-GEOGRAPHIE", "L1000", "HISTOIRE GEOGRAPHIE", "654321T"),
    ("030201", "AGL1", "ANGLAIS LV1", "L0422", "ANGLAIS", "654321T"),
    ("030602", "ESP2", "ESPAGNOL LV2", "L0426", "ESPAGNOL", "54321T"),
    ("030102", "ALL2", "ALLEMAND LV2", "L0421", "ALLEMAND", "54321T"),
    ("062900", "SVT", "SCIENCES DE LA VIE ET DE LA TERRE", "L1600", "SC. DE LA VIE ET DE LA TERRE", "65432"),
    ("062300", "PH-CH", "PHYSIQUE-CHIMIE", "L1500", "PHYSIQUE CHIMIE", "5432"),
    ("100100", "EPS", "EDUCATION PHYSIQUE ET SPORTIVE", "L1900", "E.P.S", "654321T"),
    ("090100", "A-PLA", "ARTS PLASTIQUES", "L1800", "ARTS PLASTIQUES", "6543"),
    ("080100", "EDMUS", "EDUCATION MUSICALE", "L1700", "EDUCATION MUSICALE", "6543"),
    ("070300", "TECHN", "TECHNOLOGIE", "L1400", "TECHNOLOGIE", "543"),
    ("050200", "PHILO", "PHILOSOPHIE", "L0100", "PHILOSOPHIE", "T"),
    ("023000", "LATIN", "LANGUES ET CULTURES DE L’ANTIQUITE LATIN", "L0201", "LETTRES CLASSIQUES", "54"),
)
# Functions a second degree school needs besides teachers: function code and label, discipline code and label.
OFFICES: Final = (
    ("DIR", "DIRECTION", "D0010", "CHEF D'ETABLISSEMENT", 1),
    ("DIR", "DIRECTION", "D0011", "CHEF D'ETABLISSEMENT ADJOINT", 1),
    ("EDU", "EDUCATION", "E0030", "CONSEILLER PRINCIPAL D'EDUCATION", 1),
    ("AED", "ASSISTANT D'EDUCATION", "-", "", 4),
    ("DOC", "DOCUMENTATION", "L0080", "DOCUMENTATION", 1),
    ("ADF", "PERSONNELS ADMINISTRATIFS", "-", "", 2),
    ("MDS", "PERSONNELS MEDICO-SOCIAUX", "-", "", 1),
    ("ORI", "ORIENTATION", "-", "", 1),
    ("TEC", "PERSONNELS TECHNIQUES", "-", "", 1),
)
