"""The parts of ``preau.web`` on an application of their own, with views that fail on demand."""

import pytest
from flask import Flask, abort, flash, g, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from preau.kernel import i18n
from preau.kernel.errors import Conflict, Invalid, NotFound
from preau.kernel.identity import Identity, ProfileContext
from preau.web import assets, errors, pwa, security_headers, ui

PAGE = """{% extends "layout.html" %}{% block title %}Essai{% endblock %}
{% block main %}<p>Bonjour</p>{% endblock %}"""
SHELL = {
    "academy_name": "Académie de Bellerive",
    "structure_name": "Collège Simone-Veil",
    "contexts": [
        {"key": 1, "label": "Collège Simone-Veil", "profile": "teacher", "current": True},
        {"key": 2, "label": "Lycée Jean-Moulin", "profile": "guardian", "current": False},
    ],
    "tiles": [
        {
            "name": "bookmarks",
            "label": "Signets",
            "icon": "bookmark",
            "url": "/signets/",
            "family": "information",
            "color": "green",
            "picture": "bookmarks",
        }
    ],
    "unread": 3,
    "face": "adulte",
    "palette": "preau",
    "scheme": "light",
}
NADIA = Identity(
    person_id=1,
    uid="nadia",
    name="Nadia Benali",
    profiles=(ProfileContext(1, "teacher", 1, "Collège", "0750001A"),),
)


class Browser(FlaskClient):
    """A client that reads answers to their end, so that served files are closed."""

    def open(self, *args: object, **options: object) -> object:
        """Send a request."""
        return super().open(*args, **{"buffered": True, **options})


@pytest.fixture
def site() -> Flask:
    """An application with the face and nothing behind it."""
    site = Flask("preau", template_folder="web/templates", static_folder=None)
    site.config.update(SECRET_KEY="tests", TESTING=True)
    i18n.init_app(site)
    for part in (assets, ui, security_headers, errors, pwa):
        part.init_app(site)

    @site.before_request
    def identify() -> None:
        g.identity = NADIA if request.cookies.get("who") == "nadia" else None

    @site.context_processor
    def frame() -> dict[str, object]:
        return {"identity": g.get("identity"), "shell": SHELL | {"face": request.args.get("face", "adulte")}}

    _add_views(site)
    site.test_client_class = Browser
    return site


def _add_views(site: Flask) -> None:
    @site.get("/")
    def home() -> str:
        if "message" in request.args:
            flash(request.args["message"], request.args.get("category", "success"))
        return render_template_string(PAGE)

    @site.route("/fails/<int:status>", methods=["GET", "POST"])
    @site.route("/api/v1/fails/<int:status>")
    def fails(status: int) -> str:
        abort(status)

    @site.get("/refused/<kind>")
    @site.get("/api/v1/refused/<kind>")
    def refused(kind: str) -> str:
        raise {
            "conflict": Conflict("Ce dossier a été renommé par Paul."),
            "missing": NotFound("Ce signet n’existe plus."),
            "invalid": Invalid("Corrigez l’adresse.", {"url": ["Cette adresse n’en est pas une."]}),
        }[kind]

    @site.get("/breaks")
    def breaks() -> str:
        raise RuntimeError("secret detail")

    @site.get("/no-database")
    def no_database() -> str:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    @site.post("/deconnexion")
    def sign_out() -> str:
        return "au revoir"

    @site.get("/administration/")
    def administration() -> str:
        return render_template_string(PAGE)


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
