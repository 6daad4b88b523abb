"""Who calls: Basic over application passwords, remembered a few seconds so that a drive stays fast."""

import base64
import binascii
import hashlib
import time
from importlib import import_module
from typing import Any

from preau.kernel.identity import Identity

SCOPE = "files"
# A password that is revoked, or a right that moves, takes effect here after at most this many seconds.
REMEMBERED = 5.0
MOST = 2000
_known: dict[bytes, tuple[float, Identity]] = {}


def identity_of(environ: dict[str, Any]) -> Identity | None:
    """The person that the Authorization header names, or nothing."""
    header = environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or not encoded:
        return None
    key = hashlib.sha256(header.encode()).digest()
    known = _known.get(key)
    if known and known[0] > time.monotonic():
        return known[1]
    try:
        username, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        return None
    basic = import_module("preau.socle.security.authentication.basic")
    identity: Identity | None = basic.identity_of(username, password, SCOPE)
    if identity is None or not identity.can("files.use"):
        return None
    if len(_known) >= MOST:
        _known.clear()
    _known[key] = (time.monotonic() + REMEMBERED, identity)
    return identity
