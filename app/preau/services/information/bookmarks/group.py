"""The bookmarks of a group: the folders shared with it (UTI-UTL-GRP-02)."""

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import rights
from preau.kernel.database import db
from preau.kernel.pages import done, me, render_page
from preau.kernel.traits.shared import Share
from preau.kernel.transaction import atomic
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.models import Bookmark, Folder
from preau.services.information.bookmarks.schemas import FolderIn
from preau.services.information.bookmarks.views import blueprint
from preau.services.utilities.groups import operations as groups

SERVICE = "bookmarks"


@blueprint.route("/groupes/<int:group_id>", methods=["GET", "POST"])
def group(group_id: int) -> Response:
    """What is shared with a group; whoever contributes there opens a folder for it."""
    if request.method == "POST":
        opened = groups.require_level(me(), group_id, SERVICE, "write")
        with atomic():
            folder = operations.create_folder(me(), FolderIn(name=opened.name))
            members = groups.chosen(opened)[SERVICE].level
            operations.share(me(), folder, {f"group:{group_id}": members})
        return done(_("Dossier du groupe ouvert."), "bookmarks.folder", folder_id=folder.id)
    opened = groups.require_level(me(), group_id, SERVICE, "read")
    shared = select(Share.object_id).where(Share.principal == f"group:{group_id}")
    found = {
        model: db.session.scalars(rights.allowed(me(), model).where(model.id.in_(shared))).all()
        for model in (Folder, Bookmark)
    }
    return render_page(
        "bookmarks/group.html",
        group=opened,
        folders=sorted(found[Folder], key=lambda each: each.name.lower()),
        bookmarks=sorted(found[Bookmark], key=lambda each: each.title.lower()),
        contributes=groups.level_of(me(), opened, SERVICE) in ("write", "manage"),
    )
