"""Input that PostgreSQL cannot hold is put right or refused at the door, for every service at once."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, Map, ValidationError

GREATEST_ID = 2**63 - 1
NUL = "\0"
ID = re.compile(r"[0-9]{1,18}", re.ASCII)


def is_id(text: str) -> bool:
    """Whether a text typed or sent by somebody is a number that a ``bigint`` column holds."""
    return ID.fullmatch(text) is not None


class Identifier(IntegerConverter):
    """A number of an address; one that no column can hold is an address that does not exist."""

    def __init__(self, rules: Map, *args: Any, **options: Any) -> None:
        options.setdefault("max", GREATEST_ID)
        super().__init__(rules, *args, **options)

    def to_python(self, value: str) -> int:
        """The number. Raises ValidationError, hence « not found », when it is too long."""
        if len(value) > len(str(GREATEST_ID)):
            raise ValidationError
        return int(super().to_python(value))


def without_nul(items: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    """The same fields; a NUL, which no keyboard types and no text column takes, disappears from them."""
    pairs: Iterable[tuple[str, str]] = items.items(multi=True)
    return ImmutableMultiDict((name.replace(NUL, ""), value.replace(NUL, "")) for name, value in pairs)


class CleanRequest(Request):
    """A request whose query and form hold only text that can be kept."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query's fields."""
        return without_nul(super().args)

    def _load_form_data(self) -> None:
        loaded = "form" in self.__dict__
        super()._load_form_data()
        if not loaded:
            self.__dict__["form"] = without_nul(self.__dict__["form"])


def init_app(app: Flask) -> None:
    """Set the application's request class and its converter of numbers; refuse a NUL in an address."""
    app.request_class = CleanRequest
    app.url_map.converters["int"] = Identifier

    @app.before_request
    def refuse_impossible_address() -> None:
        if NUL in request.path:
            abort(404)
