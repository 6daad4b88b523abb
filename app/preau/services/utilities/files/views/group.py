"""Spaces of groups (UTI-UTL-ESF-08)."""

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel.database import db
from preau.kernel.errors import PreauError
from preau.kernel.inputs import is_id
from preau.kernel.pages import me, render_page
from preau.services.utilities.files import quotas, spaces
from preau.services.utilities.files.models import Space
from preau.services.utilities.files.views.blueprint import back_to, blueprint


@blueprint.get("/groupes")
def groups() -> Response:
    """The groups whose space one may open."""
    return render_page("files/groups.html", groups=spaces.groups(me()))


@blueprint.get("/groupes/<int:group_id>")
def group(group_id: int) -> Response:
    """The space of a group."""
    return back_to(spaces.group_root(me(), group_id))


@blueprint.route("/groupes/<int:group_id>/reglages", methods=["GET", "POST"])
def group_settings(group_id: int) -> Response:
    """What members may do, and how much room there is."""
    root = spaces.group_root(me(), group_id)
    space = db.session.get_one(Space, root.space_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        typed = request.form.get("quota", "").strip()
        try:
            if typed and not is_id(typed):
                errors = {"quota": [_("Indiquez un nombre entier.")]}
            else:
                level = request.form.get("members_level", "")
                spaces.configure(me(), space, level, int(typed) if typed else None)
                flash(_("Réglages de l’espace enregistrés."), "success")
                return back_to(root)
        except PreauError as refusal:
            errors = getattr(refusal, "errors", None) or {"__all__": [refusal.message]}
    return render_page(
        "files/group_settings.html",
        422 if errors else 200,
        root=root,
        title=spaces.title(root),
        space=space,
        manager=spaces.manages(me(), space),
        mega=quotas.MEGA,
        errors=errors,
    )
