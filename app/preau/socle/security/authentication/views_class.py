"""The sign-in page of a class: a child touches their first name, then their pictures, in order."""

from flask import current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import preferences
from preau.kernel.database import db
from preau.kernel.errors import NotFound
from preau.kernel.pages import render_page, signed_in
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Group, Membership, Person
from preau.socle.security.accounts.models import ClassDoor
from preau.socle.security.authentication import pictures, signin
from preau.socle.security.authentication.signin import SignInRefused
from preau.socle.security.authentication.views import pages, proceed
from preau.socle.security.authentication.visit import visit_of
from preau.socle.security.models import Account
from preau.socle.security.web import CODE_LIMIT, limiter


def _door(code: str) -> tuple[Group, list[tuple[int, str]]]:
    """The class behind an address and its children with pictures: first names, an initial when two are alike."""
    g.frame = {**g.get("frame", {}), "face": "maternelle"}
    with lifted():
        found = db.session.execute(
            select(ClassDoor, Group).join(Group, Group.id == ClassDoor.group_id).where(ClassDoor.code == code)
        ).first()
        if found is None or not preferences.value(
            "security.class_doors", structure_id=found.ClassDoor.structure_id
        ):
            raise NotFound(_("Cette page n’existe plus. Demandez la nouvelle adresse à la classe."))
        rows = db.session.execute(
            select(Person.id, Person.first_name, Person.last_name)
            .join(Membership, Membership.person_id == Person.id)
            .join(Account, Account.person_id == Person.id)
            .where(
                Membership.group_id == found.Group.id,
                Membership.role == "member",
                Account.picture_hash != "",
                Account.state == "active",
            )
            .order_by(Person.first_name, Person.last_name)
        ).all()
    firsts = [row.first_name for row in rows]
    return found.Group, [
        (
            row.id,
            row.first_name if firsts.count(row.first_name) == 1 else f"{row.first_name} {row.last_name[:1]}.",
        )
        for row in rows
    ]


@pages.get("/connexion/classe/<code>")
def class_door(code: str) -> Response:
    """The first names of the class."""
    if signed_in():
        return redirect("/", 303)
    group, children = _door(code)
    response = render_page("security/class_door.html", group=group, children=children, code=code)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/connexion/classe/<code>/<int:person_id>")
def class_child(code: str, person_id: int) -> Response:
    """The pictures."""
    session.pop("pictures", None)
    return _pictures_page(code, person_id, [])


@pages.post("/connexion/classe/<code>/<int:person_id>")
@limiter.limit(CODE_LIMIT)
def class_child_submit(code: str, person_id: int) -> Response:
    """Each press adds a picture; the third one is the answer. With script the three arrive together."""
    pressed = [key for key in request.form.getlist("pictures") if key in pictures.catalogue()]
    chosen = ([] if len(pressed) > 1 else session.get("pictures", [])) + pressed
    if len(chosen) < pictures.COUNT:
        session["pictures"] = chosen
        return _pictures_page(code, person_id, chosen)
    session.pop("pictures", None)
    _group, children = _door(code)
    if person_id not in [child for child, _name in children]:
        raise NotFound(_("Cette page n’existe plus. Demandez la nouvelle adresse à la classe."))
    try:
        proven = signin.with_pictures(person_id, chosen[: pictures.COUNT], visit_of(request))
    except SignInRefused as refused:
        blocked = refused.code == "PRE-AUT-003"
        again = refused.message if blocked else _("Ce n’est pas ça. Essaie encore une fois !")
        return _pictures_page(code, person_id, [], again, 422)
    return proceed(proven, "/")


def _pictures_page(
    code: str, person_id: int, chosen: list[str], error: str = "", status: int = 200
) -> Response:
    _group, children = _door(code)
    name = dict(children).get(person_id)
    if name is None:
        raise NotFound(_("Cette page n’existe plus. Demandez la nouvelle adresse à la classe."))
    labels = pictures.catalogue()
    asset = current_app.jinja_env.globals["asset"]
    listed = [
        {"key": key, "label": label, "url": asset(f"images/pictures/{key}.svg")}  # type: ignore[operator]
        for key, label in labels.items()
    ]
    return render_page(
        "security/class_child.html",
        status,
        name=name,
        person_id=person_id,
        back=url_for("authentication.class_door", code=code),
        pictures=listed,
        chosen=[labels[key] for key in chosen],
        count=pictures.COUNT,
        error=error,
    )
