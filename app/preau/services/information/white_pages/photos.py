"""The photo that an adult puts in the directory: small, upright, without what a camera says of the place."""

import io

from flask_babel import gettext as _
from PIL import Image
from werkzeug.datastructures import FileStorage

from preau.kernel import files, journal, thumbnails
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.services.information.white_pages.models import Entry
from preau.services.information.white_pages.visibility import MANAGE
from preau.socle.directory.models import Profile

MEDIA_TYPE = "image/webp"
LARGEST = 20 * 1024**2
SIDE = 320
# What an address book shows; a card stays a few kilobytes.
SIDE_OF_CARD = 160


def prepared(upload: FileStorage) -> bytes:
    """The photo as it is kept; :class:`Invalid` says why it is not one."""
    size = upload.stream.seek(0, io.SEEK_END)
    upload.stream.seek(0)
    made = thumbnails.of(upload.stream, size, SIDE) if size <= LARGEST else None
    if made is None:
        message = _("Choisissez une photo JPEG, PNG ou WebP de 20 Mo au plus.")
        raise Invalid(message, {"photo": [message]})
    return made


def checked(content: bytes) -> bytes:
    """The photo of an archive: as it is when it was prepared so, else prepared; :class:`Invalid` otherwise."""
    try:
        with Image.open(io.BytesIO(content), formats=["WEBP"]) as picture:
            picture.verify()
            if max(picture.size) <= SIDE:
                return content
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        pass
    made = thumbnails.of(io.BytesIO(content), len(content), SIDE)
    if made is None:
        raise Invalid(_("la photo n’est pas une image lisible"))
    return made


def as_jpeg(sha256: str) -> bytes | None:
    """A kept photo for address books, of which few read WebP; nothing while it is in quarantine."""
    try:
        with files.opened(sha256) as content, Image.open(content) as picture:
            small = picture.convert("RGB")
    except (OSError, Refused):
        return None
    small.thumbnail((SIDE_OF_CARD, SIDE_OF_CARD))
    made = io.BytesIO()
    small.save(made, "JPEG", quality=80)
    return made.getvalue()


def remove_photo(identity: Identity, profile_id: int) -> None:
    """Take a photo away: one's own, or one that whoever looks after the directory finds out of place."""
    profile = db.session.get(Profile, profile_id)
    entry = db.session.get(Entry, profile.person_id) if profile is not None else None
    if profile is None or entry is None or entry.photo is None:
        raise NotFound(_("Il n’y a pas de photo à retirer."))
    if profile.person_id != identity.person_id and not identity.can(MANAGE, profile.structure_id):
        raise Refused(_("Seules cette personne et la direction retirent cette photo."))
    with atomic():
        entry.photo = None
        journal.record(identity, "white_pages.remove_photo", kind="white_page", key=str(profile_id))
