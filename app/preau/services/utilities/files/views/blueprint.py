"""The blueprint of the pages, and what several of them need."""

import uuid

from flask import abort, request
from werkzeug.wrappers import Response

from preau.kernel import preferences, rights
from preau.kernel.pages import me, opening, pages, redirect, url_for
from preau.services.utilities.files.models import Node

blueprint = pages("files", "preau.services.utilities.files", "/fichiers")
MOST_AT_ONCE = 500
# What the next listing offers to take back out of the trash.
UNDO = "files_undo"
# What operating systems leave behind in a network drive.
HIDDEN = (".DS_Store", "Thumbs.db", "desktop.ini")


blueprint.before_request(opening("files"))


def address(node: Node) -> str:
    """The page of a folder or a file."""
    return url_for("files.folder" if node.is_folder else "files.show", node_id=node.id)


def back_to(node: Node) -> Response:
    """The page of a folder, after something was done there (303)."""
    return redirect(address(node), 303)


def chosen(action: str = "read") -> list[Node]:
    """The nodes that a form's boxes name, each checked."""
    found = []
    for key in dict.fromkeys(request.values.getlist("nodes")):
        try:
            found.append(rights.fetch(me(), Node, uuid.UUID(key), action))
        except ValueError:
            abort(404)
        if len(found) > MOST_AT_ONCE:
            abort(413)
    return found


def hidden(name: str) -> bool:
    """Whether lists leave a file out: it is only a system's own."""
    return name in HIDDEN or name.startswith("._")


def view_of() -> str:
    """Grid or list: what the address asks, else big pictures for the young."""
    asked = request.args.get("vue", "")
    if asked in {"grille", "liste"}:
        return asked
    kept: str = preferences.value("files.view", me())
    return kept or ("grille" if me().face in {"maternelle", "elementaire"} else "liste")
