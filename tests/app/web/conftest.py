"""The parts of ``preau.web`` on an application of their own."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.face import build_site


@pytest.fixture
def site() -> Flask:
    """An application with the face and nothing behind it."""
    return build_site()


@pytest.fixture
def nobody(site: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    return site.test_client()


@pytest.fixture
def nadia(site: Flask) -> FlaskClient:
    """A browser that a teacher signed in with."""
    client = site.test_client()
    client.set_cookie("who", "nadia")
    return client
