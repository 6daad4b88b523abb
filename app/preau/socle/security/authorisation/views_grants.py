"""Screens of rights given to somebody: grants and delegations, with their dates. SOC-SEC-AUT-03, SOC-SUP-ABO-04."""

import uuid
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid, Refused
from preau.kernel.forms import parse, principals_from
from preau.kernel.pages import done, me
from preau.kernel.ports.principals import principals
from preau.socle.directory.models import Person
from preau.socle.security.authorisation import operations
from preau.socle.security.authorisation.operations import Period
from preau.socle.security.authorisation.schemas import GrantIn
from preau.socle.security.authorisation.views import asked_school, pages, rights_page, staff_of
from preau.socle.security.models import Grant


def _grants(school: int, *, lent: bool) -> list[dict[str, Any]]:
    rows = db.session.scalars(
        select(Grant)
        .where(
            Grant.structure_id == school,
            Grant.delegated_by_id.is_not(None) if lent else Grant.delegated_by_id.is_(None),
        )
        .order_by(Grant.created_at.desc())
        .limit(500)
    ).all()
    names = principals().describe({row.principal for row in rows})
    authors = {row.delegated_by_id for row in rows}
    people = {
        person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(authors)))
    }
    declared = registry.permissions()
    return [
        {
            "grant": row,
            "who": names[row.principal].label if row.principal in names else _("(n’existe plus)"),
            "what": declared[row.permission].label if row.permission in declared else row.permission,
            "by": people.get(row.delegated_by_id or 0),
        }
        for row in rows
    ]


@pages.get("/attributions")
def grants() -> Response:
    """Grants of a school."""
    return _grants_page(asked_school())


@pages.post("/attributions")
def give() -> BaseResponse:
    """Give permissions to people, groups or profiles."""
    school = asked_school()
    data, errors = parse(GrantIn, request.form)
    if data is None or request.form.get("search_principals"):
        return _grants_page(school, errors, 200 if not errors else 422)
    try:
        operations.give(me(), school, data.permissions, principals_from(request.form), data.period)
    except (Invalid, Refused) as refused:
        return _grants_page(
            school, getattr(refused, "errors", None) or {"": [refused.message]}, refused.status
        )
    return done(_("C’est fait : le droit est attribué."), "rights.grants", school=school)


def _picker() -> dict[str, Any]:
    keys = principals_from(request.form)
    described = principals().describe(keys)
    typed = request.form.get("principals_q", "")
    searching = bool(request.form.get("search_principals"))
    return {
        "chosen": [described[key] for key in keys if key in described],
        "found": principals().search(me(), typed) if searching else None,
        "q": typed,
        "ticked": request.form.getlist("permissions"),
        "typed": request.form,
    }


def _grants_page(
    school: int, errors: dict[str, list[str]] | None = None, status: int = 200, **more: Any
) -> Response:
    return rights_page(
        "security/grants.html",
        school,
        status,
        rows=_grants(school, lent=False),
        givable=operations.givable(me(), school),
        errors=errors or {},
        **_picker(),
        **more,
    )


@pages.get("/delegations")
def delegations() -> Response:
    """What was lent, by whom, to whom, until when."""
    return _delegations_page(asked_school())


@pages.post("/delegations")
def delegate() -> BaseResponse:
    """Lend some of one's rights to a colleague."""
    school = asked_school()
    data, errors = parse(GrantIn, request.form)
    if data is None:
        return _delegations_page(school, errors, 422)
    person_id = request.form.get("person", 0, type=int)
    try:
        operations.delegate(me(), school, data.permissions, person_id, data.period)
    except (Invalid, Refused) as refused:
        return _delegations_page(
            school, getattr(refused, "errors", None) or {"": [refused.message]}, refused.status
        )
    return done(
        _("C’est fait : vos droits sont délégués jusqu’à la date choisie."),
        "rights.delegations",
        school=school,
    )


def _delegations_page(
    school: int, errors: dict[str, list[str]] | None = None, status: int = 200, **more: Any
) -> Response:
    return rights_page(
        "security/delegations.html",
        school,
        status,
        rows=_grants(school, lent=True),
        givable=operations.givable(me(), school),
        staff=staff_of(school),
        ticked=request.form.getlist("permissions"),
        typed={} if more else request.form,
        errors=errors or {},
        **more,
    )


@pages.post("/attributions/<uuid:key>")
def change(key: uuid.UUID) -> BaseResponse:
    """Change the dates of a grant, suspend it, bring it back, or take it back."""
    grant = operations.find_grant(me(), key)
    lent, school, todo = bool(grant.delegated_by_id), grant.structure_id, request.form.get("do", "")
    back = "rights.delegations" if lent else "rights.grants"
    if todo == "withdraw":
        operations.withdraw(me(), grant)
        return done(_("Le droit est retiré."), back, school=school)
    try:
        period = _dates() if todo == "dates" else Period(grant.starts_on, grant.ends_on)
        suspended = {"suspend": True, "resume": False}.get(todo, grant.suspended)
        operations.change_grant(me(), grant, period, suspended=suspended)
    except (Invalid, Refused) as refused:
        db.session.refresh(grant)
        page = _delegations_page if lent else _grants_page
        return page(school, status=refused.status, changing=grant.id, refused=refused.message)
    message = _("Les dates sont changées.") if todo == "dates" else _("Le droit est modifié.")
    return done(message, back, school=school)


def _dates() -> Period:
    data, errors = parse(GrantIn, request.form)
    if data is None:
        raise Invalid(_("Écrivez chaque date en entier, par exemple 30/06/2027."), errors)
    return data.period
