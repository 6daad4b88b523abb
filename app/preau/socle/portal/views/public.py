"""Pages for whoever comes: the public home, legal pages, site map, logos."""

import uuid

from flask import abort, g, make_response, request
from flask.wrappers import Response
from flask_babel import lazy_gettext as _l

from preau.kernel.pages import pages, render_page, signed_in
from preau.kernel.richtext import render
from preau.socle.portal import logos, page_texts
from preau.socle.portal.look import academy
from preau.socle.portal.messages import public_messages
from preau.socle.portal.views.home import show_home

blueprint = pages("portal", "preau.socle.portal", "")

# Three doors: who comes knows whether they are a pupil, a parent or somebody who works here.
DOORS = (
    ("pupil", _l("Je suis élève"), _l("Avec mes images ou mon mot de passe"), "backpack", "honey"),
    ("guardian", _l("Je suis parent"), _l("Avec mon compte, ou pour l’activer"), "person-hearts", "coral"),
    (
        "teacher",
        _l("Je travaille ici"),
        _l("Enseignants, personnels, direction, partenaires"),
        "person-workspace",
        "teal",
    ),
)
LEGAL = ("mentions-legales", "donnees-personnelles", "accessibilite")
KEEP_LOGO = "public, max-age=31536000, immutable"


@blueprint.get("/")
def index() -> Response:
    """The home: one's own when signed in, the public page otherwise."""
    if signed_in():
        return show_home()
    profile = request.args.get("profil", "")
    if profile not in {door[0] for door in DOORS}:
        profile = ""
    texts = page_texts.texts("accueil", "rgpd")
    return render_page(
        "portal/public.html",
        doors=DOORS,
        profile=profile,
        messages=[(each, render(each.body, below=3)) for each in public_messages(profile)],
        welcome=render(texts["accueil"]),
        notice=render(texts["rgpd"]),
        partners=academy(g.look),
    )


@blueprint.get("/<any('mentions-legales', 'donnees-personnelles', accessibilite):name>")
def legal(name: str) -> Response:
    """A legal page."""
    body = page_texts.texts(name)[name]
    return render_page("portal/legal.html", page=page_texts.page(name), body=render(body, below=1))


@blueprint.get("/plan-du-site")
def site_map() -> Response:
    """Every page that one may go to: the public ones and, once signed in, each service."""
    return render_page("portal/site_map.html", legal=[page_texts.page(name) for name in LEGAL])


@blueprint.get("/logos/<uuid:number>.png")
def logo(number: uuid.UUID) -> Response:
    """A partner's logo."""
    found = logos.logo(number)
    if found.kind == "structure" and not signed_in():
        abort(404)
    response = make_response(found.content)
    response.content_type = "image/png"
    response.headers["Cache-Control"] = KEEP_LOGO
    return response
