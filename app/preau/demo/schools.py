"""The five schools of the invented academy, and the replacement zone that every delivery carries."""

from __future__ import annotations

from preau.socle.integration.feeds.nomenclature import uai_letter

from .people import School


def _uai(number: int) -> str:
    return f"{number:07d}{uai_letter(number)}"


def _classes(*codes: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """`code: LEVEL+LEVEL` items; the code is also the label unless `code=label`."""
    classes = []
    for item in codes:
        code, _, levels = item.partition(":")
        code, _, label = code.partition("=")
        classes.append((code, label or code, tuple(levels.split("+"))))
    return classes


def build_schools() -> list[School]:
    """Fresh schools with their classes and teaching groups."""
    school = School(
        "3101", _uai(630101), "ecole", "E.PR.PU", "JEAN MOULIN", "CLERMONT FERRAND", "ville",
        _classes("11=PS Petits Loups:PS", "12=MS Écureuils:MS", "13=GS Hérissons:GS", "14=CP A:CP",
                 "15=CP-CE1 B:CP+CE1",
                 "16=CE2:CE2", "17=CM1:CM1", "18=CM1-CM2:CM1+CM2", "19=CM2:CM2"),
    )  # fmt: skip
    village = School(
        "3102", _uai(630102), "ecole", "E.E.PU", "DU VAL DE SIOULE", "SAINT OURS", "sioule",
        _classes("21=MS-GS:MS+GS", "22=CP-CE1:CP+CE1", "23=CE2-CM1-CM2:CE2+CM1+CM2"),
        rpi="RPI VAL DE SIOULE", size=22,
    )  # fmt: skip
    college = School(
        "3201", _uai(630201), "college", "CLG", "TEILHARD DE CHARDIN", "CHAMALIERES", "ville",
        _classes(*(f"{n}EME {letter}:{n}" for n in "6543" for letter in "ABCD")), size=25,
    )  # fmt: skip
    city_college = School(
        "3202", _uai(630202), "college", "CLG", "BLAISE PASCAL", "CLERMONT FERRAND", "sioule",
        _classes(*(f"{n}°{rank}:{n}" for n in "6543" for rank in (1, 2, 3))), attached_to="3301", size=25,
    )  # fmt: skip
    lycee = School(
        "3301", _uai(630301), "lycee", "LGT", "BLAISE PASCAL", "CLERMONT FERRAND", "ville",
        _classes(*(f"2NDE {rank}:2" for rank in range(1, 6)), *(f"1ERE G-{rank}:1" for rank in range(1, 5)),
                 *(f"TLE GÉN. {rank}:T" for rank in range(1, 5))), size=29,
    )  # fmt: skip
    for place in (college, city_college, lycee):
        place.groups = _groups(place)
    zone = School("3901", "1004001V", "remplacement", "", "Z.REMP- CLERMONT FERRAND", "", "ville")
    return [school, village, college, city_college, lycee, zone]


def _groups(school: School) -> list[tuple[str, str, tuple[str, ...], str]]:
    """Language groups across the classes of a level, Latin where it is taught."""
    groups = []
    for level in dict.fromkeys(levels[0] for _, _, levels in school.classes):
        classes = tuple(code for code, _, levels in school.classes if level in levels)
        if level != "6":
            groups += [
                (f"{level}ESP2 GR.1", f"{level} ESPAGNOL LV2", classes, "030602"),
                (f"{level}ALL2 GR.1", f"{level} ALLEMAND LV2", classes, "030102"),
            ]
        if level in "54":
            groups.append((f"{level}LATIN débutants", f"{level} LATIN", classes, "023000"))
    return groups
