"""The Education nationale's codes that a feed carries, as data."""

from __future__ import annotations

import re
from typing import Final

UAI_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
INE: Final = re.compile(r"\d{10}[A-Z]|\d{9}[A-Z]{2}|\d{7}[A-Z]{2}\d{2}|\d{4}[A-Z]\d{5}[A-Z]")
UAI: Final = re.compile(r"\d{7}[A-Z]")

_OTHER_STAFF: Final = (
    "ACP ACS ADA ADC ADF ADM ALB APP ASU AUT BIB CFC CNE COR CPD CTL CTR ECP EMP FCA FCP IEX IGN INS IPE"
    " ITA JES LAB MAD MAR MDS MOB MVT OUV PPA PRO PST PSY REM RET RPL STG TEC 1ED 2DG - $ XXX"
)
# SDET national profile → (our profile, function codes of the GAR table).
_PROFILES: Final = {
    "National_ENS": ("teacher", "ENS"),
    "National_DOC": ("teacher", "DOC CIO DCT"),
    "National_DIR": ("head", "DIR"),
    "National_EVS": ("staff", "EDU AED AES ASE ASH AVS BED EEI FIJ INJ ORI SUR CPE"),
    "National_COL": ("authority", "COL"),
    "National_ETA": ("staff", _OTHER_STAFF),
}
FUNCTIONS: Final[dict[str, tuple[str, str]]] = {
    code: (profile, national) for national, (profile, codes) in _PROFILES.items() for code in codes.split()
}
UNKNOWN_FUNCTION: Final = ("staff", "National_ETA")

# Both nomenclatures of the link between a pupil and a responsible, to one word.
LINKS: Final[dict[str, str]] = {
    "1": "father", "2": "mother", "3": "guardian", "4": "family", "5": "child_welfare", "6": "other",
    "7": "self", "10": "father", "20": "mother", "37": "sibling", "38": "ascendant", "39": "family",
    "41": "educator", "42": "foster_family", "43": "child_minder", "50": "guardian",
    "51": "child_welfare", "70": "self", "90": "other",
}  # fmt: skip

TITLES: Final[dict[str, str]] = {
    "m.": "M.", "m": "M.", "mr": "M.", "monsieur": "M.",
    "mme": "Mme", "mlle": "Mme", "madame": "Mme", "mademoiselle": "Mme",
}  # fmt: skip

# Kind of structure from the words of its type; the first that matches decides.
STRUCTURE_KINDS: Final = (
    ("Z.REMP", "remplacement"),
    ("SANS OBJET", "remplacement"),
    ("ECOLE", "ecole"),
    ("MATERNELLE", "ecole"),
    ("ELEMENTAIRE", "ecole"),
    ("COLLEGE", "college"),
    ("LYCEE", "lycee"),
    ("EREA", "lycee"),
    ("CFA", "cfa"),
    ("APPRENTIS", "cfa"),
    ("CIRCONSCRIPTION", "service_academique"),
    ("SERVICE", "service_academique"),
    ("RECTORAT", "service_academique"),
    ("INSPECTION", "service_academique"),
)


def uai_letter(number: int) -> str:
    """The check letter of the seven digits of a UAI."""
    return UAI_LETTERS[number % 23]


def valid_uai(uai: str) -> bool:
    """Whether the code is seven digits and the letter they ask for."""
    return bool(UAI.fullmatch(uai)) and uai[7] == uai_letter(int(uai[:7]))


def structure_kind(type_label: str, name: str) -> str:
    """Our kind for a sender's type and name; `autre` when the words are unknown."""
    words = (
        f"{name.upper()[:7]} {type_label.upper()}"
        if name.upper().startswith("Z.REMP")
        else type_label.upper()
    )
    return next((kind for word, kind in STRUCTURE_KINDS if word in words), "autre")
