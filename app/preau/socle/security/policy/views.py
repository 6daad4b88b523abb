"""Screens of watch: alerts, the journal, its verification."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import journal, journal_seals
from preau.kernel.database import db
from preau.kernel.errors import NotFound
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person
from preau.socle.security.policy import detection, watch
from preau.socle.security.policy.models import SecurityAlert
from preau.socle.security.policy.settings import PROFILE_NAMES
from preau.socle.security.web import EXPORT_LIMIT, by_person, limiter
from preau.socle.security.words import ACTIONS

pages = Blueprint("security", __name__, url_prefix="/administration/securite", template_folder="../templates")
POLICY = "security.policy"


@pages.before_request
def _only_watchers() -> None:
    if g.get("identity") is None:
        return
    require_permission(me(), POLICY if request.endpoint in OF_POLICY else watch.PERMISSION)


OF_POLICY = frozenset(
    {
        "security.policy",
        "security.settings",
        "security.choose",
        "security.charter_page",
        "security.charter_publish",
    }
)


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"action_names": ACTIONS, "alert_names": detection.kinds(), "profile_names": PROFILE_NAMES}


@pages.get("/")
@pages.get("/alertes", endpoint="alerts")
def index() -> Response:
    """Alerts to see to, or those seen to."""
    handled = request.args.get("traitees") == "1"
    page = paged(watch.alerts(me(), handled=handled), asked_page(), 20)
    ids = {alert.person_id for alert in page.items}
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return render_page(
        "security/alerts.html",
        page=page,
        handled=handled,
        people=people,
        page_url=lambda number: url_for("security.alerts", traitees=int(handled), page=number),
    )


@pages.post("/alertes/<uuid:key>")
def handle(key: uuid.UUID) -> BaseResponse:
    """An alert is seen to."""
    alert = db.session.get(SecurityAlert, key)
    if alert is None or (alert.structure_id is None and not me().everywhere):
        raise NotFound(_("Cette alerte n’existe plus."))
    if alert.structure_id is not None and not me().everywhere:
        require_permission(me(), watch.PERMISSION, alert.structure_id)
    detection.handle(me(), alert)
    return done(_("L’alerte est classée."), "security.alerts")


def _filter() -> watch.JournalFilter:
    found, _errors = parse(watch.JournalFilter, request.args)
    return found or watch.JournalFilter()


@pages.get("/journal")
def journal_page() -> Response:
    """The journal of authentication and rights."""
    wanted = _filter()
    page = paged(watch.entries(me(), wanted), asked_page(), 50)
    query = {name: str(value) for name, value in wanted.model_dump().items() if value}
    return render_page(
        "security/journal.html",
        page=page,
        wanted=wanted,
        names=watch.names_of(page.items),
        query=query,
        page_url=partial(_journal_url, query),
        verdict=None,
    )


def _journal_url(query: dict[str, str], number: int) -> str:
    values: dict[str, Any] = {**query, "page": number}
    return url_for("security.journal_page", **values)


@pages.get("/journal.csv")
@limiter.limit(EXPORT_LIMIT, key_func=by_person)
def journal_csv() -> Response:
    """The same lines as a file; reading them so is itself journalled."""
    with atomic():
        journal.record(me(), "security.journal_read", kind="journal")
    content = "".join(watch.as_csv(watch.entries(me(), _filter())))
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=journal-authentification.csv"
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.post("/journal/verifier")
@limiter.limit(EXPORT_LIMIT, key_func=by_person)
def verify() -> Response:
    """Recompute the chain of seals and say whether a line was touched."""
    journal_seals.seal()
    verdict = journal_seals.verify()
    return render_page("security/verdict.html", verdict=verdict)


# The other pages of the same blueprint.
from preau.socle.security.policy import views_policy  # noqa: E402, F401
