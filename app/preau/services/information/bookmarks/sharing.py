"""Sharing bookmarks and their folders, and telling those who are given them."""

import uuid

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import events, rights
from preau.kernel.errors import Invalid
from preau.kernel.forms import principals_from
from preau.kernel.notify import notify
from preau.kernel.pages import done, me, render_page
from preau.kernel.ports.principals import principals
from preau.kernel.traits import shared
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.models import Bookmark, Folder
from preau.services.information.bookmarks.views import blueprint


@blueprint.route("/<any(dossiers,signet):what>/<uuid:object_id>/partager", methods=["GET", "POST"])
def share(what: str, object_id: uuid.UUID) -> Response:
    """Share a folder or a bookmark."""
    obj = rights.fetch(me(), Folder if what == "dossiers" else Bookmark, object_id, "delete")
    errors: dict[str, list[str]] = {}
    chosen = principals_from(request.form)
    if request.method == "POST" and "search_principals" not in request.form:
        level = request.form.get("level", "read")
        try:
            operations.share(me(), obj, dict.fromkeys(chosen, level))
            return done(_("Partage enregistré."), "bookmarks.index")
        except Invalid as refusal:
            errors = {"principals": [refusal.message]}
    text = request.form.get("principals_q", "")
    current = shared.described(obj)
    shown = (
        principals().describe(chosen).values()
        if request.method == "POST"
        else [each for each, _level in current]
    )
    return render_page(
        "bookmarks/share.html",
        422 if errors else 200,
        obj=obj,
        chosen=list(shown),
        level=request.form.get("level") or (current[0][1] if current else "read"),
        found=principals().search(me(), text) if text else None,
        q=text,
        errors=errors,
    )


def _tell_of_share(event: events.Event) -> None:
    if isinstance(event.obj, Folder | Bookmark) and event.data["added"]:
        named = event.obj.name if isinstance(event.obj, Folder) else event.obj.title
        url = (
            f"/signets/dossiers/{event.obj.id}"
            if isinstance(event.obj, Folder)
            else f"/signets/{event.obj.id}"
        )
        notify(
            event.identity,
            "bookmarks.shared",
            event.data["added"],
            url=url,
            name=named,
            actor=event.identity.name,
        )


def listen() -> None:
    """Tell people of what is shared with them, in the transaction that shares it."""
    events.within("shared", _tell_of_share)
