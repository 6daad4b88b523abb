"""The ids of the SDET v6.2: requirements, rules and quality statements, with levels and our own wording."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

DATA = Path(__file__).with_name("data")

Level = Literal["E", "R", "F"]
Kind = Literal["feature", "organisational"]
STRENGTH: tuple[Level, ...] = ("E", "R", "F")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One id, with its levels in primary (``d1``) and secondary school (``d2``), if any."""

    id: str
    group: str
    section: str
    kind: Kind
    text: str
    d1: Level | None
    d2: Level | None

    @property
    def level(self) -> Level | None:
        """The stronger of the two levels; rules and quality statements have none."""
        return next((level for level in STRENGTH if level in (self.d1, self.d2)), None)


@dataclass(frozen=True, slots=True)
class Group:
    """A service of the SDET, a quality, or a chapter whose rules concern several services."""

    code: str
    label: str
    section: str
    requirements: tuple[Requirement, ...]


@cache
def groups() -> tuple[Group, ...]:
    """Every group in the order of the SDET's sections."""
    merged: dict[str, dict[str, Any]] = {}
    for path in sorted(DATA.glob("*.yaml"), key=lambda path: (path.stem == "rules", path.stem)):
        for code, group in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            known = merged.setdefault(code, {**group, "requirements": {}})
            known["requirements"].update(group["requirements"])
    built = (_group(code, group) for code, group in merged.items())
    return tuple(sorted(built, key=lambda group: _section_key(group.section)))


@cache
def requirements() -> dict[str, Requirement]:
    """Every requirement by id."""
    return {each.id: each for group in groups() for each in group.requirements}


def _group(code: str, data: dict[str, Any]) -> Group:
    rows = tuple(
        Requirement(
            id=id_,
            group=code,
            section=row.get("section", data["section"]),
            kind=row["kind"],
            text=row["text"],
            d1=row["d1"],
            d2=row["d2"],
        )
        for id_, row in data["requirements"].items()
    )
    return Group(code, data["label"], data["section"], rows)


def _section_key(section: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", section.partition("-")[0])]
