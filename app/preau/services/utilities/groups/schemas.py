"""What may be written, by a form, the API or an import."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from flask_babel import gettext as _
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from preau.kernel.database import today

LONGEST_LIFE = timedelta(days=3 * 366)


class GroupIn(BaseModel):
    """A group to create or change. Without ``structure_id`` it is across schools; ``ends_on`` is included."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]
    description: Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)] = ""
    structure_id: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    joining: Literal["closed", "request", "code"] = "closed"

    @model_validator(mode="after")
    def lifetime(self) -> Self:
        """The end comes after the beginning, and three years later at most."""
        start = self.starts_on or today()
        if self.ends_on is not None and self.ends_on < start:
            raise ValueError(_("Le dernier jour vient avant le premier. Choisissez une date plus tardive."))
        if self.ends_on is not None and self.ends_on - start > LONGEST_LIFE:
            raise ValueError(_("Un groupe vit trois ans au plus. Choisissez une date plus proche."))
        return self


class ToolIn(BaseModel):
    """A tool given to a group: what members may do there, a quota in Mo."""

    model_config = ConfigDict(extra="forbid")

    service: Annotated[str, StringConstraints(max_length=60)]
    level: Literal["read", "write", "manage"] = "write"
    quota: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class GroupOut(BaseModel):
    """A group as the API gives it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    uid: str
    kind: str
    name: str
    description: str
    structure_id: int | None
    starts_on: date | None
    ends_on: date | None


class MemberOut(BaseModel):
    """A member as the API gives it."""

    person: str
    name: str
    role: str
