"""Who is acting: the flat, serialisable answer to "what may this person do, and where"."""

from dataclasses import asdict, dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Self


class ProfileKind(StrEnum):
    """Profils applicatifs of the SDET (chapter 9), by their English noun."""

    PUPIL = "pupil"
    GUARDIAN = "guardian"
    TEACHER = "teacher"
    STAFF = "staff"
    HEAD = "head"
    ACADEMIC = "academic"
    AUTHORITY = "authority"
    EXTERNAL = "external"


EVERYONE = tuple(ProfileKind)
ADULTS = tuple(kind for kind in ProfileKind if kind is not ProfileKind.PUPIL)
SCHOOL_STAFF = (ProfileKind.TEACHER, ProfileKind.STAFF, ProfileKind.HEAD)


class AuthenticationLevel(IntEnum):
    """Strength of the means used, ranked as SOC-SEC-IAU-11 asks."""

    NONE = 0
    PICTURE = 10
    PASSWORD = 20
    SECOND_FACTOR = 30


@dataclass(frozen=True, slots=True)
class ProfileContext:
    """One profile of the person: what the banner's context switch lists."""

    id: int
    kind: str
    structure_id: int
    structure_name: str
    uai: str
    face: str = "adulte"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person acting now, with everything rights need and nothing they do not.

    ``structures`` are all the structures of all the person's profiles: the context chosen in the
    banner selects tiles and theme and never widens rights. ``everywhere`` is for project
    administrators and for the system.
    """

    person_id: int
    uid: str
    name: str
    profiles: tuple[ProfileContext, ...] = ()
    context: ProfileContext | None = None
    structures: frozenset[int] = frozenset()
    grants: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    level: AuthenticationLevel = AuthenticationLevel.NONE
    everywhere: bool = False
    origin: str = ""
    acting: str = ""
    extra: dict[str, Any] = field(default_factory=dict, compare=False, hash=False)

    @property
    def face(self) -> str:
        """Age level of the interface: maternelle, elementaire, college-lycee or adulte."""
        return self.context.face if self.context else "adulte"

    @property
    def structure_id(self) -> int | None:
        """Default structure, the one of the chosen context."""
        return self.context.structure_id if self.context else None

    def can(self, permission: str, structure_id: int | None = None) -> bool:
        """Whether the permission is held, in that structure or, without one, anywhere."""
        if self.everywhere and (self.is_system or permission in self.grants):
            return True
        if structure_id is None:
            return permission in self.grants
        return f"{permission}@{structure_id}" in self.grants

    def structures_with(self, permission: str) -> frozenset[int]:
        """Structures in which the permission is held."""
        prefix = permission + "@"
        return frozenset(int(grant[len(prefix) :]) for grant in self.grants if grant.startswith(prefix))

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of the person's profiles, all structures together."""
        return frozenset(profile.kind for profile in self.profiles)

    @property
    def is_system(self) -> bool:
        """Whether this is the platform itself (jobs, feeds, command line)."""
        return self.person_id == 0

    def to_json(self) -> dict[str, Any]:
        """A form the session row can keep."""
        data = asdict(self)
        for name in ("structures", "grants", "principals"):
            data[name] = sorted(data[name])
        data["level"] = int(self.level)
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of :meth:`to_json`."""
        data = dict(data)
        data["profiles"] = tuple(ProfileContext(**profile) for profile in data["profiles"])
        data["context"] = ProfileContext(**data["context"]) if data["context"] else None
        for name in ("structures", "grants", "principals"):
            data[name] = frozenset(data[name])
        data["level"] = AuthenticationLevel(data["level"])
        return cls(**data)


def system(reason: str) -> Identity:
    """The platform acting on its own; ``reason`` is what the journal will show as the actor."""
    return Identity(
        person_id=0, uid="systeme", name=reason, everywhere=True, level=AuthenticationLevel.SECOND_FACTOR
    )
