"""The sign-in page of a class: an opaque address that can be changed whenever it went too far."""

import secrets
from typing import Any

import segno
from flask import current_app, url_for
from sqlalchemy import delete, select

from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group
from preau.socle.security.accounts.models import ClassDoor


def of_group(group: Group) -> ClassDoor | None:
    """The door of a class, if it has one."""
    return db.session.scalar(select(ClassDoor).where(ClassDoor.group_id == group.id))


def renew(identity: Identity, group: Group) -> ClassDoor:
    """A door with a new address. The caller checked the right."""
    with atomic() as session:
        session.execute(delete(ClassDoor).where(ClassDoor.group_id == group.id))
        door = ClassDoor(structure_id=group.structure_id, group_id=group.id, code=secrets.token_urlsafe(10))
        session.add(door)
        session.flush()
        journal.record(identity, "security.class_door", door)
    return door


def poster(door: ClassDoor) -> dict[str, Any]:
    """The full address and its QR code."""
    base = str(current_app.config["SETTINGS"].public_url).rstrip("/")
    address = base + url_for("authentication.class_door", code=door.code)
    return {
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(scale=6, border=2, omitsize=True),
    }
