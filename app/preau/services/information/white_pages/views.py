"""Pages of the white pages."""

from functools import partial
from typing import Any

from flask import make_response, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.downloads import disposition
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.forms import errors_of, parse
from preau.kernel.identity import EVERYONE
from preau.kernel.pages import done, me, opening, pages, render_page
from preau.kernel.paging import asked_page
from preau.kernel.rights import require_permission
from preau.services.information.white_pages import lookup, operations, transfer
from preau.services.information.white_pages.lookup import Criteria
from preau.services.information.white_pages.operations import EntryIn
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

blueprint = pages("white_pages", __name__, "/annuaire")
blueprint.before_request(opening("white_pages"))
MOST_EXPORTED = 10_000


def _criteria() -> Criteria:
    data, _errors = parse(Criteria, MultiDict({**request.args, "q": request.args.get("q", "")[:100]}))
    criteria = data or Criteria()
    if criteria.ecole is None and not me().everywhere:
        criteria.ecole = me().structure_id
    return criteria


@blueprint.get("/")
def index() -> Response:
    """The list, narrowed as the reader asks."""
    criteria, identity = _criteria(), me()
    waiting = criteria.ecole is None and not criteria.q.strip()
    found = None if waiting else lookup.look_up(identity, criteria, asked_page())
    asked = {name: value for name, value in criteria.model_dump().items() if value}
    schools = lookup.schools_of(identity)
    classes, subjects = lookup.choices_of(identity, criteria.ecole)
    return render_page(
        "white_pages/index.html",
        criteria=criteria,
        found=found,
        schools=schools,
        school=dict(schools).get(criteria.ecole or 0, ""),
        classes=classes,
        subjects=subjects,
        profiles=[(key, str(label)) for key, label in PROFILE_PLURALS.items()],
        page_url=lambda number: url_for("white_pages.index", **asked, page=number),
        asked=asked,
        managed=criteria.ecole is not None and identity.can(MANAGE, criteria.ecole),
    )


@blueprint.get("/personnes/<int:profile_id>")
def person(profile_id: int) -> Response:
    """A person's card."""
    card = lookup.card_of(me(), profile_id)
    return render_page("white_pages/person.html", card=card, mine=card.uid == me().uid)


@blueprint.get("/personnes/<int:profile_id>.vcf")
def vcard(profile_id: int) -> Response:
    """A person's card for an address book: what the reader sees, nothing more."""
    card = lookup.card_of(me(), profile_id)
    return _download(transfer.to_vcards([card]), f"{card.name}.vcf", "text/vcard; charset=utf-8")


@blueprint.get("/classes/<uid>")
def group(uid: str) -> Response:
    """A class with faces, which prints well."""
    found = lookup.group_named(uid)
    members = lookup.members_seen(me(), found)
    return render_page("white_pages/group.html", group=found, members=members)


def _download(content: str, name: str, media_type: str) -> Response:
    response = make_response(content)
    response.content_type = media_type
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.get("/export.<any(csv, vcf):kind>")
def export(kind: str) -> Response:
    """The list as the reader sees it, for direction and administrators."""
    criteria = _criteria()
    if criteria.ecole is None:
        raise Refused(_("Choisissez d’abord une école."))
    require_permission(me(), "white_pages.export", criteria.ecole)
    asked = lookup.statement(me(), criteria).order_by(Person.last_name, Person.first_name)
    cards = lookup.cards(me(), asked.limit(MOST_EXPORTED))
    if kind == "csv":
        return _download(transfer.to_csv(cards), "annuaire.csv", "text/csv; charset=utf-8")
    return _download(transfer.to_vcards(cards), "annuaire.vcf", "text/vcard; charset=utf-8")


@blueprint.route("/import/<int:structure_id>", methods=["GET", "POST"])
def import_(structure_id: int) -> BaseResponse:
    """Update many entries from a file; all or nothing."""
    require_permission(me(), MANAGE, structure_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        sent = request.files.get("file")
        try:
            content = sent.read(transfer.LARGEST_BYTES + 1) if sent else b""
            count = transfer.read_csv(me(), structure_id, content)
            return done(
                _("%(count)s fiches mises à jour.", count=count), "white_pages.index", ecole=structure_id
            )
        except Invalid as refusal:
            errors = {"": [refusal.message]} | refusal.errors
    return render_page(
        "white_pages/import.html", 422 if errors else 200, structure_id=structure_id, errors=errors
    )


@blueprint.route("/ma-fiche", methods=["GET", "POST"])
def mine() -> BaseResponse:
    """One's own entry, and from whom each of its fields is kept back."""
    identity, errors = me(), {}
    require_permission(identity, "white_pages.update")
    if request.method == "POST":
        restrictions = {name: request.form.getlist(f"hide_{name}")[:20] for name in operations.RESTRICTABLE}
        typed = {name: request.form.get(name, "").strip() for name in ("mail", "phone", "website", "about")}
        try:
            operations.update_entry(identity, EntryIn(**typed, restrictions=restrictions))
            return done(_("Votre fiche est enregistrée."), "white_pages.mine")
        except ValidationError as refused:
            errors = {name: [HINTS.get(name) or messages[0]] for name, messages in errors_of(refused).items()}
        except Refused as refused:
            errors = {"": [refused.message]}
    entry: Any = operations.own_entry(identity)
    if errors:
        entry = {**typed, "restrictions": restrictions}
    return render_page(
        "white_pages/mine.html",
        422 if errors else 200,
        entry=entry,
        errors=errors,
        pupil=identity.kinds == {"pupil"},
        nameless=operations.may_hide_name(identity),
        profiles=[
            ("all", _("Tout le monde")),
            *((key, str(label)) for key, label in PROFILE_PLURALS.items()),
        ],
    )


HINTS = {
    "mail": "Indiquez une adresse comme prenom.nom@exemple.fr.",
    "phone": "Indiquez un numéro comme 05 56 00 00 00.",
    "website": "Indiquez une adresse qui commence par https://.",
}


@blueprint.get("/visibilite/")
def visibility_index() -> Response:
    """Schools whose rules the person may set."""
    schools = [each for each in lookup.schools_of(me()) if me().can(MANAGE, each[0])]
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
