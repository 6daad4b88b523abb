"""The parts of ``preau.web`` on an application of their own, with views that fail on demand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, abort, flash, g, render_template_string, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from preau.kernel import i18n
from preau.kernel.errors import Conflict, Invalid, NotFound
from preau.kernel.identity import Identity, ProfileContext
from preau.web import assets, errors, pwa, security_headers, ui

PAGE = """{% extends "layout.html" %}{% block title %}Essai{% endblock %}
{% block main %}<p>Bonjour</p>{% endblock %}"""
FORM = """{% extends "layout.html" %}{% block title %}Formulaire{% endblock %}{% block main %}
<p id="posted">{{ posted.lists()|list|string }}</p>
{% call ui.form("/form", keep="essai") %}
{{ ui.field("note", "Note", value=posted.note, type="textarea") }}
{{ ui.field("secret", "Mot de passe", type="password") }}
{{ ui.principal_picker(chosen=[{"key": "group:1", "label": "5e B"}]) }}
{{ ui.buttons("Enregistrer") }}
{% endcall %}
{{ ui.post_button("/form", "Supprimer", fields={"deleted": "1"},
   confirm={"title": "Supprimer ?", "text": "Pour de bon.", "label": "Oui, supprimer"}) }}
<form id="pictures" method="post" action="/form">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
{{ ui.picture_password(pictures=[
   {"key": "chat", "label": "Chat", "url": asset("images/pictures/chat.svg")},
   {"key": "lune", "label": "Lune", "url": asset("images/pictures/lune.svg")}],
   restart_url="/form") }}</form>
{% endblock %}"""
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


def build_site() -> Flask:
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
    _add_failures(site)
    _add_pages(site)
    _add_forms(site)


def _add_pages(site: Flask) -> None:
    @site.get("/")
    def home() -> str:
        if "message" in request.args:
            flash(request.args["message"], request.args.get("category", "success"))
        return render_template_string(PAGE)

    @site.get("/administration/")
    @site.get("/recherche")
    @site.get("/connexion")
    def other() -> str:
        return render_template_string(PAGE)

    @site.post("/deconnexion")
    def sign_out() -> str:
        return "au revoir"


def _add_failures(site: Flask) -> None:
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


def _add_forms(site: Flask) -> None:
    @site.route("/form", methods=["GET", "POST"])
    def form() -> str:
        return render_template_string(FORM, posted=request.form)

    @site.get("/annuaire/destinataires")
    def suggest() -> str:
        found = [{"key": "person:3", "label": "Paul Durand", "detail": "enseignant"}]
        return render_template_string("{{ ui.principal_suggestions('principals', found, '') }}", found=found)

    @site.get("/recherche/suggestions")
    def suggestions() -> str:
        return '<ul><li><a href="/a">Sortie au musée</a></li><li><a href="/b">Sortie en forêt</a></li></ul>'


@contextmanager
def serving(site: Flask) -> Iterator[str]:
    """The address of the site, served from this process while the block runs."""
    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
