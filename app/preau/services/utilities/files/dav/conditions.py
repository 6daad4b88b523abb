"""The If header (RFC 4918 section 10.4), If-Match and If-None-Match."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from preau.services.utilities.files import locks
from preau.services.utilities.files.dav.places import Place, of_url
from preau.services.utilities.files.dav.status import Stop
from preau.services.utilities.files.models import Node

TOKEN = re.compile(
    r"\s*(?:<(?P<state>[^<>]*)>|\[(?P<etag>[^\[\]]*)\]|(?P<open>\()|(?P<close>\))|(?P<not>Not\b))",
    re.IGNORECASE,
)
LONGEST = 8192


@dataclass(frozen=True, slots=True)
class Condition:
    """A state token or an etag, perhaps negated."""

    value: str
    is_etag: bool
    negated: bool


@dataclass(frozen=True, slots=True)
class Alternative:
    """One list: conditions that must all hold on a resource (the request's own when ``resource`` is empty)."""

    resource: str
    conditions: tuple[Condition, ...]


def read_if(header: str) -> list[Alternative]:
    """The lists of an If header; 400 when it cannot be read."""
    found: list[Alternative] = []
    resource, inside, negated = "", None, False
    position, header = 0, header.strip()
    if len(header) > LONGEST:
        raise Stop(400)
    while position < len(header):
        match = TOKEN.match(header, position)
        if match is None:
            raise Stop(400)
        position = match.end()
        kind = match.lastgroup
        if kind == "open" and inside is None:
            inside = []
        elif kind == "close" and inside:
            found.append(Alternative(resource, tuple(inside)))
            inside, negated = None, False
        elif kind == "state" and inside is None:
            resource = match["state"]
        elif kind == "not" and inside is not None:
            negated = True
        elif kind in {"state", "etag"} and inside is not None:
            inside.append(Condition(match[kind], kind == "etag", negated))
            negated = False
        else:
            raise Stop(400)
    if inside is not None or not found:
        raise Stop(400)
    return found


def submitted(header: str | None) -> frozenset[str]:
    """The lock tokens that a request shows."""
    if not header:
        return locks.NO_TOKENS
    return frozenset(
        condition.value
        for alternative in read_if(header)
        for condition in alternative.conditions
        if not condition.is_etag
    )


def require_if(header: str | None, host: str, place: Place, resolve: Callable[[list[str]], Place]) -> None:
    """412 unless one of the lists holds."""
    if not header:
        return
    for alternative in read_if(header):
        target = resolve(of_url(alternative.resource, host)) if alternative.resource else place
        if _holds(alternative, target):
            return
    raise Stop(412)


def _holds(alternative: Alternative, place: Place) -> bool:
    state: set[str] | None = None
    for condition in alternative.conditions:
        if condition.is_etag:
            matched = (
                place.node is not None
                and condition.value.strip().removeprefix("W/") == f'"{place.node.etag}"'
            )
        else:
            state = _tokens(place) if state is None else state
            matched = condition.value in state
        if matched == condition.negated:
            return False
    return True


def _tokens(place: Place) -> set[str]:
    node = place.node or place.parent
    return {lock.token for lock in locks.covering(node)} if node is not None else set()


def require_match(headers: dict[str, str], node: Node | None) -> None:
    """412 when If-Match or If-None-Match says so; for methods that change something."""
    wanted, unwanted = headers.get("HTTP_IF_MATCH"), headers.get("HTTP_IF_NONE_MATCH")
    if wanted and (node is None or not _matches(wanted, node)):
        raise Stop(412)
    if unwanted and node is not None and _matches(unwanted, node):
        raise Stop(412)


def _matches(header: str, node: Node) -> bool:
    if header.strip() == "*":
        return True
    tags = {each.strip().removeprefix("W/").strip('"') for each in header.split(",")}
    return bool(node.etag) and node.etag in tags
