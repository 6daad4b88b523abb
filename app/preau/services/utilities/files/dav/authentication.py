"""Who calls: Basic over application passwords, remembered a few seconds so that a drive stays fast."""

import base64
import binascii
import hashlib
import time
import uuid
from dataclasses import dataclass
from typing import Any

from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.tenancy import stand_behind, wall_of
from preau.services.utilities.files import spaces
from preau.socle.security.authentication import basic

SCOPE = "dav"
# A password that is revoked, or a right that moves, takes effect here after at most this many seconds.
REMEMBERED = 5.0
MOST = 2000


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose password was checked, and the top of their own space."""

    identity: Identity
    root_id: uuid.UUID
    until: float


_known: dict[bytes, Caller] = {}


def caller_of(environ: dict[str, Any]) -> Caller | None:
    """The person that the Authorization header names, or nothing."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or not encoded:
        return None
    key = hashlib.sha256(header.encode()).digest()
    known = _known.get(key)
    if known and known.until > time.monotonic():
        return known
    try:
        username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return None
    try:
        found = _checked(username, password, environ.get("REMOTE_ADDR", ""))
    finally:
        db.session.rollback()
    if found is not None:
        if len(_known) >= MOST:
            _known.clear()
        _known[key] = found
    return found


def _checked(username: str, password: str, origin: str) -> Caller | None:
    identity = basic.identity_of(username, password, SCOPE, origin)
    if identity is None or not identity.can("files.use"):
        return None
    stand_behind(wall_of(identity))
    # Once each time the password is checked: what a drive may hold follows the settings.
    return Caller(identity, spaces.own_space(identity).id, time.monotonic() + REMEMBERED)
