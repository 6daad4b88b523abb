"""A list by pages, counted and read in one query each (RUL-73: what fits a screen, then «suivante»)."""

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy import Select, func, select

from preau.kernel.database import db

# An offset of this many pages stays a number that PostgreSQL can hold.
LAST_PAGE = 1_000_000


@dataclass(frozen=True)
class Page:
    """One page of a list; ``ui.pagination`` shows it."""

    items: list[Any]
    number: int
    pages: int
    total: int


def paged(statement: Select[Any], number: int, size: int = 20, *, rows: bool = False) -> Page:
    """The page of that number, the last one when there are fewer; ``rows`` for several columns."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    number = min(max(number, 1), pages)
    found = statement.limit(size).offset((number - 1) * size)
    result = db.session.execute(found)
    items: list[Any] = list(result if rows else result.scalars())
    return Page(items, number, pages, total)


def asked_page() -> int:
    """The page number of the request (``?page=2``): at least one, and never more than a list can have."""
    return min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
