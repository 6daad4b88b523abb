"""Pages of assistance."""

import uuid
from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.forms import parse
from preau.kernel.pages import done, me, opening, pages, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.rights import fetch, may
from preau.socle.support.assistance import operations
from preau.socle.support.assistance.models import HANDLE, SEVERITIES, STATES, Incident

blueprint = pages("assistance", __name__, "/assistance")
blueprint.before_request(opening("assistance"))


@blueprint.context_processor
def words() -> dict[str, Any]:
    """French names of states and severities."""
    return {"states": STATES, "severities": SEVERITIES}


@blueprint.get("/")
def index() -> Response:
    """One's own reports, and those one handles."""
    closed = request.args.get("vue") == "resolus"
    return render_page(
        "assistance/index.html",
        incidents=paged(operations.incidents(me(), closed=closed), asked_page()),
        closed=closed,
        handles=me().can(HANDLE),
        page_url=lambda number: url_for("assistance.index", page=number, vue="resolus" if closed else None),
    )


@blueprint.route("/signaler", methods=["GET", "POST"])
def report() -> BaseResponse:
    """Report an incident."""
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(operations.IncidentIn, request.form)
        if data is not None:
            made = operations.report(me(), data, request.headers.get("User-Agent", ""))
            return done(_("Votre signalement est transmis."), "assistance.show", number=made.id)
    typed: Any = request.form if errors else {"page": request.args.get("page", "")[:300]}
    return render_page("assistance/report.html", 422 if errors else 200, data=typed, errors=errors)


@blueprint.route("/<uuid:number>", methods=["GET", "POST"])
def show(number: uuid.UUID) -> BaseResponse:
    """One incident, with its answer; who handles it answers here."""
    incident = fetch(me(), Incident, number)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(operations.AnswerIn, request.form)
        if data is not None:
            operations.answer(me(), incident, data)
            return done(_("La réponse est envoyée."), "assistance.show", number=number)
    return render_page(
        "assistance/show.html",
        422 if errors else 200,
        incident=incident,
        handles=may(me(), "write", incident),
        data=request.form if errors else incident,
        errors=errors,
    )
