"""Secrets at rest: argon2id for what people know, keyed digests and encryption for what the platform must read.

Every key derives from ``SECRET_KEY`` (HKDF), one per use, so that the database alone opens nothing.
SOC-SEC-IAU-08, SOC-SEC-IAU-09, ASVS 6.5.2.
"""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

# OWASP's second profile: 19 MiB, two passes, one lane. About 30 ms; sign-ins at eight o'clock must not queue.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# No 0/O, 1/I/L: a code is copied from paper by a child.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@lru_cache(maxsize=16)
def _key(secret: str, use: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"preau:{use}".encode()).derive(secret.encode())


def key(use: str) -> bytes:
    """32 octets for one use."""
    return _key(str(current_app.config["SECRET_KEY"]), use)


def keyed_digest(use: str, text: str) -> str:
    """A digest that nobody can recompute without the platform's key."""
    return hmac.new(key(use), text.encode(), hashlib.sha256).hexdigest()


def encrypt(use: str, clear: bytes) -> bytes:
    """Authenticated encryption (Fernet)."""
    return Fernet(base64.urlsafe_b64encode(key(use))).encrypt(clear)


def decrypt(use: str, sealed: bytes) -> bytes | None:
    """What :func:`encrypt` sealed; nothing when it was altered or sealed under another key."""
    try:
        return Fernet(base64.urlsafe_b64encode(key(use))).decrypt(sealed)
    except InvalidToken:
        return None


def hash_secret(clear: str, *, pepper: str = "") -> str:
    """The argon2id digest; ``pepper`` names the key mixed in when the secret is short (pictures, codes)."""
    return HASHER.hash(keyed_digest(pepper, clear) if pepper else clear)


@lru_cache(maxsize=1)
def decoy() -> str:
    """The digest of a secret nobody knows: checking it costs what checking a real one does."""
    return HASHER.hash(secrets.token_urlsafe(32))


def verify_secret(stored: str, clear: str, *, pepper: str = "") -> bool:
    """Whether it is the secret. Without a digest the time is the same and the answer is no (ASVS 6.3.8)."""
    try:
        HASHER.verify(stored or decoy(), keyed_digest(pepper, clear) if pepper else clear)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def outdated(stored: str) -> bool:
    """Whether the digest was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def new_code(groups: int = 3, size: int = 4) -> str:
    """A code to copy by hand, such as ``K7PM-2XQA-9RTD`` (59 bits)."""
    return "-".join("".join(secrets.choice(CODE_ALPHABET) for _ in range(size)) for _ in range(groups))


def clean_code(typed: str) -> str:
    """A code as it was made, whatever the case, spaces and hyphens of what was typed."""
    return "".join(character for character in typed.upper() if character.isalnum())[:64]
