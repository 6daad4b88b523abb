"""Screens of rights: the matrix of a school, grants, delegations, roles."""

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from pydantic import BaseModel, Field
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid, Refused
from preau.kernel.forms import parse, principals_from
from preau.kernel.identity import EVERYONE
from preau.kernel.pages import done, me, render_page
from preau.kernel.ports.principals import principals
from preau.kernel.rights import require_permission
from preau.socle.directory.models import Person, Profile, Role, Structure
from preau.socle.directory.words import ROLE_LABELS
from preau.socle.security.authorisation import choices, operations
from preau.socle.security.authorisation import roles as role_operations
from preau.socle.security.authorisation.operations import Period
from preau.socle.security.models import Grant
from preau.socle.security.policy.settings import PROFILE_NAMES

pages = Blueprint("rights", __name__, url_prefix="/administration/droits", template_folder="../templates")


class GrantIn(BaseModel):
    """What the forms of grants and delegations send."""

    permissions: list[str] = Field(default_factory=list, max_length=100)
    starts_on: date | None = None
    ends_on: date | None = None
    suspended: bool = False
    role: str = Field("", max_length=40)

    @property
    def period(self) -> Period:
        """Its dates."""
        return Period(self.starts_on, self.ends_on)


@pages.before_request
def _only_administrators() -> None:
    if g.get("identity") is not None:
        require_permission(me(), operations.PERMISSION)


def _schools() -> list[tuple[int, str]]:
    statement = select(Structure.id, Structure.name).order_by(Structure.name)
    if not me().everywhere:
        statement = statement.where(Structure.id.in_(me().structures_with(operations.PERMISSION)))
    return [(row.id, row.name) for row in db.session.execute(statement)]


def _school() -> int:
    schools = [id_ for id_, _name in _schools()]
    asked = request.values.get("school", type=int) or me().structure_id
    if asked not in schools:
        if request.values.get("school") or not schools:
            raise Refused(_("Vous n’administrez pas les droits de cette école."))
        asked = schools[0]
    return asked


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"profile_names": PROFILE_NAMES, "role_names": ROLE_LABELS}


def _tabs(school: int) -> list[tuple[str, str, bool]]:
    listed = (
        ("rights.matrix", _("Par profil")),
        ("rights.grants", _("Attributions")),
        ("rights.delegations", _("Délégations")),
        ("rights.roles", _("Rôles")),
    )
    return [(label, url_for(name, school=school), request.endpoint == name) for name, label in listed]


def _page(template: str, school: int, status: int = 200, **context: Any) -> Response:
    return render_page(
        template, status, school=school, schools=_schools(), tabs=_tabs(school), **{"errors": {}, **context}
    )


@pages.get("/")
def matrix() -> Response:
    """What each profile may do in a school."""
    school = _school()
    held = choices.chosen_permissions(school)
    givable = operations.givable(me(), school)
    services = [
        (service, [permission for permission in service.permissions])
        for service in registry
        if service.permissions
    ]
    return _page(
        "security/rights.html", school, services=services, held=held, givable=givable, profiles=EVERYONE
    )


@pages.post("/")
def choose() -> BaseResponse:
    """Keep the choices of a school; rows that the person may not change are left as they are."""
    school = _school()
    ticked = set(request.form.getlist("allowed"))
    wanted = {
        (name, str(profile)): f"{name}:{profile}" in ticked
        for name in operations.givable(me(), school)
        for profile in EVERYONE
    }
    count = choices.choose_permissions(me(), school, wanted)
    message = _("Les droits sont changés, tout de suite et pour tous.") if count else _("Rien n’a changé.")
    return done(message, "rights.matrix", school=school)


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
    return _grants_page(_school())


@pages.post("/attributions")
def give() -> BaseResponse:
    """Give permissions to people, groups or profiles."""
    school = _school()
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


def _grants_page(school: int, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    return _page(
        "security/grants.html",
        school,
        status,
        rows=_grants(school, lent=False),
        givable=operations.givable(me(), school),
        errors=errors or {},
        **_picker(),
    )


@pages.get("/delegations")
def delegations() -> Response:
    """What was lent, by whom, to whom, until when."""
    return _delegations_page(_school())


@pages.post("/delegations")
def delegate() -> BaseResponse:
    """Lend some of one's rights to a colleague."""
    school = _school()
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


def _staff(school: int) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Person.id, Person.last_name, Person.first_name)
        .join(Profile, Profile.person_id == Person.id)
        .where(
            Profile.structure_id == school,
            Profile.left_on.is_(None),
            Profile.kind.not_in(["pupil", "guardian"]),
            Person.id != me().person_id,
        )
        .distinct()
        .order_by(Person.last_name, Person.first_name)
    )
    return [(row.id, f"{row.last_name} {row.first_name}") for row in rows]


def _delegations_page(school: int, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    return _page(
        "security/delegations.html",
        school,
        status,
        rows=_grants(school, lent=True),
        givable=operations.givable(me(), school),
        staff=_staff(school),
        ticked=request.form.getlist("permissions"),
        typed=request.form,
        errors=errors or {},
    )


@pages.post("/attributions/<uuid:key>")
def change(key: uuid.UUID) -> BaseResponse:
    """Change the dates of a grant, suspend it, bring it back, or take it back."""
    grant = operations.find_grant(me(), key)
    back = "rights.delegations" if grant.delegated_by_id else "rights.grants"
    school, todo = grant.structure_id, request.form.get("do", "")
    if todo == "withdraw":
        operations.withdraw(me(), grant)
        return done(_("Le droit est retiré."), back, school=school)
    period = Period(grant.starts_on, grant.ends_on)
    if todo == "dates":
        data, _errors = parse(GrantIn, request.form)
        period = data.period if data else period
    suspended = {"suspend": True, "resume": False}.get(todo, grant.suspended)
    operations.change_grant(me(), grant, period, suspended=suspended)
    return done(_("Le droit est modifié."), back, school=school)


@pages.get("/roles")
def roles() -> Response:
    """Roles of a school."""
    return _roles_page(_school())


@pages.post("/roles")
def give_role() -> BaseResponse:
    """Give a role to somebody of the school."""
    school = _school()
    data, errors = parse(GrantIn, request.form)
    if data is None:
        return _roles_page(school, errors, 422)
    person_id = request.form.get("person", 0, type=int)
    if person_id not in dict(_staff(school)):
        return _roles_page(school, {"person": [_("Choisissez un membre du personnel.")]}, 422)
    try:
        role_operations.give_role(me(), school, data.role, person_id, data.period)
    except Invalid as invalid:
        return _roles_page(school, invalid.errors or {"": [invalid.message]}, 422)
    return done(_("Le rôle est attribué."), "rights.roles", school=school)


@pages.post("/roles/<int:role_id>/retirer")
def withdraw_role(role_id: int) -> BaseResponse:
    """Take a role back."""
    role_operations.withdraw_role(me(), role_id)
    return done(_("Le rôle est retiré."), "rights.roles")


def _roles_page(school: int, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    rows = db.session.execute(
        select(Role, Person)
        .join(Person, Person.id == Role.person_id)
        .where(Role.structure_id == school, Role.name.in_(role_operations.GIVEN_ROLES))
        .order_by(Role.name, Person.last_name)
    ).all()
    return _page(
        "security/roles.html",
        school,
        status,
        rows=rows,
        staff=_staff(school),
        given=role_operations.GIVEN_ROLES,
        typed=request.form,
        errors=errors or {},
    )
