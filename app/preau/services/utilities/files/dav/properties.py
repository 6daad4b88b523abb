"""PROPFIND: a request is compiled once into a template, then each row only fills it.

Answering for a hundred files is one query and a hundred ``%`` operations.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from preau.services.utilities.files.dav import xml
from preau.services.utilities.files.dav.status import Stop

SUPPORTED_LOCK = (
    "<D:supportedlock><D:lockentry><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype>"
    "</D:lockentry><D:lockentry><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype>"
    "</D:lockentry></D:supportedlock>"
)
EVERY = {
    "resourcetype": "<D:resourcetype>%(kind)s</D:resourcetype>",
    "displayname": "<D:displayname>%(name)s</D:displayname>",
    "creationdate": "<D:creationdate>%(created)s</D:creationdate>",
    "getlastmodified": "<D:getlastmodified>%(modified)s</D:getlastmodified>",
    "supportedlock": SUPPORTED_LOCK,
    "lockdiscovery": "<D:lockdiscovery>%(locks)s</D:lockdiscovery>",
}
FILES = {
    "getcontentlength": "<D:getcontentlength>%(size)d</D:getcontentlength>",
    "getcontenttype": "<D:getcontenttype>%(type)s</D:getcontenttype>",
    "getetag": '<D:getetag>"%(etag)s"</D:getetag>',
}
# Not in allprop (RFC 4331 section 3).
FOLDERS = {
    "quota-available-bytes": "<D:quota-available-bytes>%(available)d</D:quota-available-bytes>",
    "quota-used-bytes": "<D:quota-used-bytes>%(used)d</D:quota-used-bytes>",
}
LIVE = frozenset(xml.DAV + name for name in (*EVERY, *FILES, *FOLDERS))
OK = "<D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
NOT_FOUND = "<D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"
OPEN, CLOSE = "<D:response><D:href>%(href)s</D:href>", "</D:response>\n"


@dataclass(frozen=True)
class Plan:
    """What a PROPFIND asks. ``dead``: the dead properties named; ``every``: all of them."""

    file: str
    folder: str
    dead: tuple[str, ...] = ()
    every: bool = False
    names_only: bool = False
    quota: bool = False
    live: tuple[str, ...] = field(default=(), compare=False)


@lru_cache(maxsize=256)
def plan_of(body: bytes) -> Plan:
    """The plan of a request's body; an empty one asks for everything."""
    if not body.strip():
        return _everything(())
    root = xml.parse(body)
    if root.tag != xml.DAV + "propfind":
        raise Stop(400)
    asked = {child.tag: child for child in root if isinstance(child.tag, str)}
    if xml.DAV + "propname" in asked:
        names = [*EVERY, *FILES]
        return Plan(_names(names), _names([*EVERY, *FOLDERS]), every=True, names_only=True)
    if xml.DAV + "allprop" in asked:
        included = asked.get(xml.DAV + "include")
        more = tuple(child.tag for child in included) if included is not None else ()
        return _everything(more)
    if xml.DAV + "prop" not in asked:
        raise Stop(400)
    return _named(tuple(child.tag for child in asked[xml.DAV + "prop"] if isinstance(child.tag, str)))


def _everything(more: tuple[str, ...]) -> Plan:
    quota = any(tag in {xml.DAV + name for name in FOLDERS} for tag in more)
    common = "".join(EVERY.values())
    return Plan(
        common + "".join(FILES.values()),
        common + ("".join(FOLDERS.values()) if quota else ""),
        every=True,
        quota=quota,
    )


def _named(tags: tuple[str, ...]) -> Plan:
    names = [tag[len(xml.DAV) :] for tag in tags if tag in LIVE]
    dead = tuple(dict.fromkeys(tag for tag in tags if tag not in LIVE))
    return Plan(
        _filled(names, EVERY | FILES),
        _filled(names, EVERY | FOLDERS),
        dead,
        quota=any(name in FOLDERS for name in names),
        live=tuple(names),
    )


def _filled(names: list[str], known: dict[str, str]) -> str:
    return "".join(known[name] for name in names if name in known)


def _names(names: list[str]) -> str:
    return "".join(f"<D:{name}/>" for name in names)


@lru_cache(maxsize=8192)
def http_date(moment: int) -> str:
    """RFC 9110's form of a moment in seconds."""
    return datetime.fromtimestamp(moment, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


@lru_cache(maxsize=8192)
def iso_date(moment: int) -> str:
    """RFC 3339's form."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def response(plan: Plan, values: dict[str, Any], dead: dict[str, str], *, folder: bool) -> str:
    """The ``<response>`` of one resource; ``values`` fill the template."""
    template = plan.folder if folder else plan.file
    found = template % values
    missing = "".join(f"<D:{name}/>" for name in plan.live if name in (FILES if folder else FOLDERS))
    if plan.every:
        found += "".join(map(xml.named, dead)) if plan.names_only else "".join(dead.values())
    else:
        for tag in plan.dead:
            if tag in dead:
                found += dead[tag]
            else:
                missing += xml.named(tag)
    opened = OPEN % values
    propstat = f"<D:propstat><D:prop>{found}</D:prop>{OK}" if found or not missing else ""
    if missing:
        propstat += f"<D:propstat><D:prop>{missing}</D:prop>{NOT_FOUND}"
    return opened + propstat + CLOSE


def multistatus(responses: list[str]) -> bytes:
    """The whole answer."""
    return f'{xml.HEAD}<D:multistatus xmlns:D="DAV:">{"".join(responses)}</D:multistatus>\n'.encode()


def text(value: str) -> str:
    """A value as XML text."""
    return value if value.isalnum() else escape(value)
