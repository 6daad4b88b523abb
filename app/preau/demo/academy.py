"""Invents a small academy: the same seed always gives the same people."""

from __future__ import annotations

import random
from datetime import date
from typing import Final

from .families import FamilyMaker, add_cases
from .people import Academy, Pupil, School
from .programme import FIRST_DEGREE, SECOND_DEGREE
from .schools import build_schools
from .staffing import StaffMaker

SEED: Final = 20260901
SCHOOL_YEAR: Final = date(2026, 9, 1)
PEOPLE: Final = 3000


def build_academy(seed: int = SEED, people: int = PEOPLE) -> Academy:
    """About `people` persons: two écoles, two collèges, one lycée and a replacement zone."""
    rng = random.Random(seed)
    schools = build_schools()
    scale = people / PEOPLE
    pupils = [pupil for school in schools for pupil in _pupils(school, rng, scale)]
    guardians = FamilyMaker(rng).settle(pupils, {school.key: school.area for school in schools})
    staff = StaffMaker(rng, schools).recruit()
    academy = Academy(schools, pupils, guardians, staff)
    add_cases(academy)
    return academy


def _pupils(school: School, rng: random.Random, scale: float) -> list[Pupil]:
    pupils = []
    levels = FIRST_DEGREE if school.degree == 1 else SECOND_DEGREE
    for code, _, class_levels in school.classes:
        size = max(2, round((school.size + rng.randint(-2, 2)) * scale))
        for rank in range(size):
            level = class_levels[rank * len(class_levels) // size]
            year = SCHOOL_YEAR.year - levels[level].age - (1 if rng.random() < 0.06 else 0)
            pupils.append(
                Pupil(
                    key="",
                    last_name="",
                    first_name="",
                    title="",
                    birth_date=date(year, rng.randint(1, 12), rng.randint(1, 28)),
                    school=school.key,
                    level=level,
                    classroom=code,
                    groups=_groups(school, code, rng),
                )
            )
    return pupils


def _groups(school: School, classroom: str, rng: random.Random) -> list[str]:
    offered = [(code, subject) for code, _, classes, subject in school.groups if classroom in classes]
    languages = [code for code, subject in offered if subject.startswith("03")]
    chosen = [rng.choice(languages)] if languages else []
    return chosen + [code for code, subject in offered if subject == "023000" and rng.random() < 0.2]
