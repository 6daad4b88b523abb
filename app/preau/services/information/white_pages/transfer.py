"""White pages as a table, out and back in, and the import of a table or of cards (UTI-IDO-PBL-07/08).

Both are described in docs/formats/pages-blanches.md; ``format`` in the table's first column is its version.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy import select

from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import errors_of
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.services.information.white_pages import vcard
from preau.services.information.white_pages.cards import Card
from preau.services.information.white_pages.models import Entry
from preau.services.information.white_pages.operations import OF_ADULTS, EntryIn
from preau.services.information.white_pages.visibility import MANAGE
from preau.socle.directory.models import Person, Profile

VERSION = "pages-blanches-1"
COLUMNS = (
    "format", "uid", "nom", "prenom", "profil", "ecole", "fonction", "courriel", "telephone", "site", "presentation",
)  # fmt: skip
WRITTEN = {"courriel": "mail", "telephone": "phone", "site": "website", "presentation": "about"}
LARGEST_BYTES = 10 * 1024**2
MOST_LINES = 50_000
# A spreadsheet takes these for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(cards: Iterable[Card]) -> str:
    """The cards as CSV: semicolons and a byte-order mark, as spreadsheets in French expect."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for card in cards:
        row = (
            VERSION, card.uid, card.last_name, card.first_name, card.kind, card.structure, card.function,
            card.mail, card.phone, card.website, card.about,
        )  # fmt: skip
        writer.writerow([_harmless(each) for each in row])
    return out.getvalue()


def _harmless(value: str) -> str:
    return "'" + value if value.startswith(FORMULA) and not _is_phone(value) else value


def _is_phone(value: str) -> bool:
    return value.startswith("+") and value[1:].replace(" ", "").isdigit()


def read(identity: Identity, structure_id: int, content: bytes) -> int:
    """Update the entries of people of a school from a table or cards; all or nothing. Return how many."""
    require_permission(identity, MANAGE, structure_id)
    if len(content) > LARGEST_BYTES:
        raise Invalid(_("Ce fichier dépasse 10 Mo."), {"file": [_("Découpez-le, puis recommencez.")]})
    cards = vcard.are_cards(content)
    rows = vcard.rows(content) if cards else _rows(content)
    members = _members(structure_id)
    errors: dict[str, list[str]] = {}
    accepted: list[tuple[int, dict[str, str]]] = []
    for number, row in enumerate(rows, start=1 if cards else 2):
        try:
            accepted.append(_one(row, members))
        except Invalid as refused:
            errors[f"{'fiche' if cards else 'ligne'} {number}"] = [refused.message]
    if errors:
        shown = dict(list(errors.items())[:20])
        raise Invalid(_("Rien n’a été importé : corrigez ces lignes, puis recommencez."), shown)
    with atomic() as session:
        for person_id, values in accepted:
            entry = session.get(Entry, person_id) or Entry(person_id=person_id)
            for name, value in values.items():
                setattr(entry, name, value)
            session.add(entry)
        journal.record(
            identity, "white_pages.import", structure_id=structure_id, kind="white_page", lines=len(accepted)
        )
    return len(accepted)


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-15")
    first = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",", strict=True)
    try:
        rows = [row for row, _number in zip(reader, range(MOST_LINES + 1), strict=False)]
    except csv.Error:
        rows = []
    if "uid" not in (reader.fieldnames or ()) or not rows or len(rows) > MOST_LINES:
        message = _("Ce fichier n’est pas un export des pages blanches : il y faut une colonne « uid ».")
        raise Invalid(message, {"file": [message]})
    return rows


def _members(structure_id: int) -> dict[str, tuple[int, set[str]]]:
    members: dict[str, tuple[int, set[str]]] = {}
    for uid, person_id, kind in db.session.execute(
        select(Person.uid, Person.id, Profile.kind)
        .join(Profile, Profile.person_id == Person.id)
        .where(Profile.structure_id == structure_id, Profile.left_on.is_(None))
    ):
        members.setdefault(uid, (person_id, set()))[1].add(kind)
    return members


def _one(row: dict[str, Any], members: dict[str, tuple[int, set[str]]]) -> tuple[int, dict[str, str]]:
    uid = str(row.get("uid") or "").strip()
    if uid not in members:
        raise Invalid(_("l’identifiant « %(uid)s » n’est pas celui d’une personne de l’école.", uid=uid[:40]))
    values = {
        name: str(row[column] or "").strip().removeprefix("'")
        for column, name in WRITTEN.items()
        if column in row
    }
    person_id, kinds = members[uid]
    if kinds == {"pupil"} and any(values.get(name) for name in OF_ADULTS):
        raise Invalid(_("un élève ne publie ni courriel, ni téléphone, ni site."))
    try:
        EntryIn(**values)
    except ValidationError as refused:
        column = next(iter(errors_of(refused)))
        names = {name: column for column, name in WRITTEN.items()}
        raise Invalid(_("la colonne « %(column)s » ne convient pas.", column=names[column])) from None
    return person_id, values
