"""The trash."""

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from preau.kernel import preferences
from preau.kernel.database import db
from preau.kernel.pages import me, redirect, render_page, url_for
from preau.services.utilities.files import spaces, trash
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.views.blueprint import back_to, blueprint, chosen


@blueprint.get("/corbeille")
def trash_bin() -> Response:
    """What was thrown away, in one's own space or in a group's."""
    root = _root()
    return render_page(
        "files/trash.html",
        root=root,
        title=spaces.title(root),
        nodes=list(db.session.scalars(trash.thrown_away(me(), root))),
        days=preferences.value("files.trash_days"),
    )


def _root() -> Node:
    group_id = request.values.get("groupe", type=int)
    return spaces.group_root(me(), group_id) if group_id else spaces.own_root(me())


@blueprint.post("/corbeille")
def trash_act() -> Response:
    """Restore or delete for good what is ticked, or empty the whole."""
    action = request.form.get("action")
    if action == "annuler":
        return _undo()
    if action == "vider":
        count = trash.empty(me(), _root())
        flash(ngettext("%(num)s élément supprimé.", "%(num)s éléments supprimés.", count), "success")
    for node in chosen("delete") if action in {"restaurer", "supprimer"} else ():
        if action == "restaurer":
            where = trash.restore(me(), node)
            title = spaces.title(where) if where.is_root else where.name
            flash(_("« %(name)s » est de retour dans « %(where)s ».", name=node.name, where=title), "success")
        else:
            trash.purge(me(), node)
            flash(_("« %(name)s » est supprimé pour de bon.", name=node.name), "success")
    return redirect(url_for("files.trash_bin", groupe=request.form.get("groupe") or None), 303)


def _undo() -> Response:
    """What was just thrown away, back where it was."""
    thrown = [node for node in chosen("delete") if node.trash_id == node.id]
    where = [trash.restore(me(), node) for node in thrown]
    if not where:
        return redirect(url_for("files.index"), 303)
    flash(
        ngettext("%(num)s élément remis en place.", "%(num)s éléments remis en place.", len(where)), "success"
    )
    return back_to(where[0])
