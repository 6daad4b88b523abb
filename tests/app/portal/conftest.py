"""What the portal keeps in the process belongs to the database of one test."""

import pytest

from preau.socle.portal import home, look


@pytest.fixture(autouse=True)
def _nothing_kept(app):
    look.forget()
    home.forget()
