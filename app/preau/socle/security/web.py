"""The door of every page: who may pass, with which means, and where to go otherwise.

No route answers without authentication unless it is on the list of public ones; a test walks the URL map.
SOC-SEC-IAU-11, SOC-SEC-IAU-12, SOC-SEC-AUT-01.
"""

from urllib.parse import urlsplit

from flask import Flask, current_app, g, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from preau.kernel import preferences
from preau.kernel.contract import registry
from preau.kernel.identity import AuthenticationLevel

ALWAYS_PUBLIC = frozenset({"static", "assets.versioned"})
ADMINISTRATION = "/administration"
MACHINES = ("/api/", "/dav/", "/schemas/")
# A class signs in at once behind one address: these stop machines, the throttle stops guesses.
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False, default_limits=[])
SIGN_IN_LIMIT = "240 per minute"
CODE_LIMIT = "60 per minute"
EXPORT_LIMIT = "20 per minute"

STEPS = {"password": "account.password", "charter": "authentication.charter_page"}
FREE_OF_STEPS = frozenset(
    {
        "authentication.sign_out",
        "authentication.charter_page",
        "authentication.charter_submit",
        "account.password",
        "account.password_submit",
    }
)
# What a child who signed in by pictures does with the account; the means of sign-in ask for the password first.
OF_ANY_SESSION = frozenset(
    f"account.{name}" for name in ("index", "devices", "close_device", "close_others", "idle")
)


def init_app(app: Flask) -> None:
    """Guard every request, after the session is loaded."""
    limiter.init_app(app)
    app.before_request(guard)
    app.jinja_env.globals["security_tabs"] = security_tabs


TABS = (
    ("accounts.index", _l("Comptes"), "security.accounts"),
    ("rights.matrix", _l("Droits"), "security.rights"),
    ("security.alerts", _l("Alertes"), "security.journal"),
    ("security.journal_page", _l("Journal"), "security.journal"),
    ("security.policy", _l("Politique"), "security.policy"),
    ("security.settings", _l("Réglages"), "security.policy"),
    ("security.charter_page", _l("Charte"), "security.policy"),
)


def security_tabs() -> list[tuple[str, str, bool]]:
    """The screens of security that the person may open, for the tabs above each."""
    blueprint = request.blueprint
    return [
        (str(label), url_for(endpoint), _is_here(endpoint, blueprint))
        for endpoint, label, permission in TABS
        if g.identity is not None and g.identity.can(permission)
    ]


def _is_here(endpoint: str, blueprint: str | None) -> bool:
    if blueprint == "security":
        return request.endpoint == endpoint
    return endpoint.partition(".")[0] == blueprint


def by_person() -> str:
    """Whose limit it is: a person's, so that a school behind one address does not share it."""
    identity = g.get("identity")
    return f"person:{identity.person_id}" if identity else get_remote_address()


def is_public(endpoint: str | None, app: Flask) -> bool:
    """Whether an endpoint answers to nobody in particular."""
    if endpoint is None or endpoint in ALWAYS_PUBLIC or endpoint in registry.public_endpoints():
        return True
    return bool(getattr(app.view_functions.get(endpoint), "is_public", False))


def guard() -> Response | None:
    """Let the request pass, or say where to go first."""
    if is_public(request.endpoint, current_app):
        return None
    if g.get("identity") is None:
        return _sign_in_first()
    steps = (g.session_row.data.get("steps") or []) if g.get("session_row") else []
    if steps and request.endpoint not in FREE_OF_STEPS:
        return redirect(url_for(STEPS[steps[0]]), 303)
    if g.identity.level < required_level():
        return _stronger_first()
    return None


def required_level() -> AuthenticationLevel:
    """The means that the current page asks for: its service's, and that of administration."""
    service = registry.of_blueprint(request.blueprint)
    level = service.level if service else AuthenticationLevel.PICTURE
    if request.blueprint == "account" and request.endpoint not in OF_ANY_SESSION:
        return AuthenticationLevel.PASSWORD
    if request.path.startswith(ADMINISTRATION):
        admin = AuthenticationLevel(preferences.value("security.admin_level"))
        level = max(level, AuthenticationLevel.PASSWORD, admin)
    return level


def local_path(target: str | None) -> str:
    """The target when it is a page of ours, else the home page: nobody is sent elsewhere (ASVS 3.7.2)."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or len(target) > 2000:  # noqa: PLR2004
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(character) < 32 for character in target):  # noqa: PLR2004
        return "/"
    return target


def wanted() -> str:
    """The page to come back to after signing in: this one, or the one whose form was being sent."""
    if request.headers.get("HX-Request") == "true":
        return _path_of(request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return _path_of(request.referrer or "")


def _path_of(url: str) -> str:
    parts = urlsplit(url)
    if parts.netloc and parts.netloc != request.host:
        return "/"
    return local_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def _is_machine() -> bool:
    if request.path.startswith(MACHINES):
        return True
    accepted = request.accept_mimetypes
    return bool(accepted) and accepted.best in ("application/json", "application/problem+json")


def _sign_in_first() -> Response:
    if _is_machine():
        answer = problem(401, _("Authentification nécessaire"), "PRE-GEN-401")
        if request.path.startswith("/dav/"):
            answer.headers["WWW-Authenticate"] = 'Basic realm="Preau", charset="UTF-8"'
        return answer
    values = {"next": wanted()}
    if g.get("session_expired"):
        values["raison"] = "inactivite"
    return _go(url_for("authentication.sign_in", _external=False, **values))


def _stronger_first() -> Response:
    if _is_machine():
        return problem(403, _("Un moyen de connexion plus fort est nécessaire"), "PRE-AUT-010")
    session["wanted_level"] = int(required_level())
    return _go(url_for("authentication.step_up", next=wanted()))


def _go(address: str) -> Response:
    if request.headers.get("HX-Request") == "true":
        return Response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def problem(status: int, title: str, code: str) -> Response:
    """An error for programs (RFC 9457)."""
    answer = jsonify(type="about:blank", title=title, status=status, code=code)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer
