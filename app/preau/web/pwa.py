"""The installable application: manifest, service worker, and the page shown when there is no network.

The service worker keeps the pages that a person read last, for two days at most, on this device. It
forgets them at sign-out, at the sign-in page and when another person signs in: computers are shared.
A view that must never be kept sets ``Preau-Offline: never`` on its answer.
"""

import json
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, g, jsonify, render_template, request
from flask_babel import gettext as _

from preau.kernel.pages import public
from preau.web.assets import STATIC, asset

SIGN_OUT = "/deconnexion"
OFFLINE_PAGE = "/hors-ligne"
NEVER = ("/administration", "/compte", "/connexion")
FORGET = '"cache", "storage"'
KEPT_FOLDERS = ("css", "js", "vendor/htmx", "vendor/icons", "images/empty")
KEPT_FILES = (
    "images/preau.svg",
    "images/valance.svg",
    *(f"vendor/fonts/atkinson-latin-{weight}-normal.woff2" for weight in (400, 600, 800)),
)

blueprint = Blueprint("pwa", __name__)


def kept_assets() -> list[str]:
    """Addresses of the static files that a page needs without network."""
    found = [
        str(path.relative_to(STATIC)) for folder in KEPT_FOLDERS for path in (STATIC / folder).glob("*.*")
    ]
    return [asset(path) for path in sorted([*found, *KEPT_FILES])]


@blueprint.get("/sw.js")
@public
def service_worker() -> Response:
    """The service worker, for the whole site; its text changes with each release."""
    facts = {
        "version": current_app.config["ASSETS_VERSION"],
        "assets": kept_assets(),
        "offline": OFFLINE_PAGE,
        "signIn": "/connexion",
    }
    script = f"const PREAU = {json.dumps(facts)};\n" + (STATIC / "js" / "sw.js").read_text()
    response = Response(script, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What the device shows when Préau is installed (W3C Web Application Manifest)."""
    response = jsonify(
        id="/",
        name=_("Préau, l’espace numérique de l’école"),
        short_name="Préau",
        lang="fr",
        start_url="/",
        scope="/",
        display="standalone",
        background_color="#fbf7f0",
        theme_color="#223657",
        categories=["education"],
        icons=[
            {"src": asset("images/preau.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": asset("images/icon-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": asset("images/icon-512.png"), "sizes": "512x512", "type": "image/png"},
            {
                "src": asset("images/icon-maskable-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            },
        ],
        shortcuts=[
            {"name": _("Notifications"), "url": "/notifications/"},
            {"name": _("Rechercher"), "url": "/recherche"},
        ],
    )
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get(OFFLINE_PAGE)
@public
def offline() -> str:
    """Says that there is no network and lists what this device kept."""
    return render_template("pwa/offline.html")


def mark(response: Response) -> Response:
    """Say whose page it is, so that the service worker may keep it; at sign-out, have all forgotten."""
    if request.path == SIGN_OUT and request.method == "POST":
        response.headers["Clear-Site-Data"] = FORGET
        return response
    identity = g.get("identity")
    page = (
        request.method == "GET" and response.status_code == HTTPStatus.OK and response.mimetype == "text/html"
    )
    never = response.headers.pop("Preau-Offline", "") == "never" or request.path.startswith(NEVER)
    if identity is not None and page and not never and "HX-Request" not in request.headers:
        response.headers["Preau-Person"] = identity.uid
    return response


def init_app(app: Flask) -> None:
    """Serve the manifest, the service worker and the offline page."""
    app.register_blueprint(blueprint)
    app.after_request(mark)
