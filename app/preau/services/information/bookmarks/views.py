"""Pages of bookmarks."""

import uuid

from flask import make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import conflicts, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, opening, pages, render_page
from preau.services.information.bookmarks import netscape, operations, transfer
from preau.services.information.bookmarks.models import Bookmark
from preau.services.information.bookmarks.schemas import BookmarkIn

blueprint = pages("bookmarks", __name__, "/signets")


blueprint.before_request(opening("bookmarks"))


@blueprint.get("/")
def index() -> Response:
    """Own bookmarks at the top, folders, and what others share."""
    folders, bookmarks = operations.shared_with(me())
    own = list(db.session.scalars(operations.own_folders(me())))
    return render_page(
        "bookmarks/index.html",
        folder=None,
        folders=[each for each in own if each.parent_id is None],
        bookmarks=list(db.session.scalars(operations.own_bookmarks(me()))),
        shared_folders=folders,
        shared_bookmarks=bookmarks,
    )


def folder_choices() -> list[tuple[str, str]]:
    """Own folders for a select, each below its parent."""
    own = sorted(db.session.scalars(operations.own_folders(me())), key=lambda each: str(each.path))
    return [(str(each.id), "— " * (len(each.path) - 1) + each.name) for each in own]


@blueprint.route("/ajouter", methods=["GET", "POST"])
def create() -> Response:
    """A new bookmark; also what a browser's bookmarklet opens (``?url=&title=``)."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(BookmarkIn, request.form)
        if data is not None:
            try:
                bookmark = operations.create_bookmark(me(), data)
                return back(_("Signet ajouté."), bookmark.folder_id)
            except Invalid as refusal:
                errors = refusal.errors or {"__all__": [refusal.message]}
    return render_page(
        "bookmarks/form.html",
        422 if errors else 200,
        bookmark=None,
        values=request.form or request.args,
        folders=folder_choices(),
        errors=errors,
    )


@blueprint.route("/<uuid:bookmark_id>", methods=["GET", "POST"])
def change(bookmark_id: uuid.UUID) -> Response:
    """Change a bookmark."""
    bookmark = rights.fetch(me(), Bookmark, bookmark_id)
    fields = {"url": _("Adresse"), "title": _("Nom"), "note": _("Note"), "folder_id": ""}
    seen = conflicts.seen(bookmark, request.form, fields)
    errors = seen.errors
    if request.method == "POST" and not errors:
        data, errors = parse(BookmarkIn, request.form)
        if data is not None:
            operations.change_bookmark(me(), bookmark, data)
            return back(_("Signet modifié."), bookmark.folder_id)
    return render_page(
        "bookmarks/form.html",
        422 if errors else 200,
        bookmark=bookmark,
        values=request.form or {name: getattr(bookmark, name) for name in BookmarkIn.model_fields},
        folders=folder_choices(),
        errors=errors,
        writable=rights.may(me(), "write", bookmark),
        seen=seen,
    )


@blueprint.post("/<uuid:bookmark_id>/supprimer")
def delete(bookmark_id: uuid.UUID) -> Response:
    """Delete, and offer to undo."""
    bookmark = rights.fetch(me(), Bookmark, bookmark_id)
    said = operations.delete_bookmark(me(), bookmark)
    return render_page("bookmarks/deleted.html", said=said)


@blueprint.post("/<uuid:bookmark_id>/deplacer")
def move(bookmark_id: uuid.UUID) -> Response:
    """One place up or down."""
    bookmark = rights.fetch(me(), Bookmark, bookmark_id)
    operations.move(me(), bookmark, -1 if request.form.get("sens") == "haut" else 1)
    return back(_("Signet déplacé."), bookmark.folder_id)


@blueprint.route("/importer", methods=["GET", "POST"])
def import_file() -> Response:
    """Bookmarks from a browser."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        upload = request.files.get("file")
        content = upload.stream.read(netscape.MOST_BYTES + 1) if upload else b""
        try:
            count = transfer.import_netscape(me(), content)
            return done(_("%(count)s signets importés.", count=count), "bookmarks.index")
        except Invalid as refusal:
            errors = {"file": [refusal.message]}
    return render_page("bookmarks/import.html", 422 if errors else 200, errors=errors)


@blueprint.get("/exporter")
def export_file() -> Response:
    """Own bookmarks, for a browser."""
    response = make_response(transfer.export_netscape(me()))
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="signets.html"'
    return response


def back(message: str, folder_id: uuid.UUID | None) -> Response:
    """To the folder of what was done, saying so."""
    if folder_id is None:
        return done(message, "bookmarks.index")
    return done(message, "bookmarks.folder", folder_id=folder_id)
