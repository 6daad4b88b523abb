"""The picture password of pupils who cannot read yet: three pictures in order, among twenty-four.

Few combinations, hence a keyed digest, the lowest level of authentication, and the strictest throttle.
"""

import json
import secrets
from functools import lru_cache
from pathlib import Path

from flask import current_app

from preau.socle.security.authentication import vault

COUNT = 3
PEPPER = "pictures"
FACES = frozenset({"maternelle", "elementaire"})


@lru_cache(maxsize=4)
def _read(folder: str) -> tuple[tuple[str, str], ...]:
    listed = json.loads((Path(folder) / "pictures.json").read_text())
    return tuple((picture["key"], picture["label"]) for picture in listed)


def catalogue() -> dict[str, str]:
    """Label by key, in the order they are shown."""
    return dict(_read(f"{current_app.static_folder}/images/pictures"))


def draw() -> list[str]:
    """A sequence drawn at random, without the same picture twice: a child tells it as a little story."""
    return secrets.SystemRandom().sample(list(catalogue()), COUNT)


def hashed(sequence: list[str]) -> str:
    """What the account keeps."""
    return vault.hash_secret(">".join(sequence), pepper=PEPPER)


def matches(stored: str, sequence: list[str]) -> bool:
    """Whether these are the pictures, in that order."""
    return vault.verify_secret(stored, ">".join(sequence), pepper=PEPPER)
