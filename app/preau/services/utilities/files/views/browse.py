"""Looking: folders, files, previews, downloads."""

import uuid
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app, request, session
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import downloads, files, preferences, rights
from preau.kernel.database import db
from preau.kernel.files import Blob
from preau.kernel.pages import me, redirect, render_page, url_for
from preau.kernel.ports.principals import principals
from preau.kernel.tenancy import lifted
from preau.services.utilities.files import archives, content, sharing, spaces, trash, tree
from preau.services.utilities.files.models import Node, Space
from preau.services.utilities.files.views.blueprint import (
    UNDO,
    address,
    blueprint,
    chosen,
    hidden,
    view_of,
)

YEAR = 31_536_000
PREVIEWED_TEXT = 200_000
KINDS = {
    "image": "file-earmark-image",
    "audio": "file-earmark-music",
    "video": "file-earmark-play",
    "text": "file-earmark-text",
}
SUBTYPES = {
    "pdf": "file-earmark-pdf",
    "zip": "file-earmark-zip",
    "word": "file-earmark-word",
    "opendocument.text": "file-earmark-word",
    "sheet": "file-earmark-spreadsheet",
    "presentation": "file-earmark-slides",
}


def icon(node: Any) -> str:
    """The icon of a kind of file."""
    if node.is_folder:
        return "folder-fill"
    kind, _slash, subtype = node.media_type.partition("/")
    found = next((name for part, name in SUBTYPES.items() if part in subtype), None)
    return found or KINDS.get(kind, "file-earmark")


blueprint.add_app_template_global(icon, "file_icon")
blueprint.add_app_template_global(address, "file_address")


@blueprint.get("/")
def index() -> Response:
    """One's own space."""
    space = spaces.own_space(me())
    return _listing(db.session.get_one(Node, space.id), space)


@blueprint.get("/dossiers/<uuid:node_id>")
def folder(node_id: uuid.UUID) -> Response:
    """What a folder holds."""
    node = rights.fetch(me(), Node, node_id)
    if not node.is_folder:
        return redirect(address(node))
    if node.is_root and node.owner_id == me().person_id:
        return redirect(url_for("files.index", **request.args))
    with lifted():  # whoever may read the folder; the template shows the bar to those whose space it is
        space = db.session.get_one(Space, node.space_id)
    return _listing(node, space)


def _listing(node: Node, space: Space) -> Response:
    sort, descending = request.args.get("tri", "name"), request.args.get("sens") == "desc"
    found = [
        each
        for each in db.session.scalars(tree.children(me(), node, sort, descending=descending))
        if not hidden(each.name)
    ]
    return render_page(
        "files/folder.html",
        folder=node,
        trail=trail(node),
        title=spaces.title(node) if node.is_root else node.name,
        nodes=found,
        states=states(found),
        shared=sharing.shared_ids(found),
        writable=rights.may(me(), "write", node),
        removable=node.is_root or rights.may(me(), "delete", node),
        space=space,
        manager=space.group_id is not None and spaces.manages(me(), space),
        view=view_of(),
        sort=sort,
        descending=descending,
        undo=session.pop(UNDO, []),
        largest=current_app.config["MAX_CONTENT_LENGTH"],
        in_trash=trash.count(me()) if node.is_root and node.owner_id == me().person_id else 0,
    )


def trail(node: Node) -> list[tuple[str, str | None]]:
    """The way back: spaces, then folders that the reader may open."""
    above = tree.above(me(), node)
    way: list[tuple[str, str | None]] = []
    if node.owner_id is None:
        way.append((_("Groupes"), url_for("files.groups")))
    elif node.owner_id != me().person_id:
        way.append((_("Partagés avec moi"), url_for("files.shared")))
        above = [each for each in above if not each.is_root]
    way += [(spaces.title(each) if each.is_root else each.name, address(each)) for each in above]
    return [*way, (spaces.title(node) if node.is_root else node.name, None)]


def states(nodes: list[Node]) -> dict[str, Blob]:
    """What the antivirus said of each content, and its thumbnail, by hash."""
    hashes = {node.blob for node in nodes if node.blob}
    return {blob.sha256: blob for blob in db.session.scalars(select(Blob).where(Blob.sha256.in_(hashes)))}


