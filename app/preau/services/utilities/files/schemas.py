"""What may be written about files, by a form or the API."""

import uuid
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints

PARIS = ZoneInfo("Europe/Paris")
Name = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True)]


def _in_paris(value: object) -> object:
    """A form's ``datetime-local`` says no time zone: it is that of the reader's clock."""
    if isinstance(value, str) and value:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(_("Indiquez une date et une heure.")) from None
        return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_in_paris)]


class LockerIn(BaseModel):
    """A locker to open or change."""

    model_config = ConfigDict(extra="forbid")

    group_id: int
    title: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    instructions: Annotated[str, StringConstraints(max_length=5000)] = ""
    due_at: Moment
    late_accepted: bool = True


class FolderIn(BaseModel):
    """A folder to create."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    parent_id: uuid.UUID | None = None


class NodeChange(BaseModel):
    """Rename, move, or both."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    parent_id: uuid.UUID | None = None


class NodeOut(BaseModel):
    """A folder or a file as the API gives it. ``size`` in octets, ``etag`` changes with the content."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    name: str
    is_folder: bool
    parent_id: uuid.UUID | None
    size: int
    media_type: str
    etag: str
    created_at: datetime
    updated_at: datetime


class SharesIn(BaseModel):
    """Who may do what: principal → level."""

    model_config = ConfigDict(extra="forbid")

    shares: dict[str, Literal["read", "write", "manage"]]
