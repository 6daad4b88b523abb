"""«Joindre depuis mes fichiers»: a fragment that any form of another service includes."""

import uuid

from flask import render_template, request

from preau.kernel import rights
from preau.kernel.database import db
from preau.kernel.pages import me
from preau.services.utilities.files import spaces, tree
from preau.services.utilities.files.models import Node
from preau.services.utilities.files.views.blueprint import blueprint, hidden


@blueprint.get("/choisir")
def pick() -> str:
    """What a folder holds, each file with a box named as the form wants (``nom``)."""
    name = request.args.get("nom", "files_chosen")[:60]
    key = request.args.get("dossier", "")
    here = rights.fetch(me(), Node, uuid.UUID(key)) if key else spaces.own_root(me())
    found = [each for each in db.session.scalars(tree.children(me(), here)) if not hidden(each.name)]
    return render_template(
        "files/picker.html",
        here=here,
        above=tree.above(me(), here),
        nodes=found,
        name=name,
        title=spaces.title,
    )
