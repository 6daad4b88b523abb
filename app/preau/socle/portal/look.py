"""The look of a request, from settings: no query while nothing changed (SOC-POR-PPO-05/06/07)."""

import time
from typing import Any

from flask import current_app, g, request
from flask_babel import gettext as _

from preau.kernel import preferences
from preau.kernel.identity import Identity
from preau.socle.portal.settings import SETTINGS
from preau.socle.security.authentication import sessions
from preau.socle.security.models import SignInSession
from preau.web.assets import asset

Look = dict[str, Any]
NAMES = [setting.name for setting in SETTINGS]
FRAME = ("palette", "scheme", "contrast", "font", "text_size")
LARGEST = 5000
# Somebody who is not signed in has no session to read a version with.
PUBLIC_SECONDS = 5.0
WITHOUT_FRAME = ("/static/", "/api/", "/logos/", "/dav", "/sw.js", "/manifest")
_chosen: dict[tuple[Any, ...], Look] = {}
_public: dict[str, tuple[float, Look]] = {}


def listen() -> None:
    """Have the version of the person's settings read with the session."""
    sessions.read_along("settings", lambda: preferences.version_for(SignInSession.person_id))


def forget() -> None:
    """Read everything again at the next request of this process."""
    _chosen.clear()
    _public.clear()


def chosen(identity: Identity) -> Look:
    """Every setting of the portal that holds for the identity, by its short name."""
    version = g.get("along", {}).get("settings")
    key = (version, identity.person_id, identity.structure_id, identity.principals)
    if version is None or key not in _chosen:
        if len(_chosen) >= LARGEST:
            _chosen.clear()
        _chosen[key] = _resolve(identity)
    return _chosen[key]


def public_look() -> Look:
    """The project's own settings, at most a few seconds old."""
    read_at, values = _public.get("", (0.0, {}))
    if not values or time.monotonic() - read_at > PUBLIC_SECONDS:
        values = _resolve(None)
        _public[""] = (time.monotonic(), values)
    return values


def _resolve(identity: Identity | None) -> Look:
    values = preferences.resolve(NAMES, identity)
    return {name.partition(".")[2]: value for name, value in values.items()}


def frame() -> None:
    """Before each request: fill ``g.frame`` for the page's frame (:mod:`preau.web.shell`)."""
    g.pop("shell", None)
    g.pop("look", None)
    g.frame = {}
    # An address that does not exist has a page too, and its reader the same eyes.
    if request.path.startswith(WITHOUT_FRAME):
        return
    identity: Identity | None = g.get("identity")
    g.look = values = chosen(identity) if identity else public_look()
    g.frame = {name: values[name] for name in FRAME}
    g.frame |= academy(values)
    g.frame["unread"] = g.get("along", {}).get("unread") or 0
    if values["face"]:
        g.frame["face"] = values["face"]


def academy(values: Look) -> dict[str, Any]:
    """Name and logos of the partners; the demonstration has an invented academy (SOC-POR-PPO-01)."""
    name, logo = values["academy_name"], values["academy_logo"]
    if current_app.config["SETTINGS"].demo:
        name, logo = name or _("Académie de Bellerive"), logo or asset("images/academie-demo.svg")
    return {
        "academy_name": name,
        "academy_logo_url": logo,
        "authority_logos": values["authority_logos"],
    }
