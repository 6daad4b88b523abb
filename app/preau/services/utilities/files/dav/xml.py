"""XML of WebDAV: bodies read without trust, answers written as text."""

from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from preau.services.utilities.files.dav.status import Stop

DAV = "{DAV:}"
LONGEST_BODY = 512 * 1024
LONGEST_PROPERTY = 32 * 1024
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
TYPE = "application/xml; charset=utf-8"


def parse(body: bytes) -> Any:
    """The root element, or 400. Entities, DTDs and the network are out of reach."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Stop(400) from None
    if root.getroottree().docinfo.doctype or parser.error_log.filter_from_errors():
        raise Stop(400)
    return root


def serialised(element: Any) -> str:
    """An element as text that stands alone, namespaces included."""
    element.tail = None
    text: str = etree.tostring(element, encoding="unicode")
    if len(text) > LONGEST_PROPERTY:
        raise Stop(507)
    return text


@lru_cache(maxsize=4096)
def named(tag: str) -> str:
    """An empty element of that name in Clark notation, prefix D for DAV's own."""
    if tag.startswith(DAV):
        return f"<D:{tag[len(DAV) :]}/>"
    namespace, _, name = tag[1:].partition("}") if tag.startswith("{") else ("", "", tag)
    return f'<{name} xmlns="{escape(namespace, {chr(34): "&quot;"})}"/>'


def error(condition: str) -> bytes:
    """The body that names a precondition (RFC 4918 section 16)."""
    return f'{HEAD}<D:error xmlns:D="DAV:"><D:{condition}/></D:error>'.encode()
