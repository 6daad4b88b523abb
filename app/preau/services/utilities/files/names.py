"""Names of files and folders: what every system can write, in one form of Unicode."""

import mimetypes
import unicodedata
import uuid

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.services.utilities.files.models import Node

LONGEST = 255  # octets of UTF-8, as on the disks that these files come from
FORBIDDEN = frozenset("/\0")
MORE_TYPES = {
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".webp": "image/webp",
    ".ggb": "application/vnd.geogebra.file",
    ".sb3": "application/x-scratch",
}
UNKNOWN = "application/octet-stream"
TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
# At the top of a person's space WebDAV shows these two ways elsewhere.
GROUPS, SHARED = "Groupes", "Partagés avec moi"


def _is_invisible(character: str) -> bool:
    # Marks that turn the reading direction make « exe.txt » of « txt.exe ».
    return unicodedata.category(character) == "Cc" or unicodedata.bidirectional(character) in TURNS


def clean(raw: str) -> str:
    """The name in its composed form (a Mac sends the other), or :class:`Invalid`."""
    name = unicodedata.normalize("NFC", raw).strip()
    if not name or name in {".", ".."}:
        raise Invalid(_("Donnez un nom."), {"name": [_("Donnez un nom.")]})
    if not FORBIDDEN.isdisjoint(name) or any(_is_invisible(each) for each in name):
        message = _("Un nom ne contient ni barre oblique (/) ni caractère invisible.")
        raise Invalid(message, {"name": [message]})
    if len(name.encode()) > LONGEST:
        message = _("Ce nom est trop long : raccourcissez-le à 200 caractères environ.")
        raise Invalid(message, {"name": [message]})
    return name


def fit(parent: Node, raw: str) -> str:
    """The name, when it may be given in that folder."""
    name = clean(raw)
    if parent.is_root and parent.owner_id is not None and name in {GROUPS, SHARED}:
        message = _("Ce nom est réservé ici. Choisissez-en un autre.")
        raise Invalid(message, {"name": [message]})
    return name


def media_type(name: str) -> str:
    """The type that the extension announces."""
    dot = name.rfind(".")
    extension = name[dot:].lower() if dot > 0 else ""
    return MORE_TYPES.get(extension) or mimetypes.types_map.get(extension, UNKNOWN)


def child(parent_id: uuid.UUID, name: str) -> Node | None:
    """What bears that name in a folder."""
    return db.session.scalar(
        select(Node).where(Node.parent_id == parent_id, Node.name == name, Node.trashed_at.is_(None))
    )


def free(parent_id: uuid.UUID, name: str) -> str:
    """The name, or the first of "nom (2).odt", "nom (3).odt"… that nothing bears in the folder."""
    taken = set(
        db.session.scalars(select(Node.name).where(Node.parent_id == parent_id, Node.trashed_at.is_(None)))
    )
    dot = name.rfind(".")
    stem, extension = (name[:dot], name[dot:]) if dot > 0 else (name, "")
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{stem[: 230 - len(extension)]} ({number}){extension}"
    return candidate
