"""Pictures of news: upright, no larger than a page shows, without what a phone says of the place."""

from typing import BinaryIO

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from preau.kernel import files, thumbnails
from preau.kernel.errors import Invalid

WIDEST = 1600
LARGEST = 20 * 1024**2
MEDIA_TYPE = "image/webp"


def store(upload: FileStorage, field: str = "picture") -> str:
    """Keep a picture; return its hash. An :class:`Invalid` says why it is not one."""
    made = prepared(upload.stream, field)
    return files.store(made).sha256


def prepared(stream: BinaryIO, field: str) -> bytes:
    """The picture as WebP, of at most 1600 pixels a side."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > LARGEST:
        raise Invalid("", {field: [_("Cette image dépasse 20 Mo. Réduisez-la, ou choisissez-en une autre.")]})
    made = thumbnails.of(stream, size, WIDEST)
    if made is None:
        message = _("Ce fichier n’est pas une image lisible ici. Choisissez un JPEG, un PNG ou un WebP.")
        raise Invalid(message, {field: [message]})
    return made
