"""The signed-in home, and the choice of a context."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, g, redirect, request
from flask.wrappers import Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.contract import registry
from preau.kernel.errors import NotFound
from preau.kernel.pages import me, pages, render_page
from preau.kernel.richtext import render
from preau.socle.portal.home import home_of
from preau.socle.portal.tiles import arrange
from preau.socle.portal.whats_new import last_visit, mark
from preau.socle.security.authentication import sessions
from preau.web.shell import shell

blueprint: Blueprint = pages("home", "preau.socle.portal", "")
PARIS = ZoneInfo("Europe/Paris")
EVENING = 18


@blueprint.get("/accueil")
def index() -> Response:
    """The home of the person who is signed in."""
    return show_home()


def show_home() -> Response:
    """Greeting, messages, children, classes, what is new, tiles."""
    identity = me()
    found = home_of(identity, (g.along.get("settings"), g.session_row.rights_version, mark(), last_visit()))
    tiles = arrange(shell().tiles, g.look)
    return render_page(
        "portal/home.html",
        greeting=greeting(identity.name.split(" ")[0]),
        home=found,
        messages=[(each, render(each.body, below=2)) for each in found.messages],
        home_message=render(g.look["home_message"], below=2) if g.look["home_message"] else "",
        arranged=tiles,
        today=datetime.now(PARIS),
        last_visit=last_visit(),
        directory="white_pages" in registry.services,
    )


def greeting(first_name: str) -> str:
    """Good day, or good evening, by the clock of Paris."""
    if datetime.now(PARIS).hour >= EVENING:
        return str(_("Bonsoir %(name)s", name=first_name))
    return str(_("Bonjour %(name)s", name=first_name))


@blueprint.post("/contexte")
def switch() -> BaseResponse:
    """Act from another of one's profiles; rights stay the same."""
    wanted = request.form.get("context", "")
    if wanted not in {str(profile.id) for profile in me().profiles}:
        raise NotFound(_("Ce profil n’est pas l’un des vôtres. Choisissez-en un dans le bandeau."))
    sessions.switch_context(g.session_row, int(wanted))
    return redirect(local(request.form.get("next", "")), 303)


def local(address: str) -> str:
    """The address when it is a path of this site, otherwise the home."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else "/"
