"""Pages of the white pages."""

from typing import Any

from flask import make_response, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import conflicts
from preau.kernel.downloads import disposition, send
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.forms import errors_of, parse
from preau.kernel.pages import done, me, opening, pages, render_page
from preau.kernel.paging import asked_page
from preau.kernel.rights import require_permission
from preau.services.information.white_pages import lookup, operations, photos, places, vcard
from preau.services.information.white_pages.cards import Criteria
from preau.services.information.white_pages.operations import EntryIn
from preau.services.information.white_pages.visibility import MANAGE
from preau.socle.directory.words import PROFILE_PLURALS

blueprint = pages("white_pages", __name__, "/annuaire")
blueprint.before_request(opening("white_pages"))
PHOTO_SECONDS = 300


def asked_criteria() -> Criteria:
    """What the address asks for, in the reader's school unless it says another."""
    data, _errors = parse(Criteria, MultiDict({**request.args, "q": request.args.get("q", "")[:100]}))
    criteria = data or Criteria()
    if criteria.ecole is None and not me().everywhere:
        criteria.ecole = me().structure_id
    return criteria


@blueprint.get("/")
def index() -> Response:
    """The list, narrowed as the reader asks."""
    criteria, identity = asked_criteria(), me()
    waiting = criteria.ecole is None and not criteria.q.strip()
    found = None if waiting else lookup.look_up(identity, criteria, asked_page())
    asked = {name: value for name, value in criteria.model_dump().items() if value}
    schools = places.schools_of(identity)
    classes, subjects = places.choices_of(identity, criteria.ecole)
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
    managed = me().can(MANAGE, card.structure_id)
    return render_page("white_pages/person.html", card=card, mine=card.uid == me().uid, managed=managed)


@blueprint.get("/personnes/<int:profile_id>.vcf")
def card_file(profile_id: int) -> Response:
    """A person's card for an address book: what the reader sees, nothing more (UTI-IDO-PBL-05)."""
    card = lookup.card_of(me(), profile_id)
    return download(vcard.to_vcards([card]), f"{card.name}.vcf", "text/vcard; charset=utf-8")


@blueprint.get("/personnes/<int:profile_id>/photo")
def photo(profile_id: int) -> Response:
    """A person's photo, to whoever may see it."""
    card = lookup.card_of(me(), profile_id)
    if not card.photo:
        raise NotFound(_("Cette personne n’a pas mis de photo, ou ne vous la montre pas."))
    return send(card.photo, "photo.webp", photos.MEDIA_TYPE, inline=True, max_age=PHOTO_SECONDS)


@blueprint.post("/personnes/<int:profile_id>/photo/retirer")
def remove_photo(profile_id: int) -> BaseResponse:
    """One's own photo, or one that the direction finds out of place."""
    photos.remove_photo(me(), profile_id)
    return done(_("La photo est retirée."), "white_pages.person", profile_id=profile_id)


@blueprint.get("/classes/<uid>")
def group(uid: str) -> Response:
    """A class with faces, which prints well."""
    found = places.group_named(uid)
    members = places.members_seen(me(), found)
    return render_page("white_pages/group.html", group=found, members=members)


def download(content: str, name: str, media_type: str) -> Response:
    """A file made for the reader, that no cache keeps."""
    response = make_response(content)
    response.content_type = media_type
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/ma-fiche", methods=["GET", "POST"])
def mine() -> BaseResponse:
    """One's own entry, and from whom each of its fields is kept back."""
    identity = me()
    require_permission(identity, "white_pages.update")
    entry: Any = operations.own_entry(identity)
    fields = {
        "mail": _("Courriel"),
        "phone": _("Téléphone"),
        "website": _("Site web"),
        "about": _("Quelques mots"),
    }
    seen = conflicts.seen(entry, request.form, {**fields, "restrictions": ""})
    errors = seen.errors
    if request.method == "POST":
        restrictions = {name: request.form.getlist(f"hide_{name}")[:20] for name in operations.RESTRICTABLE}
        typed = {name: request.form.get(name, "").strip() for name in ("mail", "phone", "website", "about")}
        try:
            if not errors:
                sent = request.files.get("photo")
                operations.update_entry(identity, EntryIn(**typed, restrictions=restrictions), sent)
                return done(_("Votre fiche est enregistrée."), "white_pages.mine")
        except ValidationError as refused:
            errors = {name: [HINTS.get(name) or messages[0]] for name, messages in errors_of(refused).items()}
        except Invalid as refused:
            errors = refused.errors
        except Refused as refused:
            errors = {"": [refused.message]}
    if errors:
        entry = {**typed, "restrictions": restrictions, "photo": entry.photo}
    return render_page(
        "white_pages/mine.html",
        422 if errors else 200,
        entry=entry,
        errors=errors,
        seen=seen,
        profile_id=lookup.own_profile(identity),
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
