"""Screens of the functional administrator for many accounts: batches, sheets, doors of classes."""

import uuid

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.downloads import disposition
from preau.kernel.errors import Conflict, Invalid, NotFound
from preau.kernel.inputs import is_id
from preau.kernel.pages import done, me, render_page
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Profile, Structure
from preau.socle.security.accounts import batches, doors, reach
from preau.socle.security.accounts.models import AccountBatch
from preau.socle.security.accounts.views import pages, wanted_filter


@pages.post("/lot")
def batch() -> BaseResponse:
    """The same action for those who are ticked, or for all those the filter finds in one school."""
    wanted, kind = wanted_filter(), request.form.get("kind", "")
    if request.form.get("everybody"):
        rows = db.session.execute(reach.administered(me(), wanted)).all()
        ids = [row.Account.person_id for row in rows]
    else:
        ids = [int(value) for value in request.form.getlist("person") if is_id(value)]
    structure = wanted.structure or _only_school(ids)
    group = db.session.get(Group, wanted.group) if wanted.group else None
    school = db.session.get(Structure, structure)
    label = group.name if group else (school.name if school else "")
    asked = batches.ask(
        me(), kind, structure, ids, label, everybody=request.form.get("renew") == "1" and kind == "sheets"
    )
    return redirect(url_for("accounts.follow", key=asked.id), 303)


def _only_school(ids: list[int]) -> int:
    scope = reach.scope(me())
    found = db.session.scalars(
        select(Profile.structure_id)
        .where(Profile.person_id.in_(ids), Profile.structure_id.in_(scope))
        .distinct()
    ).all()
    if not found:
        raise Invalid(_("Cochez au moins une personne."))
    if len(found) > 1:
        raise Conflict(
            _("Ces personnes sont de plusieurs écoles : choisissez d’abord une école dans le filtre.")
        )
    return int(found[0])


def _batch(key: uuid.UUID) -> AccountBatch:
    found = db.session.get(AccountBatch, key, populate_existing=True)
    if found is None:
        raise NotFound(_("Ce travail n’existe plus."))
    require_permission(me(), reach.PERMISSION, found.structure_id)
    return found


@pages.get("/lots/<uuid:key>")
def follow(key: uuid.UUID) -> Response:
    """How far a batch is."""
    found = _batch(key)
    return render_page("security/batch.html", batch=found, mine=found.asked_by_id == me().person_id)


@pages.get("/lots/<uuid:key>/avancement")
def progress(key: uuid.UUID) -> str:
    """The bar alone, asked again by the page until it is done."""
    found = _batch(key)
    return render_template("security/_batch.html", batch=found, mine=found.asked_by_id == me().person_id)


@pages.get("/lots/<uuid:key>/fiches.pdf")
def download(key: uuid.UUID) -> Response:
    """The sheets, for whoever asked for them."""
    return sheets_of(_batch(key))


def sheets_of(found: AccountBatch) -> Response:
    """The file of a batch, kept nowhere on the way."""
    content = batches.file_of(me(), found)
    if content is None:
        raise NotFound(
            _("Ces fiches ne sont plus disponibles : elles se gardent un jour, et seul leur auteur les lit.")
        )
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = disposition(f"fiches-{found.label}.pdf")
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.post("/portes/<int:group_id>")
def door(group_id: int) -> BaseResponse:
    """A new address for the sign-in page of a class; the former one leads nowhere any more."""
    group = db.session.get(Group, group_id)
    if group is None or group.structure_id is None:
        raise NotFound(_("Cette classe n’existe plus."))
    require_permission(me(), reach.PERMISSION, group.structure_id)
    doors.renew(me(), group)
    return done(_("La page de la classe a une nouvelle adresse."), "accounts.index", group=group_id)


@pages.get("/portes/<int:group_id>/affiche")
def door_poster(group_id: int) -> Response:
    """The address of a class as a poster with a QR code."""
    group = db.session.get(Group, group_id)
    found = doors.of_group(group) if group else None
    if group is None or found is None or group.structure_id is None:
        raise NotFound(_("Cette classe n’a pas de page de connexion."))
    require_permission(me(), reach.PERMISSION, group.structure_id)
    with atomic():
        journal.record(me(), "security.class_door", found)
    return render_page("security/class_poster.html", group=group, **doors.poster(found))
