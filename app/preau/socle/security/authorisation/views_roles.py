"""Screen of the roles of a school. SOC-SEC-AUT-03."""

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import parse
from preau.kernel.pages import done, me
from preau.socle.directory.models import Person, Role
from preau.socle.security.authorisation import roles as role_operations
from preau.socle.security.authorisation.schemas import GrantIn
from preau.socle.security.authorisation.views import asked_school, pages, rights_page, staff_of


@pages.get("/roles")
def roles() -> Response:
    """Roles of a school."""
    return _roles_page(asked_school())


@pages.post("/roles")
def give_role() -> BaseResponse:
    """Give a role to somebody of the school."""
    school = asked_school()
    data, errors = parse(GrantIn, request.form)
    if data is None:
        return _roles_page(school, errors, 422)
    person_id = request.form.get("person", 0, type=int)
    if person_id not in dict(staff_of(school)):
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
    return rights_page(
        "security/roles.html",
        school,
        status,
        rows=rows,
        staff=staff_of(school),
        given=role_operations.GIVEN_ROLES,
        typed=request.form,
        errors=errors or {},
    )
