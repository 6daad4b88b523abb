"""Hand-in lockers."""

import uuid
from pathlib import PurePosixPath

from flask import Response as FlaskResponse
from flask import flash, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import downloads, files, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Invalid, PreauError
from preau.kernel.forms import parse
from preau.kernel.pages import me, redirect, render_page, url_for
from preau.kernel.ports.blobs import Stored
from preau.kernel.ports.principals import principals
from preau.services.utilities.files import hand_ins, lockers
from preau.services.utilities.files.models import HandIn, Locker
from preau.services.utilities.files.schemas import PARIS, LockerIn
from preau.services.utilities.files.views.blueprint import blueprint
from preau.services.utilities.files.views.browse import zip_response
from preau.socle.directory.models import Group


@blueprint.get("/casiers")
def lockers_index() -> Response:
    """Lockers one opened, and those where one hands in."""
    mine, waiting = lockers.opened_by(me()), lockers.waiting_for(me())
    ids = {each.group_id for each in mine}
    names = {group.id: group.name for group in _groups(ids)}
    return render_page(
        "files/lockers.html",
        mine=mine,
        waiting=waiting,
        names=names,
        now=now(),
        accepts=lockers.accepts,
        may_open=me().can("files.lockers"),
    )


def _groups(ids: set[int]) -> list[Group]:
    """Groups by id, those that the walls show."""
    return list(db.session.scalars(select(Group).where(Group.id.in_(ids))))


@blueprint.route("/casiers/ouvrir", methods=["GET", "POST"])
def open_locker() -> Response:
    """A new locker."""
    rights.require_permission(me(), "files.lockers")
    return _form(None)


@blueprint.route("/casiers/<uuid:locker_id>/modifier", methods=["GET", "POST"])
def change_locker(locker_id: uuid.UUID) -> Response:
    """Change a locker."""
    return _form(rights.fetch(me(), Locker, locker_id, "write"))


def _form(locker: Locker | None) -> Response:
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(LockerIn, request.form)
        if data is not None:
            try:
                if locker is None:
                    locker = lockers.open_locker(me(), data)
                    flash(_("Casier ouvert. La classe est prévenue."), "success")
                else:
                    lockers.change_locker(me(), locker, data)
                    flash(_("Casier modifié."), "success")
                return redirect(url_for("files.locker", locker_id=locker.id), 303)
            except Invalid as refusal:
                errors = refusal.errors or {"__all__": [refusal.message]}
    values: dict[str, object] = {"late_accepted": True}
    if locker is not None:
        values = {name: getattr(locker, name) for name in LockerIn.model_fields}
        values["due_at"] = locker.due_at.astimezone(PARIS).strftime("%Y-%m-%dT%H:%M")
    return render_page(
        "files/locker_form.html",
        422 if errors else 200,
        locker=locker,
        group_options=[(each.id, each.name) for each in lockers.groups_to_open_for(me())],
        values=request.form or values,
        errors=errors,
    )


@blueprint.route("/casiers/<uuid:locker_id>", methods=["GET", "POST"])
def locker(locker_id: uuid.UUID) -> Response:
    """A locker: the roll for who opened it, one's own files and the form for the others."""
    found = rights.fetch(me(), Locker, locker_id)
    if found.owner_id == me().person_id:
        roll = lockers.roll(me(), found)
        return render_page(
            "files/locker_roll.html", locker=found, roll=roll, group=db.session.get(Group, found.group_id)
        )
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            hand_ins.hand_in(me(), found, _given(), request.form.get("comment", ""))
            flash(_("C’est rendu ! Votre reçu est ci-dessous."), "success")
            return redirect(url_for("files.locker", locker_id=found.id), 303)
        except PreauError as refusal:
            errors = getattr(refusal, "errors", None) or {"files": [refusal.message]}
    made = next((each for each_locker, each in lockers.waiting_for(me()) if each_locker.id == found.id), None)
    key = f"person:{found.owner_id}"
    return render_page(
        "files/locker.html",
        422 if errors else 200,
        locker=found,
        made=made,
        held=hand_ins.files_of(made) if made else [],
        teacher=principals().describe([key]).get(key),
        accepts=lockers.accepts(found) and not (made and made.returned_at),
        late=now() > found.due_at,
        comment=request.form.get("comment", made.comment if made else ""),
        errors=errors,
    )


def _given() -> list[tuple[str, Stored]]:
    store = files.blobs()
    given = [each for each in request.files.getlist("files") if each.filename]
    if len(given) > hand_ins.MOST_FILES:
        return [("", Stored("", 0))] * len(given)
    return [
        (
            PurePosixPath((each.filename or "").replace("\\", "/")).name,
            store.put(each.stream, hand_ins.LARGEST),
        )
        for each in given
    ]


@blueprint.get("/casiers/<uuid:locker_id>/telecharger")
def download_locker(locker_id: uuid.UUID) -> FlaskResponse:
    """All that was handed in, one folder for each pupil."""
    found = rights.fetch(me(), Locker, locker_id, "write")
    return zip_response(lockers.entries(me(), found), found.title)


@blueprint.get("/casiers/fichiers/<uuid:file_id>")
def hand_in_file(file_id: uuid.UUID) -> FlaskResponse:
    """One file that was handed in, or given back."""
    file = hand_ins.file_of(me(), file_id)
    return downloads.send(file.blob, file.name, file.media_type, inline="apercu" in request.args)


@blueprint.route("/casiers/rendus/<uuid:hand_in_id>", methods=["GET", "POST"])
def give_back(hand_in_id: uuid.UUID) -> Response:
    """Return annotated copies and a few words."""
    made = rights.fetch(me(), HandIn, hand_in_id)
    found = rights.fetch(me(), Locker, made.locker_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            hand_ins.give_back(me(), made, _given(), request.form.get("answer", ""))
            flash(_("Travail rendu à l’élève, qui est prévenu."), "success")
            return redirect(url_for("files.locker", locker_id=found.id), 303)
        except PreauError as refusal:
            errors = getattr(refusal, "errors", None) or {"files": [refusal.message]}
    key = f"person:{made.owner_id}"
    return render_page(
        "files/give_back.html",
        422 if errors else 200,
        locker=found,
        made=made,
        pupil=principals().describe([key]).get(key),
        held=hand_ins.files_of(made),
        answer=request.form.get("answer", made.answer),
        errors=errors,
    )


@blueprint.post("/casiers/<uuid:locker_id>/fermer")
def close_locker(locker_id: uuid.UUID) -> Response:
    """Close, or open again."""
    found = rights.fetch(me(), Locker, locker_id, "write")
    lockers.close_locker(me(), found)
    flash(_("Casier fermé.") if found.closed_at else _("Casier rouvert."), "success")
    return redirect(url_for("files.locker", locker_id=found.id), 303)


@blueprint.post("/casiers/<uuid:locker_id>/supprimer")
def delete_locker(locker_id: uuid.UUID) -> Response:
    """Delete, with all that was handed in."""
    found = rights.fetch(me(), Locker, locker_id, "write")
    lockers.delete_locker(me(), found)
    flash(_("Casier « %(title)s » supprimé.", title=found.title), "success")
    return redirect(url_for("files.lockers_index"), 303)
