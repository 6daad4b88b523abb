"""Pages of bookmarks."""

import uuid

from flask import make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import events, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import parse, principals_from
from preau.kernel.notify import notify
from preau.kernel.pages import done, me, opening, pages, render_page
from preau.kernel.ports.principals import principals
from preau.kernel.traits import shared
from preau.services.information.bookmarks import netscape, operations, transfer
from preau.services.information.bookmarks.models import Bookmark, Folder
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn

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


def _folder_choices() -> list[tuple[str, str]]:
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
                return _back(_("Signet ajouté."), bookmark.folder_id)
            except Invalid as refusal:
                errors = refusal.errors or {"__all__": [refusal.message]}
    return render_page(
        "bookmarks/form.html",
        422 if errors else 200,
        bookmark=None,
        values=request.form or request.args,
        folders=_folder_choices(),
        errors=errors,
    )


@blueprint.route("/<uuid:bookmark_id>", methods=["GET", "POST"])
def change(bookmark_id: uuid.UUID) -> Response:
    """Change a bookmark."""
    bookmark = rights.fetch(me(), Bookmark, bookmark_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(BookmarkIn, request.form)
        if data is not None:
            operations.change_bookmark(me(), bookmark, data)
            return _back(_("Signet modifié."), bookmark.folder_id)
    return render_page(
        "bookmarks/form.html",
        422 if errors else 200,
        bookmark=bookmark,
        values=request.form or {name: getattr(bookmark, name) for name in BookmarkIn.model_fields},
        folders=_folder_choices(),
        errors=errors,
        writable=rights.may(me(), "write", bookmark),
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
    return _back(_("Signet déplacé."), bookmark.folder_id)


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
        folders=_folder_choices(),
        errors=errors,
    )


@blueprint.route("/dossiers/<uuid:folder_id>/modifier", methods=["GET", "POST"])
def change_folder(folder_id: uuid.UUID) -> Response:
    """Rename or move a folder."""
    changed = rights.fetch(me(), Folder, folder_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(FolderIn, request.form)
        if data is not None:
            try:
                operations.change_folder(me(), changed, data)
                return done(_("Dossier modifié."), "bookmarks.folder", folder_id=folder_id)
            except Invalid as refusal:
                errors = refusal.errors
    choices = [each for each in _folder_choices() if each[0] != str(folder_id)]
    values = request.form or {"name": changed.name, "parent_id": changed.parent_id}
    return render_page(
        "bookmarks/folder.html",
        422 if errors else 200,
        folder=changed,
        values=values,
        folders=choices,
        errors=errors,
    )


@blueprint.post("/dossiers/<uuid:folder_id>/supprimer")
def delete_folder(folder_id: uuid.UUID) -> Response:
    """Delete a folder and what it holds."""
    gone = rights.fetch(me(), Folder, folder_id)
    operations.delete_folder(me(), gone)
    return done(_("Dossier « %(name)s » supprimé avec ses signets.", name=gone.name), "bookmarks.index")


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


def _back(message: str, folder_id: uuid.UUID | None) -> Response:
    if folder_id is None:
        return done(message, "bookmarks.index")
    return done(message, "bookmarks.folder", folder_id=folder_id)


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
