"""Screens of rights: what they share, and the matrix of a school."""

from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.errors import Refused
from preau.kernel.identity import EVERYONE
from preau.kernel.pages import done, me, render_page
from preau.kernel.rights import require_permission
from preau.socle.directory.models import Person, Profile, Structure
from preau.socle.directory.words import ROLE_LABELS
from preau.socle.security.authorisation import choices, operations
from preau.socle.security.policy.settings import PROFILE_NAMES

pages = Blueprint("rights", __name__, url_prefix="/administration/droits", template_folder="../templates")


@pages.before_request
def _only_administrators() -> None:
    if g.get("identity") is not None:
        require_permission(me(), operations.PERMISSION)


def _schools() -> list[tuple[int, str]]:
    statement = select(Structure.id, Structure.name).order_by(Structure.name)
    if not me().everywhere:
        statement = statement.where(Structure.id.in_(me().structures_with(operations.PERMISSION)))
    return [(row.id, row.name) for row in db.session.execute(statement)]


def asked_school() -> int:
    """The school whose rights are shown: the one asked for, else the person's own."""
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


def rights_page(template: str, school: int, status: int = 200, **context: Any) -> Response:
    """A page of rights, under its tabs."""
    return render_page(
        template, status, school=school, schools=_schools(), tabs=_tabs(school), **{"errors": {}, **context}
    )


@pages.get("/")
def matrix() -> Response:
    """What each profile may do in a school."""
    school = asked_school()
    held = choices.chosen_permissions(school)
    givable = operations.givable(me(), school)
    services = [
        (service, [permission for permission in service.permissions])
        for service in registry
        if service.permissions
    ]
    return rights_page(
        "security/rights.html", school, services=services, held=held, givable=givable, profiles=EVERYONE
    )


@pages.post("/")
def choose() -> BaseResponse:
    """Keep the choices of a school; rows that the person may not change are left as they are."""
    school = asked_school()
    ticked = set(request.form.getlist("allowed"))
    wanted = {
        (name, str(profile)): f"{name}:{profile}" in ticked
        for name in operations.givable(me(), school)
        for profile in EVERYONE
    }
    count = choices.choose_permissions(me(), school, wanted)
    message = _("Les droits sont changés, tout de suite et pour tous.") if count else _("Rien n’a changé.")
    return done(message, "rights.matrix", school=school)


def staff_of(school: int) -> list[tuple[int, str]]:
    """The staff of a school, oneself left out."""
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


# The other pages of the same blueprint.
from preau.socle.security.authorisation import views_grants, views_roles  # noqa: E402, F401
