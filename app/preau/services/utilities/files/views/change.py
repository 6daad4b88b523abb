"""Changing: add, rename, move, copy, share, throw away."""

import uuid
from collections.abc import Callable
from pathlib import PurePosixPath

from flask import flash, jsonify, request, session
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from preau.kernel import files, rights
from preau.kernel.database import db
from preau.kernel.errors import PreauError
from preau.kernel.pages import me, redirect, render_page, url_for
from preau.services.utilities.files import content, names, spaces, trash, tree
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.views.blueprint import UNDO, back_to, blueprint, chosen
from preau.services.utilities.files.views.browse import trail

DEEPEST_UPLOAD = 20
MOST_UNDONE = 30  # they travel in a cookie


def _errors(refusal: PreauError, field: str = "name") -> dict[str, list[str]]:
    return getattr(refusal, "errors", None) or {field: [refusal.message]}


@blueprint.route("/dossiers/<uuid:node_id>/ajouter", methods=["GET", "POST"])
def upload(node_id: uuid.UUID) -> Response:
    """Add files to a folder: by the form, by drag and drop, by paste; one request each when there is script."""
    folder = rights.fetch(me(), Node, node_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        given = [each for each in request.files.getlist("files") if each.filename]
        refused = _add_all(folder, given)
        if _by_script():
            if refused:
                return jsonify(message=refused[0][1].message), refused[0][1].status  # type: ignore[return-value]
            return jsonify(count=len(given))
        if added := len(given) - len(refused):
            flash(ngettext("%(num)s fichier ajouté.", "%(num)s fichiers ajoutés.", added), "success")
        if given and not refused:
            return back_to(folder)
        said = [_("« %(name)s » : %(why)s", name=name, why=why.message) for name, why in refused]
        errors = {"files": said or [_("Choisissez au moins un fichier.")]}
    return render_page(
        "files/upload.html", 422 if errors else 200, folder=folder, trail=trail(folder), errors=errors
    )


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _add_all(folder: Node, given: list[FileStorage]) -> list[tuple[str, PreauError]]:
    """Add what can be; return the names of the others with the reason."""
    refused = []
    for each in given:
        try:
            _add(folder, each, request.form.get("path", ""))
        except PreauError as refusal:
            refused.append((each.filename or "", refusal))
    return refused


def _add(folder: Node, given: FileStorage, path: str) -> None:
    """Put one file; ``path`` is where it lies in a folder that was dropped."""
    for step in PurePosixPath(path).parts[:-1][:DEEPEST_UPLOAD]:
        there = names.child(folder.id, names.clean(step))
        folder = there if there and there.is_folder else tree.create_folder(me(), folder, step)
    stored = files.blobs().put(given.stream, request.max_content_length or 0)
    on_conflict = request.form.get("on_conflict", "rename")
    name = PurePosixPath((given.filename or "").replace("\\", "/")).name
    content.put(
        me(),
        folder,
        name,
        stored,
        on_conflict=on_conflict if on_conflict in content.ON_CONFLICT else "rename",
    )


@blueprint.route("/dossiers/<uuid:node_id>/nouveau", methods=["GET", "POST"])
def create_folder(node_id: uuid.UUID) -> Response:
    """A new folder."""
    parent = rights.fetch(me(), Node, node_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            made = tree.create_folder(me(), parent, request.form.get("name", ""))
            flash(_("Dossier « %(name)s » créé.", name=made.name), "success")
            return back_to(parent)
        except PreauError as refusal:
            errors = _errors(refusal)
    return render_page(
        "files/name.html",
        422 if errors else 200,
        node=None,
        folder=parent,
        trail=trail(parent),
        value=request.form.get("name", ""),
        errors=errors,
    )


@blueprint.route("/<uuid:node_id>/renommer", methods=["GET", "POST"])
def rename(node_id: uuid.UUID) -> Response:
    """Another name."""
    node = rights.fetch(me(), Node, node_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            tree.rename(me(), node, request.form.get("name", ""))
            flash(_("Renommé en « %(name)s ».", name=node.name), "success")
            return back_to(db.session.get_one(Node, node.parent_id))
        except PreauError as refusal:
            errors = _errors(refusal)
    return render_page(
        "files/name.html",
        422 if errors else 200,
        node=node,
        folder=db.session.get(Node, node.parent_id) if node.parent_id else node,
        trail=trail(node),
        value=request.form.get("name", node.name),
        errors=errors,
    )


@blueprint.route("/ranger", methods=["GET", "POST"])
def arrange() -> Response:
    """Move or copy what is ticked: a page to walk through the folders, and the target of drag and drop."""
    nodes = chosen()
    if not nodes:
        return redirect(request.referrer or url_for("files.index"), 303)
    copying = request.values.get("action") == "copier"
    error = ""
    if request.method == "POST" and "target" in request.form:
        target = rights.fetch(me(), Node, uuid.UUID(request.form["target"]), "write")
        try:
            _arrange(nodes, target, copying=copying)
            flash(
                _("%(count)s élément(s) rangé(s) dans « %(name)s ».", count=len(nodes), name=_title(target)),
                "success",
            )
            return back_to(target)
        except PreauError as refusal:
            error = refusal.message
            if _by_script():
                return jsonify(message=error), refusal.status  # type: ignore[return-value]
    here = _here(nodes)
    folders = [each for each in db.session.scalars(tree.children(me(), here)) if each.is_folder]
    taken = {node.id for node in nodes}
    return render_page(
        "files/arrange.html",
        422 if error else 200,
        nodes=nodes,
        copying=copying,
        here=here,
        home=spaces.own_root(me()).id,
        title=_title(here),
        above=tree.above(me(), here),
        folders=[each for each in folders if each.id not in taken],
        groups=spaces.groups(me()),
        writable=rights.may(me(), "write", here),
        error=error,
        titled=_title,
    )


def _here(nodes: list[Node]) -> Node:
    if key := request.values.get("ici"):
        return rights.fetch(me(), Node, uuid.UUID(key))
    if group_id := request.values.get("groupe", type=int):
        return spaces.group_root(me(), group_id)
    parent = db.session.get(Node, nodes[0].parent_id) if nodes[0].parent_id else None
    return parent if parent and rights.may(me(), "read", parent) else spaces.own_root(me())


def _title(node: Node) -> str:
    return spaces.title(node) if node.is_root else node.name


def _arrange(nodes: list[Node], target: Node, *, copying: bool) -> None:
    act: Callable[..., object] = tree.copy if copying else tree.move
    for node in nodes:
        if copying or node.parent_id != target.id:
            act(me(), node, target, names.free(target.id, node.name))


@blueprint.post("/supprimer")
def throw_away() -> Response:
    """Put what is ticked in the trash."""
    nodes = chosen("delete")
    for node in nodes:
        trash.throw_away(me(), node)
    if nodes:
        said = ngettext(
            "%(num)s élément mis à la corbeille.", "%(num)s éléments mis à la corbeille.", len(nodes)
        )
        flash(said, "success")
        session[UNDO] = [str(node.id) for node in nodes] if len(nodes) <= MOST_UNDONE else []
    parent = db.session.get(Node, nodes[0].parent_id) if nodes else None
    if parent is not None and rights.may(me(), "read", parent):
        return back_to(parent)
    return redirect(url_for("files.index"), 303)


@blueprint.post("/fichier/<uuid:node_id>/versions/<uuid:version_id>/restaurer")
def restore_version(node_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """Make a former content the current one."""
    node = rights.fetch(me(), Node, node_id, "write")
    content.restore_version(me(), node, version_id)
    flash(_("Version restaurée. Celle que vous aviez est gardée parmi les anciennes."), "success")
    return back_to(node)
