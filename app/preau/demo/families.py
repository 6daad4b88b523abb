"""Gives every pupil a family: siblings across schools, separated parents, and the cases worth showing."""

# Shares of a demonstration are not constants worth a name.

from __future__ import annotations

import random
from itertools import count
from typing import Final

from .names import BOYS, FAMILIES, FATHERS, GIRLS, MOTHERS, STREETS, TOWNS
from .people import Academy, Address, Guardian, Human, Pupil, Tie

_SIBLING: Final = 0.42
_SEPARATED: Final = 0.27
_SINGLE: Final = 0.09

# Whom to sign in as: role, school, level or function.
_PUPILS: Final = (
    ("pupil_ps", "3101", "PS"),
    ("pupil_cp", "3101", "CP"),
    ("pupil_college", "3201", "5"),
    ("pupil_lycee", "3301", "1"),
)
_AGENTS: Final = (
    ("director", "3101", "DIR"),
    ("head", "3201", "DIR"),
    ("cpe", "3201", "EDU"),
    ("aed", "3201", "AED"),
    ("secretary", "3201", "ADF"),
    ("documentalist", "3301", "DOC"),
    ("teacher", "3301", "ENS"),
)


def slug(text: str) -> str:
    """Ascii letters of a name, for a mail address that no domain will ever receive."""
    plain = text.lower().translate(str.maketrans("àâäéèêëîïíôöùûüçñ’' -", "aaaeeeeiiioouuucn    "))
    return plain.replace(" ", "")


