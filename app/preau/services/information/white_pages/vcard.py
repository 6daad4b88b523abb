"""White pages as cards for address books: vCard 4.0 (RFC 6350), out and back in (UTI-IDO-PBL-05/07/08)."""

import base64
import re
from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from preau.kernel.errors import Invalid
from preau.services.information.white_pages import photos
from preau.services.information.white_pages.cards import Card

OURS = "urn:preau:"
LINE = 75
MOST_CARDS = 50_000
# Of a card, what a person publishes; the rest is the directory's.
READ = {"EMAIL": "courriel", "TEL": "telephone", "URL": "site", "NOTE": "presentation"}
PROPERTY = re.compile(r"(?:[\w-]+\.)?(?P<name>[A-Za-z-]+)(?:;[^:]*)?:(?P<value>.*)\Z", re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def to_vcards(cards: Iterable[Card]) -> str:
    """The cards as vCard 4.0, with what the reader sees of them."""
    return "".join(_vcard(card) for card in cards)


def _vcard(card: Card) -> str:
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"UID:{OURS}{card.uid}",
        f"FN:{_escape(card.name)}",
        f"N:{_escape(card.last_name)};{_escape(card.first_name)};;;",
        f"ORG:{_escape(card.structure)}",
        f"ROLE:{_escape(card.profile)}",
    ]
    optional = {"TITLE": card.function, "EMAIL": card.mail, "URL": card.website, "NOTE": card.about}
    lines += [f"{name}:{_escape(value)}" for name, value in optional.items() if value]
    if card.phone:
        lines.append(f"TEL;VALUE=text:{_escape(card.phone)}")
    if card.photo and (picture := photos.as_jpeg(card.photo)):
        lines.append(f"PHOTO:data:image/jpeg;base64,{base64.b64encode(picture).decode()}")
    lines.append("END:VCARD")
    return "".join(_folded(line) for line in lines)


def _escape(value: str) -> str:
    for special, escaped in (("\\", "\\\\"), ("\n", "\\n"), ("\r", ""), (",", "\\,"), (";", "\\;")):
        value = value.replace(special, escaped)
    return value


def _folded(line: str) -> str:
    """RFC 6350 3.2: lines of at most 75 octets, never cut inside a character."""
    if line.isascii():
        parts = [line[:LINE], *(line[at : at + LINE - 1] for at in range(LINE, len(line), LINE - 1))]
        return "\r\n ".join(parts) + "\r\n"
    folded, current = "", ""
    for character in line:
        if len((current + character).encode()) > LINE:
            folded, current = folded + current + "\r\n", " "
        current += character
    return folded + current + "\r\n"


def are_cards(content: bytes) -> bool:
    """Whether a file begins as cards do."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:11].upper() == b"BEGIN:VCARD"


def rows(content: bytes) -> list[dict[str, str]]:
    """One row for each card, with the columns of the table; a property that a card leaves out is not changed."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-15")
    found = list(_cards(re.sub(r"\r?\n[ \t]", "", text).splitlines()))
    if not found or len(found) > MOST_CARDS:
        message = _("Ce fichier ne contient pas de carte de visite complète.")
        raise Invalid(message, {"file": [message]})
    return found


def _cards(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    card: dict[str, str] | None = None
    for line in lines:
        if line.strip().upper() == "BEGIN:VCARD":
            card = {"uid": ""}
        elif line.strip().upper() == "END:VCARD" and card is not None:
            yield card
            card = None
        elif card is not None and (found := PROPERTY.match(line)):
            name, value = found["name"].upper(), _unescape(found["value"])
            if name == "UID":
                card["uid"] = value.removeprefix(OURS)
            elif name in READ:
                # The first one is the preferred one of whoever wrote the card.
                card.setdefault(READ[name], value.removeprefix("tel:") if name == "TEL" else value)


def _unescape(value: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
