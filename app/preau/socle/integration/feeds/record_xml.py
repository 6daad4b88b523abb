"""One AAF request, from text to attributes: a strict fast path and a tolerant slow one."""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from html.entities import html5
from typing import Final

from lxml import etree

from .errors import ProblemLog

_TEXT: Final = r"[^<\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*+"
_VALUE: Final = rf"<value>{_TEXT}</value>\s*+"
_START: Final = (
    r"<addRequest>\s*+<operationalAttributes>\s*+"
    r'<attr name="categorie\w++">\s*+<value>(\w++)</value>\s*+</attr>\s*+'
    r"</operationalAttributes>\s*+<identifier>\s*+<id>\s*+([^<>&\s\x00-\x1f]++)\s*+</id>\s*+</identifier>\s*+"
    r"<attributes>\s*+"
)
_END: Final = r"</attributes>\s*+</addRequest>"
_CANONICAL: Final = re.compile(rf'{_START}((?:<attr name="\w++">\s*+(?:{_VALUE})++</attr>\s*+)++){_END}')
_ATTR: Final = re.compile(
    r'<attr name="(\w++)">\s*+<value>([^<]*+)</value>\s*+((?:<value>[^<]*+</value>\s*+)*+)</attr>'
)
_VALUES: Final = re.compile(r"<value>([^<]*+)")
_AMPERSAND: Final = re.compile(r"&(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|\w{1,32};)?")
_ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PREFIX: Final = re.compile(r"</?([A-Za-z_][\w.-]*):\w")
_PREDEFINED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_PREDEFINED_ONLY: Final = frozenset(f"{name};" for name in _PREDEFINED)
_EMPTY_VALUE: Final = re.compile(r"<value\s*/>")

MAX_VALUES: Final = 20_000
# Of a form that is worth an expression of its own.
_MOST_NAMES: Final = 200


