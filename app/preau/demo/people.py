"""The human beings of the invented academy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Address:
    """Where a household lives."""

    street: str
    postal_code: str
    town: str


@dataclass(slots=True)
class Human:
    """What every feed says of somebody. `key` is the sender's join key."""

    key: str
    last_name: str
    first_name: str
    title: str
    birth_date: date | None = None
    mail: str = ""


@dataclass(slots=True)
class Guardian(Human):
    """A responsible and the household they live in."""

    address: Address = field(default_factory=lambda: Address("", "", ""))
    mobile: str = ""
    home_phone: str = ""


@dataclass(slots=True)
class Tie:
    """How a responsible is tied to a pupil, in the words of the feed (link code, legal weight)."""

    guardian: Human
    link: str
    legal: str
    financial: str = "0"
    contact: str = "1"
    payment: str = "0"
    lives_with: bool = True


@dataclass(slots=True)
class Pupil(Human):
    """A pupil in a class, perhaps in groups."""

    school: str = ""
    level: str = ""
    classroom: str = ""
    groups: list[str] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    address: Address = field(default_factory=lambda: Address("", "", ""))
    ine: str = ""
    si_id: str = ""
    adult: bool = False


@dataclass(slots=True)
class Post:
    """A function of an agent in a school."""

    school: str
    code: str
    label: str
    discipline: str = "-"
    discipline_label: str = ""


@dataclass(slots=True)
class Staff(Human):
    """An agent: posts, and what is taught to whom (school, class or group code, subject)."""

    posts: list[Post] = field(default_factory=list)
    classes: list[tuple[str, str, str]] = field(default_factory=list)
    groups: list[tuple[str, str, str]] = field(default_factory=list)
    form_classes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def schools(self) -> list[str]:
        """Keys of the schools of the posts, in order, once each."""
        return list(dict.fromkeys(post.school for post in self.posts))


@dataclass(slots=True)
class School:
    """A structure: `classes` are (code, label, levels), `groups` (code, label, classes, subject)."""

    key: str
    uai: str
    kind: str
    short: str
    name: str
    town: str
    area: str
    classes: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    groups: list[tuple[str, str, tuple[str, ...], str]] = field(default_factory=list)
    attached_to: str = ""
    rpi: str = ""
    size: int = 24

    @property
    def degree(self) -> int:
        """1 for an école, 2 otherwise."""
        return 1 if self.kind == "ecole" else 2


@dataclass(slots=True)
class Academy:
    """Everything and everybody; `showcase` names the people worth signing in as."""

    schools: list[School]
    pupils: list[Pupil]
    guardians: list[Guardian]
    staff: list[Staff]
    showcase: dict[str, str] = field(default_factory=dict)

    def school(self, key: str) -> School:
        """The school of a key."""
        return next(school for school in self.schools if school.key == key)

    @property
    def people(self) -> int:
        """How many human beings there are: one who teaches here and is a parent there counts once."""
        return len({human.key for human in (*self.pupils, *self.guardians, *self.staff)})
