"""What a feed says, in neutral terms: the same records for AAF 1D and 2D, SAPIA and CSV.

Scalars live in `values` with three states: a name that is absent says nothing (the directory keeps
what it has), None erases, anything else replaces. Collections are None when the record does not
speak of them, and otherwise the whole set for that person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]


@dataclass(slots=True)
class ClassRecord:
    """A class or a teaching group as its structure declares it; unique by (structure, kind, code).

    `parts` are the MEF codes of a class, the codes of the classes of a group.
    """

    code: str
    label: str
    parts: tuple[str, ...] = ()


@dataclass(slots=True)
class StructureRecord:
    """A school, a service, or a replacement zone. `key` is the sender's, never the UAI."""

    key: str
    operation: str
    digest: bytes
    values: Values
    classes: list[ClassRecord] | None = None
    groups: list[ClassRecord] | None = None
    attached_to: list[str] | None = None
    extra: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class ProfileRecord:
    """A person's function in a structure: our profile, the SDET's national code, the sender's own."""

    structure_key: str
    profile: str
    national: str
    function_code: str = ""
    function_label: str = ""
    discipline_code: str = ""
    discipline_label: str = ""


@dataclass(slots=True, frozen=True)
class MembershipRecord:
    """A person in a class or group; `kind` is class or group, `role` member, teacher or form_teacher."""

    structure_key: str
    kind: str
    code: str
    role: str = "member"
    label: str = ""


@dataclass(slots=True, frozen=True)
class TeachingRecord:
    """A teacher, a class or group, a subject."""

    structure_key: str
    kind: str
    code: str
    subject_code: str


@dataclass(slots=True, frozen=True)
class RelationRecord:
    """A responsible of a pupil. `legal`: 1 legal representative, 2 in charge, 0 neither."""

    person_key: str
    link: str
    legal: int
    financial: bool = False
    contact: bool = False
    payment: bool = False
    lives_with: bool = False


@dataclass(slots=True)
class PersonRecord:
    """A pupil, a responsible or a member of staff, as one feed knows them."""

    key: str
    category: str
    operation: str
    degree: str
    digest: bytes
    values: Values
    profiles: list[ProfileRecord] | None = None
    memberships: list[MembershipRecord] | None = None
    teachings: list[TeachingRecord] | None = None
    relations: list[RelationRecord] | None = None
    extra: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class SubjectRecord:
    """A subject as taught; `national` is the national subject it stands for."""

    key: str
    operation: str
    digest: bytes
    label: str
    national: str = ""


@dataclass(slots=True)
class MefRecord:
    """A training module (module élémentaire de formation), 11 digits."""

    key: str
    operation: str
    digest: bytes
    label: str
    national: str = ""
    statistical: str = ""
    level: str = ""
    stream: str = ""


@dataclass(slots=True)
class RemovalRecord:
    """A deleteRequest: `target` is structure, person, subject or mef."""

    key: str
    target: str
    category: str
    digest: bytes


FeedRecord = StructureRecord | PersonRecord | SubjectRecord | MefRecord | RemovalRecord
