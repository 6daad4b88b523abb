"""Forms are sent as browsers send them: with their token."""

import pytest


@pytest.fixture(autouse=True)
def _forms_need_their_token(session_app, monkeypatch):
    monkeypatch.setitem(session_app.config, "WTF_CSRF_ENABLED", True)
