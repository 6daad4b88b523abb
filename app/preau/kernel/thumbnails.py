"""Thumbnails of pictures: small, turned the right way, with nothing left of their metadata."""

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 320
LARGEST_FILE = 40 * 1024**2
LARGEST_PICTURE = 80_000_000  # pixels: beyond, decoding costs more memory than a job may take
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")


def of(content: BinaryIO, size: int, side: int = SIDE) -> bytes | None:
    """A WebP of at most ``side`` pixels a side, or nothing when the content is no picture we read."""
    if size > LARGEST_FILE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(content, formats=FORMATS) as picture:
                if picture.width * picture.height > LARGEST_PICTURE:
                    return None
                picture.draft("RGB", (side * 2, side * 2))
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((side, side))
                made = io.BytesIO()
                upright.convert("RGBA" if "A" in upright.getbands() else "RGB").save(made, "WEBP", quality=80)
                return made.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
