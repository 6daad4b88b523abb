"""What may be written, by a form, the API or an import."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from preau.kernel.database import SCHOOL_ZONE, today
from preau.kernel.richtext import LONGEST

LONGEST_DISPLAY = timedelta(days=366)
DURATIONS = (
    ("1", _l("un jour")),
    ("3", _l("trois jours")),
    ("7", _l("une semaine")),
    ("14", _l("deux semaines")),
    ("30", _l("un mois")),
    ("date", _l("jusqu’à une date")),
)
Title = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Body = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


def first_moment(day: date) -> datetime:
    """Midnight of the schools at the beginning of a day."""
    return datetime.combine(day, time.min, SCHOOL_ZONE)


class ArticleIn(BaseModel):
    """An article to create or change. ``duration`` counts days, or is "date": until ``ends_on`` included."""

    model_config = ConfigDict(extra="forbid")

    structure_id: int
    title: Title
    body: Body
    level: Literal["information", "important", "alert"] = "information"
    principals: Annotated[list[str], Field(max_length=200)] = []
    starts_on: date | None = None
    duration: Literal["1", "3", "7", "14", "30", "date"] = "14"
    ends_on: date | None = Field(default=None, validate_default=True)
    public: bool = False
    pinned: bool = False
    ask_receipt: bool = False
    picture_alt: Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)] = ""

    @field_validator("principals")
    @classmethod
    def somebody(cls, value: list[str]) -> list[str]:
        """News is for somebody."""
        if not value:
            raise ValueError(_("Choisissez à qui cette actualité s’adresse."))
        return list(dict.fromkeys(value))

    @model_validator(mode="after")
    def last_day(self) -> Self:
        """The last day, from the duration unless given; :meth:`schedule_error` says when it cannot be."""
        if self.duration != "date":
            self.ends_on = (self.starts_on or today()) + timedelta(days=int(self.duration) - 1)
        return self

    def schedule_error(self) -> str | None:
        """What is wrong with the dates, in words."""
        if self.ends_on is None:
            return _("Indiquez le dernier jour d’affichage.")
        if self.ends_on < max(self.starts_on or today(), today()):
            return _("Le dernier jour est déjà passé, ou vient avant le premier. Choisissez-en un plus tard.")
        if self.ends_on - (self.starts_on or today()) > LONGEST_DISPLAY:
            return _("Une actualité s’affiche un an au plus. Choisissez une date plus proche.")
        return None

    @property
    def starts_at(self) -> datetime:
        """First moment of display."""
        return first_moment(self.starts_on or today())

    @property
    def ends_at(self) -> datetime:
        """First moment after the display: the last day is shown whole."""
        return first_moment((self.ends_on or today()) + timedelta(days=1))


class ArticleOut(BaseModel):
    """An article as the API gives it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    structure_id: int
    level: str
    title: str
    body: str
    state: str
    pinned: bool
    public: bool
    ask_receipt: bool
    starts_at: datetime
    ends_at: datetime
    published_at: datetime | None


class Refusal(BaseModel):
    """Why an article is refused."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
