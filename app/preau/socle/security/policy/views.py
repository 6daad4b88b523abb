"""Screens of watch and policy: alerts, journal, the policy to print, its settings, the charter."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import journal, journal_seals, preferences
from preau.kernel.contract import Setting, registry
from preau.kernel.database import db
from preau.kernel.errors import NotFound, PreauError, Refused
from preau.kernel.forms import parse
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import done, me, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.richtext import LONGEST, render
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Structure
from preau.socle.security.policy import charter, detection, watch
from preau.socle.security.policy.models import SecurityAlert
from preau.socle.security.policy.settings import PROFILE_NAMES, SETTINGS, TIERS
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


@pages.get("/politique")
def policy() -> Response:
    """The policy as it is applied here, to read and to print (SOC-SEC-APS-01, SOC-SEC-IAU-11)."""
    values = preferences.resolve([setting.name for setting in SETTINGS if "project" in setting.levels], me())
    return render_page(
        "security/policy.html",
        values=values,
        tiers=TIERS,
        services=list(registry),
        levels=AuthenticationLevel,
        charter_text=render(charter.text_for(me().structure_id), below=2),
    )


def _level() -> tuple[str, int]:
    """Project administrators set the project, the others the school of their context."""
    school = request.values.get("school", type=int)
    if me().everywhere and not school:
        return "project", 0
    school = school or me().structure_id or 0
    if not me().can(POLICY, school) and not me().everywhere:
        raise Refused(_("Vous ne réglez pas la sécurité de cette école."))
    return "structure", school


@pages.get("/reglages")
def settings() -> Response:
    """The policy's settings."""
    return _settings_page({})


def _settings_page(errors: dict[str, list[str]], status: int = 200) -> Response:
    level, scope_id = _level()
    listed = [setting for setting in SETTINGS if level in setting.levels]
    structure_id = scope_id if level == "structure" else None
    with lifted():
        values = preferences.resolve([setting.name for setting in listed], None, structure_id)
        school = db.session.get(Structure, scope_id) if scope_id else None
    return render_page(
        "security/settings.html",
        status,
        groups=_grouped(listed),
        values=values,
        school=school,
        errors=errors,
        typed=request.form,
    )


def _grouped(listed: list[Setting]) -> list[tuple[str, list[Setting]]]:
    """Settings by what they are about."""
    starts = {
        "password": _("Mots de passe"),
        "idle session": _("Sessions"),
        "pictures class": _("Élèves qui ne lisent pas encore"),
        "lock origin admin": _("Protection"),
        "code purge delegation alert journal": _("Délais"),
    }
    return [
        (title, [each for each in listed if each.name.split(".")[1].startswith(tuple(prefixes.split()))])
        for prefixes, title in starts.items()
    ]


@pages.post("/reglages")
def choose() -> BaseResponse:
    """Keep what changed; nothing is kept when one value is refused."""
    level, scope_id = _level()
    structure_id = scope_id if level == "structure" else None
    errors: dict[str, list[str]] = {}
    listed = [setting for setting in SETTINGS if level in setting.levels]
    present = preferences.resolve([setting.name for setting in listed], None, structure_id)
    wanted = {}
    for setting in listed:
        raw = request.form.get(setting.name, "")
        if raw == "" and not isinstance(setting.default, bool):
            continue
        try:
            typed = preferences.validated(setting, raw)
        except PreauError as refused:
            errors[setting.name] = [refused.message]
            continue
        if typed != present[setting.name]:
            wanted[setting.name] = typed
    if errors:
        return _settings_page(errors, 422)
    with atomic():
        for name, typed in wanted.items():
            preferences.choose(me(), name, level, scope_id, typed)
    return done(
        _("La politique est changée."), "security.settings", **({"school": scope_id} if scope_id else {})
    )


@pages.get("/charte")
def charter_page() -> Response:
    """The charter in force and its next version."""
    return _charter_page({})


def _charter_page(errors: dict[str, list[str]], status: int = 200) -> Response:
    _level_name, scope_id = _level()
    text = request.form.get("text") or charter.text_for(scope_id or None)
    found = charter.published(scope_id or None)
    return render_page(
        "security/charter_edit.html",
        status,
        text=text,
        found=found,
        shown=render(text, below=1),
        errors=errors,
        longest=LONGEST,
    )


@pages.post("/charte")
def charter_publish() -> BaseResponse:
    """Publish the next version."""
    _level_name, scope_id = _level()
    text = request.form.get("text", "").strip()
    if not text or len(text) > LONGEST:
        return _charter_page(
            {"text": [_("Écrivez le texte de la charte (%(count)s caractères au plus).", count=LONGEST)]}, 422
        )
    charter.publish(me(), scope_id or None, text)
    return done(
        _("La charte est publiée : chacun l’acceptera à sa prochaine connexion."), "security.charter_page"
    )
