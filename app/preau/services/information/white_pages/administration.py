"""Pages of whoever looks after a school's white pages: out, in, and who sees whom (UTI-IDO-PBL-03/07/08)."""

from functools import partial

from flask import request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.identity import EVERYONE
from preau.kernel.pages import done, me, render_page
from preau.kernel.rights import require_permission
from preau.services.information.white_pages import lookup, operations, places, transfer, vcard
from preau.services.information.white_pages.views import asked_criteria, blueprint, download
from preau.services.information.white_pages.visibility import (
    FIELD_NAMES,
    FIELDS,
    MANAGE,
    NONE,
    SCOPES,
    View,
    matrices,
)
from preau.socle.directory.models import Person
from preau.socle.directory.words import PROFILE_PLURALS

MOST_EXPORTED = 10_000


@blueprint.get("/export.<any(csv, vcf):kind>")
def export(kind: str) -> Response:
    """The list as the reader sees it, for direction and administrators."""
    criteria = asked_criteria()
    if criteria.ecole is None:
        raise Refused(_("Choisissez d’abord une école."))
    require_permission(me(), "white_pages.export", criteria.ecole)
    asked = lookup.statement(me(), criteria).order_by(Person.last_name, Person.first_name)
    cards = lookup.cards(me(), asked.limit(MOST_EXPORTED))
    if kind == "csv":
        return download(transfer.to_csv(cards), "annuaire.csv", "text/csv; charset=utf-8")
    return download(vcard.to_vcards(cards), "annuaire.vcf", "text/vcard; charset=utf-8")


@blueprint.route("/import/<int:structure_id>", methods=["GET", "POST"])
def import_(structure_id: int) -> BaseResponse:
    """Update many entries from a file; all or nothing."""
    require_permission(me(), MANAGE, structure_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        sent = request.files.get("file")
        try:
            content = sent.read(transfer.LARGEST_BYTES + 1) if sent else b""
            count = transfer.read(me(), structure_id, content)
            return done(
                _("%(count)s fiches mises à jour.", count=count), "white_pages.index", ecole=structure_id
            )
        except Invalid as refusal:
            errors = {"": [refusal.message]} | refusal.errors
    return render_page(
        "white_pages/import.html", 422 if errors else 200, structure_id=structure_id, errors=errors
    )


@blueprint.get("/visibilite/")
def visibility_index() -> Response:
    """Schools whose rules the person may set."""
    schools = [each for each in places.schools_of(me()) if me().can(MANAGE, each[0])]
    if not schools:
        require_permission(me(), MANAGE)
    return render_page("white_pages/schools.html", schools=schools[:500])


@blueprint.route("/visibilite/<int:structure_id>", methods=["GET"])
@blueprint.route("/visibilite/<int:structure_id>/<viewer>", methods=["GET", "POST"])
def visibility(structure_id: int, viewer: str = "pupil") -> BaseResponse:
    """What a profile sees of each other, in a school."""
    require_permission(me(), MANAGE, structure_id)
    if viewer not in map(str, EVERYONE):
        raise NotFound(_("Ce profil n’existe pas."))
    if request.method == "POST":
        if "reset" in request.form:
            operations.reset_views(me(), structure_id)
            return done(
                _("Les règles de départ sont revenues."), "white_pages.visibility", structure_id=structure_id
            )
        count = operations.set_viewer(me(), structure_id, viewer, _posted(request.form))
        message = _("%(count)s règles changées.", count=count) if count else _("Rien n’a changé.")
        return done(message, "white_pages.visibility", structure_id=structure_id, viewer=viewer)
    matrix = matrices(frozenset({structure_id}))[structure_id]
    return render_page(
        "white_pages/visibility.html",
        structure_id=structure_id,
        viewer=viewer,
        views={subject: matrix[viewer, subject] for subject in map(str, EVERYONE)},
        profiles=PROFILE_PLURALS,
        scopes=[(key, str(label)) for key, label in SCOPES],
        fields=FIELDS,
        viewer_url=partial(url_for, "white_pages.visibility", structure_id=structure_id),
    )


def _posted(form: "MultiDict[str, str]") -> dict[str, View]:
    views = {}
    for subject in map(str, EVERYONE):
        scope = form.get(f"scope_{subject}", NONE)
        chosen = form.getlist(f"fields_{subject}")
        views[subject] = View(scope, tuple(name for name in FIELD_NAMES if name in chosen))
    return views
