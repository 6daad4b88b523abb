"""Logos of the partners: checked, reduced and re-encoded, so that nothing of a hostile file is served."""

import io
import uuid

from flask_babel import gettext as _
from PIL import Image, UnidentifiedImageError
from sqlalchemy import delete

from preau.kernel import journal, preferences
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.portal.models import PortalLogo

LARGEST_BYTES = 2 * 1024**2
LARGEST_PIXELS = 24_000_000
BOX = (480, 240)
MOST_AUTHORITIES = 6


def reduced(content: bytes) -> tuple[bytes, int, int]:
    """The picture as a PNG that fits the box, with its size."""
    if len(content) > LARGEST_BYTES:
        raise _invalid(_("Ce fichier dépasse 2 Mo : réduisez l’image, puis recommencez."))
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise _invalid(_("Cette image est trop grande : 24 millions de points au plus."))
            small = picture.convert("RGBA")
            small.thumbnail(BOX)
            encoded = io.BytesIO()
            small.save(encoded, "PNG", optimize=True)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise _invalid(
            _("Ce fichier n’est pas une image lisible : choisissez un PNG, un JPEG ou un WebP.")
        ) from None
    return encoded.getvalue(), small.width, small.height


def _invalid(message: str) -> Invalid:
    return Invalid(message, {"logo": [message]})


def _store(kind: str, name: str, content: bytes, structure_id: int | None) -> PortalLogo:
    encoded, width, height = reduced(content)
    logo = PortalLogo(
        kind=kind, name=name[:150], content=encoded, width=width, height=height, structure_id=structure_id
    )
    db.session.add(logo)
    db.session.flush()
    return logo


def address(logo: PortalLogo) -> str:
    """Where a logo is served; a logo never changes, another takes its place."""
    return f"/logos/{logo.id}.png"


def put_academy_logo(identity: Identity, name: str, content: bytes | None) -> None:
    """Set the académie's name, and its logo when one is given (SOC-POR-PPO-01)."""
    require_permission(identity, "portal.project")
    if not name.strip():
        message = _("Indiquez le nom de l’académie : il décrit le logo à qui ne le voit pas.")
        raise Invalid(message, {"academy_name": [message]})
    with atomic() as session:
        preferences.choose(identity, "portal.academy_name", "project", 0, name.strip()[:150])
        if content:
            session.execute(delete(PortalLogo).where(PortalLogo.kind == "academy"))
            logo = _store("academy", name, content, None)
            preferences.choose(identity, "portal.academy_logo", "project", 0, address(logo))
        journal.record(identity, "portal.put_academy_logo")


def add_authority_logo(identity: Identity, name: str, content: bytes) -> None:
    """Show one more partner on the public page."""
    require_permission(identity, "portal.project")
    if not name.strip() or not content:
        message = _("Indiquez le nom de la collectivité et choisissez son logo.")
        raise Invalid(message, {"authority_name": [message]})
    shown = list(preferences.value("portal.authority_logos"))
    if len(shown) >= MOST_AUTHORITIES:
        raise Invalid(
            _("Il y a déjà six logos : retirez-en un d’abord."), {"authority_logo": [_("Six logos au plus.")]}
        )
    with atomic():
        logo = _store("authority", name, content, None)
        shown.append({"url": address(logo), "name": name.strip()[:150]})
        preferences.choose(identity, "portal.authority_logos", "project", 0, shown)
        journal.record(identity, "portal.add_authority_logo", key=str(logo.id), kind="portal_logo")


def remove_authority_logo(identity: Identity, url: str) -> None:
    """Stop showing a partner."""
    require_permission(identity, "portal.project")
    shown = preferences.value("portal.authority_logos")
    with atomic() as session:
        kept = [each for each in shown if each["url"] != url]
        preferences.choose(identity, "portal.authority_logos", "project", 0, kept)
        for gone in (each for each in shown if each["url"] == url):
            number = uuid.UUID(gone["url"].removeprefix("/logos/").removesuffix(".png"))
            session.execute(delete(PortalLogo).where(PortalLogo.id == number))
        journal.record(identity, "portal.remove_authority_logo")


def put_structure_logo(identity: Identity, structure_id: int, name: str, content: bytes) -> None:
    """Show the school's own picture to its people (SOC-POR-PPO-05)."""
    require_permission(identity, "portal.appearance", structure_id)
    with atomic() as session:
        session.execute(
            delete(PortalLogo).where(PortalLogo.kind == "structure", PortalLogo.structure_id == structure_id)
        )
        logo = _store("structure", name, content, structure_id)
        preferences.choose(identity, "portal.structure_logo", "structure", structure_id, address(logo))
        journal.record(identity, "portal.put_structure_logo", structure_id=structure_id)


def logo(number: uuid.UUID) -> PortalLogo:
    """A logo, for anybody: the public page shows them."""
    found = db.session.get(PortalLogo, number)
    if found is None:
        raise NotFound(_("Ce logo n’existe plus."))
    return found