class FamilyMaker:
    """Settles pupils into households of one to three children."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._pupil_keys, self._guardian_keys = count(510_001), count(740_001)
        self._used: set[tuple[str, str]] = set()

    def settle(self, pupils: list[Pupil], areas: dict[str, str]) -> list[Guardian]:
        """Names the pupils, houses them, ties them; returns the responsibles."""
        guardians: list[Guardian] = []
        for area in dict.fromkeys(areas.values()):
            waiting = [pupil for pupil in pupils if areas[pupil.school] == area]
            self._rng.shuffle(waiting)
            while waiting:
                children = [waiting.pop()]
                while waiting and len(children) < 3 and self._rng.random() < _SIBLING:
                    children.append(waiting.pop())
                guardians += self._household(children, area)
        return guardians

    def _household(self, children: list[Pupil], area: str) -> list[Guardian]:
        rng, home = self._rng, self._address(area)
        name = rng.choice(FAMILIES)
        mother = self._guardian(rng.choice(FAMILIES) if rng.random() < 0.3 else name, "Mme", home)
        fate = rng.random()
        parents = [mother]
        if fate > _SINGLE:
            elsewhere = fate < _SINGLE + _SEPARATED
            parents.append(self._guardian(name, "M.", self._address(area) if elsewhere else home))
        else:
            name = mother.last_name
        for child in children:
            self._name(child, name)
            child.address = home
            child.ties = [Tie(mother, "20", "1", "1", "1", "1")]
            if len(parents) == 2:
                child.ties.append(Tie(parents[1], "10", "1", lives_with=parents[1].address is home))
        return parents

    def _name(self, child: Pupil, name: str) -> None:
        girl = self._rng.random() < 0.5
        child.key = str(next(self._pupil_keys))
        child.last_name, child.title = name, "Mme" if girl else "M."
        child.first_name = self._rng.choice(GIRLS if girl else BOYS)
        letters = "".join(self._rng.choices("ABCDEFGHJK", k=2))
        child.ine = f"{self._rng.randint(10**8, 10**9 - 1)}{letters}"
        child.si_id = str(int(child.key) + 1_000_000)

    def _guardian(self, name: str, title: str, home: Address) -> Guardian:
        first = self._rng.choice(MOTHERS if title == "Mme" else FATHERS)
        key = str(next(self._guardian_keys))
        return Guardian(
            key,
            name,
            first,
            title,
            mail=f"{slug(first)}.{slug(name)}{key[-3:]}@famille.example" if self._rng.random() < 0.8 else "",
            address=home,
            mobile=f"+33 6 00 {int(key) % 97:02d} {int(key) % 89:02d} {int(key) % 83:02d}",
            home_phone=f"+33 4 73 00 {int(key) % 79:02d} {int(key) % 71:02d}"
            if self._rng.random() < 0.4
            else "",
        )

    def _address(self, area: str) -> Address:
        postal_code, town = self._rng.choice(TOWNS[area])
        return Address(f"{self._rng.randint(1, 140)} {self._rng.choice(STREETS)}", postal_code, town)


def add_cases(academy: Academy) -> None:
    """The situations that a demonstration and the tests count on, on top of chance."""
    first = _first_pupils(academy)
    _three_schools(academy, first)
    _teacher_and_parent(academy, first)
    _adult(academy)
    _ward(academy)
    tied = {tie.guardian.key for pupil in academy.pupils for tie in pupil.ties}
    academy.guardians = [guardian for guardian in academy.guardians if guardian.key in tied]
    for role, school, level in _PUPILS:
        academy.showcase[role] = _in(academy, school, level).key
    for role, school, code in _AGENTS:
        academy.showcase[role] = next(
            agent.key
            for agent in academy.staff
            if any(p.school == school and p.code == code for p in agent.posts)
        )


def _in(academy: Academy, school: str, level: str) -> Pupil:
    return next(p for p in academy.pupils if p.school == school and p.level == level and len(p.ties) > 1)


def _first_pupils(academy: Academy) -> dict[str, Pupil]:
    """A pupil of each school whose family has no other child, so that it can be joined to another."""
    alone: dict[str, int] = {}
    for pupil in academy.pupils:
        for tie in pupil.ties:
            alone[tie.guardian.key] = alone.get(tie.guardian.key, 0) + 1
    return {
        pupil.school: pupil
        for pupil in reversed(academy.pupils)
        if len(pupil.ties) == 2 and all(alone[tie.guardian.key] == 1 for tie in pupil.ties)
    }


def _adopt(children: list[Pupil], parents: list[Human], name: str, home: Address) -> None:
    """Moves pupils into one family."""
    for child in children:
        child.last_name, child.address = name, home
        child.ties = [
            Tie(
                parent,
                "20" if parent.title == "Mme" else "10",
                "1",
                "1" if rank == 0 else "0",
                payment="1" if rank == 0 else "0",
            )
            for rank, parent in enumerate(parents)
        ]


def _three_schools(academy: Academy, first: dict[str, Pupil]) -> None:
    """Sophie MOREAU has a child in an école, one in a collège and one in a lycée."""
    home = Address("7 rue des Lilas", "63400", "CHAMALIERES")
    mother = Guardian(
        "749001",
        "MOREAU",
        "Sophie",
        "Mme",
        mail="sophie.moreau@famille.example",
        address=home,
        mobile="+33 6 00 01 02 03",
    )
    father = Guardian(
        "749002",
        "MOREAU",
        "Karim",
        "M.",
        mail="karim.moreau@famille.example",
        address=home,
        mobile="+33 6 00 01 02 04",
    )
    children = [first["3101"], first["3201"], first["3301"]]
    _adopt(children, [mother, father], "MOREAU", home)
    academy.guardians += [mother, father]
    academy.showcase["guardian_three_schools"] = mother.key


def _teacher_and_parent(academy: Academy, first: dict[str, Pupil]) -> None:
    """The SDET's own example: a teacher in one school, a parent in another, under the same key."""
    teacher = next(
        a for a in academy.staff if a.schools == ["3201"] and a.posts[0].code == "ENS" and a.form_classes
    )
    home = Address("12 chemin des Écoliers", "63100", "CLERMONT FERRAND")
    teacher.last_name, teacher.first_name, teacher.title = "BENALI", "Nadia", "Mme"
    teacher.mail = "nadia.benali@ac-exemple.example"
    parent = Guardian(
        teacher.key, "BENALI", "Nadia", "Mme", address=home, mobile="+33 6 00 01 02 05", mail=""
    )
    _adopt([first["3202"]], [parent], "BENALI", home)
    academy.guardians.append(parent)
    academy.showcase["teacher_and_guardian"] = teacher.key


def _adult(academy: Academy) -> None:
    """A pupil of age who answers for himself: link 70 to his own key."""
    pupil = next(p for p in academy.pupils if p.level == "T" and len(p.ties) == 2)
    assert pupil.birth_date is not None  # noqa: S101 - every pupil is born
    pupil.birth_date, pupil.adult = pupil.birth_date.replace(year=2007), True
    pupil.ties = [Tie(pupil, "70", "1", "1", "1", "1"), *(Tie(t.guardian, t.link, "0") for t in pupil.ties)]
    academy.showcase["pupil_adult"] = pupil.key


def _ward(academy: Academy) -> None:
    """A ward: a guardian appointed by the judge, and child welfare with the other legal weight."""
    pupil = next(p for p in academy.pupils if p.school == "3202" and p.level == "4")
    home = Address("3 place de la Fontaine", "63230", "PONTGIBAUD")
    guardian = Guardian("749003", "LACROIX", "Hélène", "Mme", address=home, mobile="+33 6 00 01 02 06")
    service = Guardian(
        "749004", "ASE DU PUY DE DOME", "Service", "", address=home, home_phone="+33 4 73 00 00 63"
    )
    _adopt([pupil], [guardian, service], pupil.last_name, home)
    pupil.ties = [Tie(guardian, "50", "1", "1", "1", "1"), Tie(service, "51", "2", lives_with=False)]
    academy.guardians += [guardian, service]
    academy.showcase["guardian_of_ward"] = guardian.key
