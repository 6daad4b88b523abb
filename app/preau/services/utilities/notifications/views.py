"""Pages of notifications: the bell, and what one wants to be told."""

import re

from flask import Response, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.inputs import is_id
from preau.kernel.notify_models import MEDIA
from preau.kernel.pages import done, me, pages, render_page
from preau.kernel.paging import asked_page
from preau.kernel.rights import require_permission
from preau.services.utilities.notifications import operations
from preau.services.utilities.notifications.operations import Grid

blueprint = pages("notifications", __name__, "/notifications")
PER_PAGE = 30
UNDO = "notifications_marked"
# An address of this site: browsers take "//" and "/\\" for the beginning of another's.
OWN_PAGE = re.compile(r"/(?![/\\])[^\s]*\Z")
MEDIUM_NAMES = {
    "portal": _l("Dans l’ENT"),
    "mail": _l("Courriel"),
    "sms": _l("SMS"),
    "push": _l("Sur le téléphone"),
}
FREQUENCY_NAMES = {
    "at_once": _l("Tout de suite"),
    "daily": _l("Résumé du jour"),
    "weekly": _l("Résumé de la semaine"),
    "never": _l("Jamais"),
}


@blueprint.get("/")
def index() -> Response:
    """What I was told (UTI-UTL-NOT-01)."""
    unread = request.args.get("vue") == "non-lues"
    number = asked_page()
    rows = db.session.scalars(
        operations.told(me(), unread=unread).limit(PER_PAGE + 1).offset((number - 1) * PER_PAGE)
    ).all()
    return render_page(
        "notifications/index.html",
        rows=rows[:PER_PAGE],
        more=len(rows) > PER_PAGE,
        number=number,
        unread=unread,
        count=operations.unread_count(me()),
        undo=session.pop(UNDO, None),
    )


@blueprint.post("/lues")
def read() -> BaseResponse:
    """Mark one, or all, as read; the next page offers to undo it."""
    one = request.form.get("notification", None, int)
    marked = operations.mark_read(me(), [one] if one else None)
    session[UNDO] = marked[:500]
    target = request.form.get("next", "")
    if one and OWN_PAGE.match(target):
        session.pop(UNDO)
        return Response(status=303, headers={"Location": target})
    return Response(status=303, headers={"Location": url_for("notifications.index")})


@blueprint.post("/non-lues")
def unread() -> BaseResponse:
    """Undo."""
    ids = [int(each) for each in request.form.get("ids", "").split(",")[:500] if is_id(each)]
    operations.mark_unread(me(), ids)
    return done(_("Ces notifications sont de nouveau à lire."), "notifications.index")


def _grid_of_form() -> Grid:
    wanted: Grid = {}
    for name, frequency in request.form.items():
        event, _separator, medium = name.rpartition("@")
        if event and medium in MEDIA:
            wanted[event, medium] = frequency
    return wanted


@blueprint.route("/preferences", methods=["GET", "POST"])
def preferences() -> BaseResponse:
    """Which events, by which medium, how often."""
    refused = ""
    if request.method == "POST":
        try:
            operations.choose(me(), _grid_of_form())
        except Invalid as error:
            refused = error.message
        else:
            return done(_("Vos choix sont enregistrés."), "notifications.preferences")
    return render_page(
        "notifications/preferences.html",
        422 if refused else 200,
        grid=operations.grid(me()),
        media={medium: str(label) for medium, label in MEDIUM_NAMES.items()},
        frequencies=FREQUENCY_NAMES,
        posted=request.form,
        refused=refused,
        school=None,
    )


@blueprint.route("/administration/<int:structure_id>", methods=["GET", "POST"])
def school(structure_id: int) -> BaseResponse:
    """What a school proposes to its people."""
    require_permission(me(), "notifications.propose", structure_id)
    refused = ""
    if request.method == "POST":
        try:
            operations.propose(me(), structure_id, _grid_of_form())
        except Invalid as error:
            refused = error.message
        else:
            return done(
                _("Les choix de l’école sont enregistrés."), "notifications.school", structure_id=structure_id
            )
    return render_page(
        "notifications/preferences.html",
        422 if refused else 200,
        grid=operations.school_grid(me(), structure_id),
        media={medium: str(label) for medium, label in MEDIUM_NAMES.items()},
        frequencies=FREQUENCY_NAMES,
        posted=request.form,
        refused=refused,
        school=next((each for each in me().profiles if each.structure_id == structure_id), structure_id),
    )
