"""The sign-in page of a class: an opaque address that can be changed whenever it went too far."""

import secrets
from typing import Any

import segno
from flask import current_app
from sqlalchemy import delete, select

from preau.kernel import journal, preferences
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Membership
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


def of_pupil(identity: Identity, person_id: int, structure_id: int) -> ClassDoor | None:
    """The door of a pupil's class, made when the school has doors and the class has none yet."""
    settings = ["security.pictures", "security.class_doors"]
    if not all(preferences.resolve(settings, None, structure_id).values()):
        return None
    group = db.session.scalar(
        select(Group)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.person_id == person_id, Group.kind == "class", Group.structure_id == structure_id)
        .order_by(Group.id)
        .limit(1)
    )
    return (of_group(group) or renew(identity, group)) if group else None


def address_of(door: ClassDoor) -> str:
    """The full address."""
    base = str(current_app.config["SETTINGS"].public_url).rstrip("/")
    return f"{base}/connexion/classe/{door.code}"


def poster(door: ClassDoor) -> dict[str, Any]:
    """The full address and its QR code."""
    address = address_of(door)
    return {
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(scale=6, border=2, omitsize=True),
    }
