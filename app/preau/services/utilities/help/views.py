"""Pages of help: the guide, its search, and the help of the page one is on."""

from itertools import groupby
from typing import Any

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from preau.kernel.downloads import disposition
from preau.kernel.identity import ProfileKind
from preau.kernel.pages import me, pages, public, render_page, signed_in, wants_fragment
from preau.services.utilities.help import guide, pdf, search
from preau.socle.directory.words import PROFILE_PLURALS

blueprint = pages("help", __name__, "/aide")
LONGEST = 200


@blueprint.get("/")
@public
def index() -> Response:
    """The guide's contents: what is for the reader first."""
    found = [each for each in guide.chapters() if signed_in() or each.public]
    mine = [each for each in found if not signed_in() or each.for_reader(me())]
    return _page(
        "help/index.html", sections=_sections(mine), others=[each for each in found if each not in mine]
    )


def _sections(found: list[guide.Chapter]) -> list[tuple[Any, list[guide.Chapter]]]:
    return [
        (guide.SECTIONS[section], list(group))
        for section, group in groupby(found, key=lambda each: each.section)
    ]


@blueprint.get("/<slug>")
@public
def chapter(slug: str) -> Response:
    """One chapter. What explains how to come in is read before coming in."""
    found = guide.chapter(slug) or abort(404)
    if not signed_in() and not found.public:
        abort(401)
    return _page("help/chapter.html", chapter=found)


@blueprint.get("/page/<service>")
def contextual(service: str) -> Response:
    """The help of the page one is on: in a panel beside it, or as a page (UTI-UTL-AID-01)."""
    found = guide.about(service) or guide.about("accueil")
    if wants_fragment():
        return make_response(render_template("help/panel.html", chapter=found))
    return render_page("help/chapter.html", chapter=found)


@blueprint.get("/recherche")
@public
def find() -> Response:
    """What the guide says about some words."""
    text = request.args.get("q", "")[:LONGEST]
    return _page("help/find.html", q=text, found=search.find(text, public_only=not signed_in()))


@blueprint.get("/guide")
def whole() -> Response:
    """The whole guide of a profile on one page, for reading on and for printing (UTI-UTL-AID-02)."""
    profile = _profile()
    return render_page(
        "help/whole.html",
        chapters=guide.for_profile(profile),
        profile=profile,
        profiles=[(str(kind), str(PROFILE_PLURALS[kind])) for kind in ProfileKind],
    )


@blueprint.get("/guide.pdf")
def paper() -> Response:
    """The same, as a PDF."""
    profile = _profile()
    response = make_response(pdf.of_profile(profile, str(PROFILE_PLURALS[profile])))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = disposition(f"guide-{profile}.pdf")
    return response


def _profile() -> str:
    asked = request.args.get("profil", "")
    if asked in PROFILE_PLURALS:
        return asked
    context = me().context
    return context.kind if context else str(ProfileKind.TEACHER)


def _page(template: str, **context: Any) -> Response:
    frame = "layout.html" if signed_in() else "layout_public.html"
    return render_page(template, frame=frame, known=signed_in(), **context)
