"""Screens of a teacher: new codes for one's own pupils, printed at once."""

import uuid

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.inputs import is_id
from preau.kernel.pages import me, render_page
from preau.kernel.rights import require_permission
from preau.socle.security.accounts import own_pupils
from preau.socle.security.accounts.models import AccountBatch
from preau.socle.security.accounts.views_batches import sheets_of
from preau.socle.security.authentication.views_account import account_tabs
from preau.socle.security.words import BATCHES, STATES

pages = Blueprint("pupil_codes", __name__, url_prefix="/mes-eleves/codes", template_folder="../templates")


@pages.get("/")
def index() -> Response:
    """The classes and groups one teaches."""
    require_permission(me(), own_pupils.PERMISSION)
    groups = db.session.scalars(own_pupils.taught(me())).all()
    return render_page("security/own_classes.html", groups=groups, account_tabs=account_tabs())


@pages.get("/<int:group_id>")
def pupils(group_id: int) -> Response:
    """The pupils of one of them."""
    return _pupils_page(group_id)


@pages.post("/<int:group_id>")
def print_codes(group_id: int) -> BaseResponse:
    """New codes for those who are ticked."""
    ids = [int(value) for value in request.form.getlist("person") if is_id(value)]
    try:
        batch = own_pupils.new_codes(me(), own_pupils.taught_group(me(), group_id), ids)
    except Invalid as invalid:
        return _pupils_page(group_id, invalid.errors, 422)
    return redirect(url_for("pupil_codes.follow", key=batch.id), 303)


def _pupils_page(group_id: int, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    group = own_pupils.taught_group(me(), group_id)
    rows = db.session.execute(own_pupils.pupils(group)).all()
    return render_page(
        "security/own_pupils.html", status, group=group, rows=rows, states=STATES, errors=errors or {}
    )


def _mine(key: uuid.UUID) -> AccountBatch:
    found = db.session.get(AccountBatch, key, populate_existing=True)
    if found is None or found.asked_by_id != me().person_id:
        raise NotFound(_("Ce travail n’existe plus."))
    return found


@pages.get("/lots/<uuid:key>")
def follow(key: uuid.UUID) -> Response:
    """How far the printing is."""
    return render_page(
        "security/own_batch.html", batch=_mine(key), mine=True, lots="pupil_codes", batch_names=BATCHES
    )


@pages.get("/lots/<uuid:key>/avancement")
def progress(key: uuid.UUID) -> str:
    """The bar alone, asked again by the page until it is done."""
    return render_template(
        "security/_batch.html", batch=_mine(key), mine=True, lots="pupil_codes", batch_names=BATCHES
    )


@pages.get("/lots/<uuid:key>/fiches.pdf")
def download(key: uuid.UUID) -> Response:
    """The sheets."""
    return sheets_of(_mine(key))
