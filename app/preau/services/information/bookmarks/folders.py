"""Pages of the folders of bookmarks."""

import uuid

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import conflicts, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, render_page
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.models import Folder
from preau.services.information.bookmarks.schemas import FolderIn
from preau.services.information.bookmarks.views import blueprint, folder_choices


@blueprint.get("/dossiers/<uuid:folder_id>")
def folder(folder_id: uuid.UUID) -> Response:
    """What a folder holds."""
    opened = rights.fetch(me(), Folder, folder_id)
    below = (
        rights.allowed(me(), Folder)
        .where(Folder.parent_id == folder_id)
        .order_by(Folder.position, Folder.name)
    )
    above = db.session.scalars(
        rights.allowed(me(), Folder).where(Folder.id.in_(opened.path), Folder.id != folder_id)
    )
    return render_page(
        "bookmarks/index.html",
        folder=opened,
        above=sorted(above, key=lambda each: len(each.path)),
        folders=list(db.session.scalars(below)),
        bookmarks=list(db.session.scalars(operations.own_bookmarks(me(), folder_id))),
        writable=rights.may(me(), "write", opened),
    )


@blueprint.route("/dossiers/ajouter", methods=["GET", "POST"])
def create_folder() -> Response:
    """A new folder."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(FolderIn, request.form)
        if data is not None:
            made = operations.create_folder(me(), data)
            return done(
                _("Dossier « %(name)s » créé.", name=made.name), "bookmarks.folder", folder_id=made.id
            )
    return render_page(
        "bookmarks/folder.html",
        422 if errors else 200,
        folder=None,
        values=request.form or request.args,
        folders=folder_choices(),
        errors=errors,
    )


@blueprint.route("/dossiers/<uuid:folder_id>/modifier", methods=["GET", "POST"])
def change_folder(folder_id: uuid.UUID) -> Response:
    """Rename or move a folder."""
    changed = rights.fetch(me(), Folder, folder_id, "write")
    seen = conflicts.seen(changed, request.form, {"name": _("Nom"), "parent_id": ""})
    errors = seen.errors
    if request.method == "POST" and not errors:
        data, errors = parse(FolderIn, request.form)
        if data is not None:
            try:
                operations.change_folder(me(), changed, data)
                return done(_("Dossier modifié."), "bookmarks.folder", folder_id=folder_id)
            except Invalid as refusal:
                errors = refusal.errors
    choices = [each for each in folder_choices() if each[0] != str(folder_id)]
    values = request.form or {"name": changed.name, "parent_id": changed.parent_id}
    return render_page(
        "bookmarks/folder.html",
        422 if errors else 200,
        folder=changed,
        values=values,
        folders=choices,
        errors=errors,
        seen=seen,
    )


@blueprint.post("/dossiers/<uuid:folder_id>/supprimer")
def delete_folder(folder_id: uuid.UUID) -> Response:
    """Delete a folder and what it holds."""
    gone = rights.fetch(me(), Folder, folder_id)
    operations.delete_folder(me(), gone)
    return done(_("Dossier « %(name)s » supprimé avec ses signets.", name=gone.name), "bookmarks.index")
