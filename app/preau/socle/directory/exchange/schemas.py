"""Formats of the directory: what each object holds, with no number of this instance in it (SOC-INT-IED-08)."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Nothing that the format does not know."""

    model_config = ConfigDict(extra="forbid")


class LinkV1(Strict):
    """A larger structure that the structure is in."""

    parent: str
    kind: str


class StructureV1(Strict):
    """A school, service or authority; its key is its UAI, or its source and the source's key."""

    uai: str | None = None
    kind: str
    degree: int | None = None
    name: str
    short_name: str = ""
    siret: str = ""
    source: str = "manual"
    source_key: str | None = None
    contact: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    opened: bool = True
    within: list[LinkV1] = []


class NomenclatureV1(Strict):
    """A subject or a module élémentaire de formation; its key is its code."""

    label: str
    national_code: str = ""
    stat_code: str = ""


class GroupV1(Strict):
    """A class, a teaching group, a team or a free group, without its people."""

    structure: str | None = None
    kind: str
    code: str = ""
    name: str
    description: str = ""
    level: str = ""
    source: str = "manual"
    attributes: dict[str, Any] = {}
    starts_on: date | None = None
    ends_on: date | None = None


class SourceKeyV1(Strict):
    """The key by which a source knows the person."""

    source: str
    key: str


class ProfileV1(Strict):
    """The person in a structure under a profil applicatif."""

    structure: str
    kind: str
    source: str = "manual"
    functions: list[dict[str, str]] = []
    level: str = ""
    attributes: dict[str, Any] = {}
    starts_on: date | None = None
    ends_on: date | None = None
    left_on: date | None = None


class RoleV1(Strict):
    """A role of the person in a structure, perhaps for a group."""

    structure: str
    name: str
    group: str | None = None
    source: str = "manual"
    starts_on: date | None = None
    ends_on: date | None = None
    delegated_by: str | None = None


class GuardianV1(Strict):
    """A person responsible for the pupil."""

    person: str
    link: str
    legal: int = Field(default=0, ge=0, le=2)
    financial: bool = False
    contact: bool = False
    payment: bool = False
    lives_with: bool = False
    source: str = "manual"


class PersonV1(Strict):
    """One human, with what schools say of them; the key is the uid, kept for life and across solutions."""

    last_name: str
    first_name: str
    birth_name: str = ""
    other_names: str = ""
    civility: str = ""
    birth_date: date | None = None
    mail: str = ""
    phones: dict[str, str] = {}
    address: dict[str, str] = {}
    attributes: dict[str, Any] = {}
    source_keys: list[SourceKeyV1] = []
    profiles: list[ProfileV1] = []
    roles: list[RoleV1] = []
    guardians: list[GuardianV1] = []


class MemberV1(Strict):
    """A person of the group."""

    person: str
    role: str = "member"
    source: str = "manual"


class TeachingV1(Strict):
    """Who teaches what to the group."""

    person: str
    subject: str = ""
    source: str = "manual"


class GroupPeopleV1(Strict):
    """The people of a group, whose uid is the key."""

    group_owner: str | None = None
    members: list[MemberV1] = []
    teachings: list[TeachingV1] = []
