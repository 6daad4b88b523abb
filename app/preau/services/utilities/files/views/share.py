"""Who may read, change or manage a folder or a file (UTI-UTL-ESF-06)."""

import uuid

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import rights
from preau.kernel.errors import PreauError
from preau.kernel.forms import principals_from
from preau.kernel.pages import me, render_page
from preau.kernel.ports.principals import principals
from preau.kernel.traits import shared as shared_trait
from preau.services.utilities.files import sharing
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.views.blueprint import back_to, blueprint
from preau.services.utilities.files.views.browse import trail


@blueprint.route("/<uuid:node_id>/partager", methods=["GET", "POST"])
def share(node_id: uuid.UUID) -> Response:
    """Who may read, change, or manage a folder or a file."""
    node = rights.fetch(me(), Node, node_id, "delete")
    errors: dict[str, list[str]] = {}
    current = shared_trait.described(node)
    picked = principals_from(request.form)
    levels = {each.key: level for each, level in current}
    if request.method == "POST":
        level = request.form.get("level", "read")
        levels = {key: request.form.get(f"level-{key}", level) for key in picked}
        if "search_principals" not in request.form:
            try:
                sharing.share(me(), node, levels)
                flash(_("Partage enregistré."), "success")
                return back_to(node)
            except PreauError as refusal:
                errors = {"principals": [refusal.message]}
    text = request.form.get("principals_q", "")
    shown = (
        principals().describe(picked).values() if request.method == "POST" else [each for each, _l in current]
    )
    return render_page(
        "files/share.html",
        422 if errors else 200,
        node=node,
        trail=trail(node),
        chosen=list(shown),
        levels=levels,
        level=request.form.get("level", "read"),
        found=principals().search(me(), text) if text else None,
        q=text,
        errors=errors,
    )