@blueprint.get("/partages")
def shared() -> Response:
    """What others share with one."""
    found = sharing.shared_with(me())
    owners = principals().describe({f"person:{node.owner_id}" for node in found if node.owner_id})
    return render_page("files/shared.html", nodes=found, states=states(found), owners=owners, view=view_of())


@blueprint.get("/fichier/<uuid:node_id>")
def show(node_id: uuid.UUID) -> Response:
    """A file: preview, versions, what may be done."""
    node = rights.fetch(me(), Node, node_id)
    if node.is_folder:
        return redirect(address(node))
    blob = db.session.get(Blob, node.blob)
    people = {f"person:{each}" for each in (node.updated_by_id, node.created_by_id) if each}
    former = content.versions(node)
    people |= {f"person:{each.author_id}" for each in former if each.author_id}
    return render_page(
        "files/file.html",
        node=node,
        trail=trail(node),
        blob=blob,
        people=principals().describe(people),
        versions=former,
        preview=downloads.inline_type(node.media_type) if blob and blob.state != "infected" else None,
        writable=rights.may(me(), "write", node),
        removable=rights.may(me(), "delete", node),
    )


@blueprint.get("/fichier/<uuid:node_id>/contenu")
def inline(node_id: uuid.UUID) -> FlaskResponse:
    """The content, shown in a page; never anything that would act in our origin."""
    node = rights.fetch(me(), Node, node_id)
    return downloads.send(node.blob or "", node.name, node.media_type, inline=True)


@blueprint.get("/fichier/<uuid:node_id>/telecharger")
def download(node_id: uuid.UUID) -> FlaskResponse:
    """The content, to be saved."""
    node = rights.fetch(me(), Node, node_id)
    if node.is_folder:
        return _archive([node])
    return downloads.send(node.blob or "", node.name, node.media_type)


@blueprint.get("/fichier/<uuid:node_id>/vignette")
def thumbnail(node_id: uuid.UUID) -> FlaskResponse:
    """The thumbnail of a picture."""
    node = rights.fetch(me(), Node, node_id)
    made = db.session.scalar(select(Blob.thumbnail).where(Blob.sha256 == node.blob))
    if made is None:
        abort(404)
    return downloads.send(made, "vignette.webp", "image/webp", inline=True, max_age=YEAR)


@blueprint.get("/fichier/<uuid:node_id>/versions/<uuid:version_id>")
def version(node_id: uuid.UUID, version_id: uuid.UUID) -> FlaskResponse:
    """A former content, to be saved."""
    node = rights.fetch(me(), Node, node_id)
    former = content.version(me(), node, version_id)
    return downloads.send(former.blob, node.name, former.media_type)


@blueprint.get("/dossiers/<uuid:node_id>/telecharger")
def download_folder(node_id: uuid.UUID) -> FlaskResponse:
    """A folder as a ZIP archive, made while it is sent."""
    return _archive([rights.fetch(me(), Node, node_id)])


@blueprint.post("/telecharger")
def download_chosen() -> Response:
    """What is ticked, in one ZIP archive; one file alone as it is."""
    nodes = chosen()
    if not nodes:
        return redirect(request.referrer or url_for("files.index"), 303)
    if len(nodes) == 1 and not nodes[0].is_folder:
        return download(nodes[0].id)
    return _archive(nodes)


def _archive(nodes: list[Node]) -> FlaskResponse:
    contents = archives.unique(archives.entries(me(), nodes))
    name = (nodes[0].name or spaces.title(nodes[0])) if len(nodes) == 1 else _("Fichiers")
    return zip_response(contents, name)


def zip_response(contents: list[archives.Entry], name: str) -> FlaskResponse:
    """An archive on its way."""
    store = files.blobs()
    response = FlaskResponse(archives.stream(contents, store), mimetype="application/zip")
    response.headers["Content-Disposition"] = downloads.disposition(f"{name}.zip")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/vue")
def choose_view() -> Response:
    """Keep the way lists are shown."""
    view = "grille" if request.form.get("vue") == "grille" else "liste"
    preferences.choose(me(), "files.view", "person", me().person_id, view)
    return redirect(request.referrer or url_for("files.index"), 303)


@blueprint.get("/lecteur-reseau")
def drive() -> Response:
    """How to see the space as a drive of one's computer."""
    return render_page("files/drive.html", address=request.url_root.rstrip("/") + "/dav/")