class MalformedError(ValueError):
    """A record that no repair makes readable."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code, self.details = code, details


class CanonicalParser:
    """Reads `addRequest` in canonical form: category, key and attributes.

    An exporter names the same attributes in the same order from record to record. Once a form came twice,
    one expression checks and takes apart the whole of the next record that has it.
    """

    def __init__(self) -> None:
        self._names: tuple[str, ...] = ()
        self._form: re.Pattern[str] | None = None

    def parse(self, text: str) -> tuple[str, str, dict[str, list[str]]] | None:
        """The parts of a record; None when only the slow path can tell."""
        if "/>" in text:
            text = _EMPTY_VALUE.sub("<value></value>", text)
        escaped = "&" in text
        if escaped and not _PREDEFINED_ONLY.issuperset(_AMPERSAND.findall(text)):
            return None
        parts = self._of_known_form(text) or self._of_any_form(text)
        if parts is not None and escaped:
            for values in parts[2].values():
                for rank, value in enumerate(values):
                    if "&" in value:
                        values[rank] = _unescape(value)
        return parts

    def _of_known_form(self, text: str) -> tuple[str, str, dict[str, list[str]]] | None:
        if self._form is None or (found := self._form.fullmatch(text)) is None:
            return None
        category, key, *values = found.groups()
        attributes = {name: [value] for name, value in zip(self._names, values[::2], strict=True)}
        for name, more in zip(self._names, values[1::2], strict=True):
            if more:
                attributes[name] += _VALUES.findall(more)
        return category, key, attributes

    def _of_any_form(self, text: str) -> tuple[str, str, dict[str, list[str]]] | None:
        found = _CANONICAL.fullmatch(text)
        if found is None:
            return None
        said = _ATTR.findall(found[3])
        attributes = {name: [one, *_VALUES.findall(more)] if more else [one] for name, one, more in said}
        if len(attributes) != len(said):
            return None
        names = tuple(attributes)
        usual = names == self._names and len(names) <= _MOST_NAMES
        self._form = _form_of(names) if usual else None
        self._names = names
        return found[1], found[2], attributes


@lru_cache(maxsize=64)
def _form_of(names: tuple[str, ...]) -> re.Pattern[str]:
    attributes = (
        rf'<attr name="{name}">\s*+<value>({_TEXT})</value>\s*+((?:{_VALUE})*+)</attr>\s*+' for name in names
    )
    return re.compile(_START + "".join(attributes) + _END)


def _unescape(text: str) -> str:
    for name, character in (("&apos;", "'"), ("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(name, character)
    return text


def parse_tolerant(
    text: str, file: str, position: int, problems: ProblemLog
) -> tuple[str, str, str, dict[str, list[str]]]:
    """Operation, category, key and attributes after repair; `MalformedError` when there is none."""
    if _ILLEGAL.search(text):
        problems.once("PRE-FED-208", file, position)
        text = _ILLEGAL.sub("", text)
    if "<!" in text.replace("<!--", "").replace("<![CDATA[", ""):
        raise MalformedError("PRE-FED-204")
    text = _repair_references(text, file, position, problems)
    names = "".join(f' xmlns:{prefix}="urn:x"' for prefix in sorted(set(_PREFIX.findall(text)))[:8])
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(f"<r{names}>{text}</r>".encode(), parser)
    except etree.XMLSyntaxError as error:
        raise MalformedError("PRE-FED-204") from error
    if len(root) != 1:
        raise MalformedError("PRE-FED-204")
    return _read_request(root[0])


def _repair_references(text: str, file: str, position: int, problems: ProblemLog) -> str:
    """Undeclared entities become the character HTML gives them, or the text they are written with."""
    if "&" not in text or "<![CDATA[" in text:
        return text

    def repaired(found: re.Match[str]) -> str:
        body = found[1]
        if body is None:
            return "&amp;"
        name = body[:-1]
        if name in _PREDEFINED:
            return found[0]
        if name.startswith("#"):
            return _character(name[1:])
        if (known := html5.get(body)) is not None:
            return "".join(f"&#{ord(character)};" for character in known)
        problems.once("PRE-FED-207", file, position, name=name)
        return f"&amp;{body}"

    return _AMPERSAND.sub(repaired, text)


def _character(digits: str) -> str:
    """A numeric reference XML allows, or nothing."""
    number = int(digits[1:], base=16) if digits[0] in "xX" else int(digits)
    if number > sys.maxunicode or _ILLEGAL.match(chr(number)):
        return ""
    return f"&#{number};"


def _read_request(request: etree._Element) -> tuple[str, str, str, dict[str, list[str]]]:
    operation = _local(request)
    parts = {_local(child): child for child in request}
    if not parts.keys() <= {"operationalAttributes", "identifier", "attributes", "modifications"}:
        raise MalformedError("PRE-FED-205", reason="balise inattendue")
    operational = parts.get("operationalAttributes")
    category = next(iter(_read_values(operational).values()), [""])[0] if operational is not None else ""
    identifier = parts.get("identifier")
    key = "".join(identifier.itertext()).strip() if identifier is not None else ""
    if not category:
        raise MalformedError("PRE-FED-205", reason="catégorie absente")
    if not key:
        raise MalformedError("PRE-FED-303")
    if operation == "deleteRequest":
        return operation, category.strip(), key, {}
    content = parts.get("modifications" if operation == "modifyRequest" else "attributes")
    if content is None:
        raise MalformedError("PRE-FED-205", reason="attributs absents")
    return operation, category.strip(), key, _read_values(content)


def _read_values(parent: etree._Element) -> dict[str, list[str]]:
    """Named values of `attr` or `modification` children; a repeated name adds its values."""
    attributes: dict[str, list[str]] = {}
    for child in parent:
        name = (child.get("name") or "").strip()
        if _local(child) not in ("attr", "modification") or not name:
            raise MalformedError("PRE-FED-205", reason="attribut sans nom")
        if child.get("operation", "replace") != "replace":
            raise MalformedError("PRE-FED-205", reason="modification autre que « replace »")
        values = attributes.setdefault(name, [])
        for value in child:
            if _local(value) != "value" or len(value):
                raise MalformedError("PRE-FED-205", reason="valeur mal formée")
            values.append(value.text or "")
        if not values:
            values.append("")
        if len(values) > MAX_VALUES:
            raise MalformedError("PRE-FED-205", reason="trop de valeurs")
    return attributes


def _local(element: etree._Element) -> str:
    tag = element.tag
    return str(tag).rpartition("}")[2]
