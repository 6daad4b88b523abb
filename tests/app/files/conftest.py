"""WebDAV as a client speaks it, in this process."""

import base64

import pytest

from preau.kernel.tenancy import behind
from preau.socle.security.authentication import basic


@pytest.fixture
def dav(app, world):
    """``dav("teacher", "PUT", "/a.txt", data=…, headers…)`` in this process."""

    passwords: dict[str, str] = {}

    def authorization(key: str) -> str:
        if key not in passwords:
            identity = world.identity(key)
            with behind(identity):
                passwords[key] = basic.create(identity, "essai")
        login = key.replace("_", ".")
        return "Basic " + base64.b64encode(f"{login}:{passwords[key]}".encode()).decode()

    def call(key: str | None, method: str, path: str, data: bytes = b"", **headers: str):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Authorization"] = authorization(key)
        return app.test_client().open("/dav" + path, method=method, data=data, headers=sent, buffered=True)

    return call
