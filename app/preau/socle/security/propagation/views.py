"""Screens of partners: one's own page, the project's registry, a school's openings."""

import uuid
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import db
from preau.kernel.errors import Conflict, NotFound, Refused
from preau.kernel.forms import errors_of
from preau.kernel.identity import EVERYONE
from preau.kernel.pages import done, me, opening, render_page
from preau.kernel.rights import require_permission
from preau.socle.directory.models import Structure
from preau.socle.security.policy.settings import PROFILE_NAMES
from preau.socle.security.propagation import registering
from preau.socle.security.propagation.attributes import ATTRIBUTES, IDENTIFIERS
from preau.socle.security.propagation.categories import CATEGORIES
from preau.socle.security.propagation.entering import entries
from preau.socle.security.propagation.models import Partner, PartnerLink, PartnerOpening
from preau.socle.security.propagation.schemas import PartnerIn
from preau.socle.security.words import LEVELS

mine = Blueprint("partners", __name__, url_prefix="/services-exterieurs", template_folder="templates")
registry = Blueprint(
    "partner_registry",
    __name__,
    url_prefix="/administration/services-exterieurs",
    template_folder="templates",
)
mine.before_request(opening("partners"))


@mine.get("/")
def index() -> Response:
    """The partners open to the person, and what each was told."""
    rows = db.session.execute(
        select(PartnerLink, Partner)
        .join(Partner, Partner.id == PartnerLink.partner_id)
        .where(PartnerLink.person_id == me().person_id)
        .order_by(Partner.name)
    ).all()
    return render_page("partners/mine.html", entries=entries(me()), links=rows, attributes=ATTRIBUTES)


@registry.before_request
def _only_administrators() -> None:
    if not (me().can(registering.MANAGE) or me().can(registering.OPEN)):
        require_permission(me(), registering.OPEN)


@registry.get("/")
def listing() -> Response:
    """Every partner, and to whom the school in hand opens it."""
    school = _school()
    openings = (
        {
            row.partner_id: row.profiles
            for row in db.session.scalars(select(PartnerOpening).where(PartnerOpening.structure_id == school))
        }
        if school
        else {}
    )
    return render_page(
        "partners/registry.html",
        partners=db.session.scalars(select(Partner).order_by(Partner.name)).all(),
        openings=openings,
        school=school,
        schools=_schools(),
        may_manage=me().can(registering.MANAGE),
        **_words(),
    )


def _schools() -> list[tuple[int, str]]:
    statement = select(Structure.id, Structure.name).order_by(Structure.name)
    if not me().everywhere:
        statement = statement.where(Structure.id.in_(me().structures_with(registering.OPEN)))
    return [(row.id, row.name) for row in db.session.execute(statement)]


def _school() -> int | None:
    schools = [id_ for id_, _name in _schools()]
    asked = request.values.get("school", type=int) or me().structure_id
    if asked in schools:
        return asked
    if request.values.get("school"):
        raise Refused(_("Vous n’administrez pas les services extérieurs de cette école."))
    return schools[0] if schools else None


@registry.post("/<uuid:key>/ouvrir")
def open_(key: uuid.UUID) -> BaseResponse:
    """Open a partner to the profiles ticked, in one school."""
    partner, school = _partner(key), _school()
    if school is None:
        raise Refused(_("Aucune école à ouvrir."))
    registering.open_partner(me(), partner, school, request.form.getlist("profiles"))
    return done(_("C’est enregistré."), "partner_registry.listing", school=school)


@registry.get("/nouveau")
def new() -> Response:
    """The form of a new partner."""
    require_permission(me(), registering.MANAGE)
    return _form(None, MultiDict({"category": "3", "level": "10", "layout": "cas3", "identifier": "opaque"}))


@registry.post("/nouveau")
def create() -> BaseResponse:
    """Register a partner."""
    require_permission(me(), registering.MANAGE)
    return _keep(None)


@registry.get("/<uuid:key>")
def change(key: uuid.UUID) -> Response:
    """The form of a partner."""
    require_permission(me(), registering.MANAGE)
    partner = _partner(key)
    return _form(partner, _typed(partner))


@registry.post("/<uuid:key>")
def save(key: uuid.UUID) -> BaseResponse:
    """Change a partner."""
    require_permission(me(), registering.MANAGE)
    return _keep(_partner(key))


@registry.post("/<uuid:key>/retirer")
def remove(key: uuid.UUID) -> BaseResponse:
    """Remove a partner, once confirmed."""
    partner = _partner(key)
    if not request.form.get("confirmed"):
        require_permission(me(), registering.MANAGE)
        return render_page("partners/remove.html", partner=partner)
    registering.remove_partner(me(), partner)
    return done(_("Le service est retiré."), "partner_registry.listing")


def _partner(key: uuid.UUID) -> Partner:
    partner = db.session.get(Partner, key)
    if partner is None:
        raise NotFound(_("Ce service n’est plus enregistré."))
    return partner


def _keep(partner: Partner | None) -> BaseResponse:
    posted = request.form
    try:
        data = PartnerIn.model_validate(_read(posted))
    except ValidationError as refused:
        return _form(partner, posted, errors_of(refused), 422)
    try:
        if partner is None:
            registering.register_partner(me(), data)
        else:
            registering.change_partner(me(), partner, data)
    except Conflict as refused:
        return _form(partner, posted, {"name": [refused.message]}, 422)
    return done(_("Le service est enregistré."), "partner_registry.listing")


def _read(posted: "MultiDict[str, str]") -> dict[str, Any]:
    """The form as the schema wants it: addresses by line, one release per attribute ticked."""
    raw: dict[str, Any] = {
        name: posted[name].strip()
        for name in PartnerIn.model_fields
        if name in posted and posted[name].strip()
    }
    raw["addresses"] = [line.strip() for line in posted.get("addresses", "").splitlines() if line.strip()]
    raw["released"] = [
        {
            "name": name,
            "sent_as": posted.get(f"as_{name}", "").strip(),
            "reason": posted.get(f"reason_{name}", "").strip(),
        }
        for name in posted.getlist("released")
        if name in ATTRIBUTES
    ]
    return raw


def _typed(partner: Partner) -> "MultiDict[str, str]":
    """What the form shows of a partner."""
    typed = MultiDict(
        {
            name: str(value)
            for name in PartnerIn.model_fields
            if not isinstance(value := getattr(partner, name), list) and value is not None
        }
    )
    for flag in ("may_proxy", "suspended"):
        if not getattr(partner, flag):
            typed.pop(flag, None)
    typed["addresses"] = "\n".join(partner.addresses)
    for release in partner.released:
        typed.add("released", release["name"])
        typed[f"as_{release['name']}"] = release["sent_as"]
        typed[f"reason_{release['name']}"] = release["reason"]
    return typed


def _form(
    partner: Partner | None,
    typed: "MultiDict[str, str]",
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    return render_page(
        "partners/form.html", status, partner=partner, typed=typed, errors=errors or {}, **_words()
    )


def _words() -> dict[str, Any]:
    return {
        "categories": CATEGORIES,
        "attributes": ATTRIBUTES,
        "identifiers": {name: label for name, (label, _value) in IDENTIFIERS.items()},
        "profiles": EVERYONE,
        "profile_names": PROFILE_NAMES,
        "levels": {int(level): label for level, label in LEVELS.items()},
    }
