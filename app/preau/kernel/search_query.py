"""What a reader asks of the search: words and criteria, and the page of results that answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import TSQUERY

from preau.kernel.search import Hit
from preau.kernel.search_words import FRENCH

# Matches that are counted, sorted and ranked: the most recent ones.
CANDIDATES = 1000
PER_PAGE = 20
LONGEST = 200


class Query(BaseModel):
    """What is asked. ``text`` knows "an exact phrase", -without and or; every other field narrows."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    text: str = Field(default="", max_length=LONGEST)
    phrase: str = Field(default="", max_length=LONGEST)
    without: str = Field(default="", max_length=LONGEST)
    kinds: list[str] = Field(default_factory=list, max_length=40)
    author: str = Field(default="", max_length=LONGEST)
    structure: int | None = None
    since: date | None = None
    until: date | None = None
    field: str = Field(default="", max_length=40)
    value: str = Field(default="", max_length=LONGEST)
    mine: bool = False
    order: str = Field(default="rank", pattern="^(rank|recent|title)$")

    @property
    def empty(self) -> bool:
        """Whether nothing at all is asked."""
        return self == Query(order=self.order)

    @property
    def advanced(self) -> bool:
        """Whether anything but the search field narrows."""
        return self != Query(text=self.text)


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results. ``total`` stops counting at :data:`CANDIDATES`."""

    hits: Sequence[Hit]
    total: int
    kinds: dict[str, int] = field(default_factory=dict)
    federated: dict[str, Sequence[Hit]] = field(default_factory=dict)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return self.total >= CANDIDATES


def words(query: Query) -> list[ColumnElement[Any]]:
    """The tsqueries of what is asked, all of which must match."""
    found: list[ColumnElement[Any]] = []
    if query.text:
        found.append(func.websearch_to_tsquery(FRENCH, query.text))
    if query.phrase:
        found.append(func.phraseto_tsquery(FRENCH, query.phrase))
    if query.author:
        found.append(func.plainto_tsquery(FRENCH, query.author))
    if query.value and not query.field:
        found.append(func.plainto_tsquery(FRENCH, query.value))
    return found


def joined(queries: Sequence[ColumnElement[Any]], operator: str) -> ColumnElement[Any]:
    """Several tsqueries as one: all of them (``&&``) or any (``||``)."""
    together = queries[0]
    for each in queries[1:]:
        together = together.op(operator, return_type=TSQUERY())(each)
    return together
