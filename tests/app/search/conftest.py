"""Bookmarks of the world's people, written as their pages do."""

import pytest

from preau.kernel.tenancy import behind
from preau.kernel.traits.shared import share
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.schemas import BookmarkIn


@pytest.fixture
def bookmark(world):
    """``bookmark("teacher", "Titre", note="…", shared=["group:1"])``."""

    def write(key: str, title: str, note: str = "", url: str = "https://exemple.test/", shared=()):
        identity = world.identity(key)
        with behind(identity):
            made = operations.create_bookmark(identity, BookmarkIn(title=title, url=url, note=note))
            if shared:
                share(identity, made, dict.fromkeys(shared, "read"))
        return made

    return write
