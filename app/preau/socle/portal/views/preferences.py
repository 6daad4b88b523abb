"""A person's own preferences: look with a live preview, home, and undo. UTI-UTL-PER-02."""

from flask import redirect, request, session, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.errors import Invalid
from preau.kernel.pages import done, me, pages, render_page
from preau.socle.portal import choices, look, tiles
from preau.socle.portal.settings import BLOCKS
from preau.web.shell import shell

blueprint = pages("preferences", "preau.socle.portal", "/preferences")
UNDO = "preferences_before"


def _mine() -> choices.Level:
    return choices.level_of(me(), "person", me().person_id)


@blueprint.get("/")
def index() -> Response:
    """The look, with what the school keeps for itself."""
    return render_page(
        "preferences/look.html", choices=choices.choices(me(), _mine()), before=session.get(UNDO), errors={}
    )


@blueprint.post("/")
def save() -> BaseResponse:
    """Keep the look."""
    try:
        before = choices.save_look(me(), _mine(), request.form)
    except Invalid as refusal:
        found = choices.choices(me(), _mine())
        errors = refusal.errors or {"": [refusal.message]}
        return render_page("preferences/look.html", 422, choices=found, before=None, errors=errors)
    session[UNDO] = before
    return done(_("C’est enregistré : voici votre ENT."), "preferences.index")


@blueprint.post("/annuler")
def undo() -> BaseResponse:
    """Come back to what was chosen before the last change."""
    choices.restore(me(), _mine(), session.pop(UNDO, None) or {})
    return done(_("Vos choix précédents sont revenus."), "preferences.index")


@blueprint.post("/oublier")
def forget() -> BaseResponse:
    """Follow the school again."""
    found = choices.choices(me(), _mine())
    session[UNDO] = {each.setting.name.partition(".")[2]: each.value for each in found}
    choices.restore(me(), _mine(), dict.fromkeys(session[UNDO]))
    return done(_("Vous suivez de nouveau les choix de votre école."), "preferences.index")


@blueprint.get("/accueil")
def home() -> Response:
    """The tiles and rubrics of the home, to put in order or hide."""
    values = look.chosen(me())
    arranged = tiles.arrange(shell().tiles, values)
    return render_page(
        "preferences/home.html",
        arranged=arranged,
        blocks=[(name, label, name not in arranged.hidden_blocks) for name, label in BLOCKS],
    )


@blueprint.post("/accueil")
def save_home() -> BaseResponse:
    """One press of a button: up, down, hide, show; or the whole order after a drag."""
    order, hidden = _after(request.form)
    tiles.choose_arrangement(me(), order, hidden)
    look.forget()
    if request.headers.get("HX-Request") == "true":
        return home()
    moved = request.form.get("up") or request.form.get("down")
    return redirect(url_for("preferences.home", _anchor=f"tuile-{moved}" if moved in order else None), 303)


def _after(form: "MultiDict[str, str]") -> tuple[list[str], list[str]]:
    known = {tile["name"] for tile in shell().tiles}
    order = [name for name in dict.fromkeys(form.getlist("order")) if name in known]
    hidden = set(look.chosen(me())["hidden"])
    order = tiles.move(order, form.get("up", ""), -1)
    order = tiles.move(order, form.get("down", ""), 1)
    if form.get("hide") in known | {name for name, _label in BLOCKS}:
        hidden.add(form["hide"])
    hidden.discard(form.get("show", ""))
    return order, sorted(hidden)


@blueprint.post("/accueil/defaut")
def reset_home() -> BaseResponse:
    """The home as the school made it."""
    choices.restore(me(), _mine(), {"order": None, "hidden": None})
    return done(_("Votre accueil est redevenu celui de votre école."), "preferences.home")
