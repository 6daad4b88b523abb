"""«Mon compte»: devices, password, second factor, recovery address, length of sessions, program passwords."""

import uuid

from flask import Blueprint, current_app, g, redirect, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import preferences
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import done, me, render_page
from preau.socle.security.authentication import basic, passwords, recovery, sessions, totp
from preau.socle.security.authentication.views import half_way, keep_half_way
from preau.socle.security.authentication.visit import visit_of
from preau.socle.security.models import Account, SignInSession
from preau.socle.security.policy.passwords import policy_of
from preau.socle.security.policy.sessions import session_policy
from preau.socle.security.policy.settings import IDLE_CHOICES
from preau.socle.security.web import CODE_LIMIT, limiter

pages = Blueprint("account", __name__, url_prefix="/compte", template_folder="../templates")
NAME_LENGTH = 60


def _account() -> Account:
    return db.session.get_one(Account, me().person_id, populate_existing=True)


@pages.context_processor
def _here() -> dict[str, object]:
    return {"account_tabs": _tabs()}


def _tabs() -> list[tuple[str, str, bool]]:
    with_password = me().level >= AuthenticationLevel.PASSWORD
    listed = [("account.devices", _("Mes appareils"))]
    if with_password:
        listed += [
            ("account.password", _("Mot de passe")),
            ("account.second_factor", _("Double vérification")),
            ("account.recovery", _("En cas d’oubli")),
            ("account.programs", _("Programmes")),
        ]
    return [(label, url_for(endpoint), request.endpoint == endpoint) for endpoint, label in listed]


@pages.get("/")
def index() -> Response:
    """«Mon compte» opens on the devices."""
    return redirect(url_for("account.devices"), 303)


@pages.get("/appareils")
def devices() -> Response:
    """Signed-in devices, and the length of sessions."""
    rows = db.session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == me().person_id)
        .order_by(SignInSession.seen_at.desc())
    ).all()
    policy = session_policy(me())
    return render_page(
        "security/devices.html",
        rows=rows,
        here=g.session_row.id if g.session_row else None,
        policy=policy,
        idle_choices=[minutes for minutes in IDLE_CHOICES if 0 < minutes <= policy.limit_minutes],
    )


@pages.post("/appareils/<uuid:key>/deconnecter")
def close_device(key: uuid.UUID) -> Response:
    """Sign one of one's devices out."""
    found = db.session.scalar(
        select(SignInSession).where(SignInSession.id == key, SignInSession.person_id == me().person_id)
    )
    if found is None:
        raise NotFound(_("Cet appareil est déjà déconnecté."))
    sessions.close_device(me(), found)
    return done(_("L’appareil est déconnecté."), "account.devices")


@pages.post("/appareils/deconnecter-les-autres")
def close_others() -> Response:
    """Sign out everywhere else."""
    count = sessions.close_all(me().person_id, but=g.session_row)
    sessions.note_closed(me(), count)
    return done(_("Tous vos autres appareils sont déconnectés."), "account.devices")


@pages.post("/duree")
def idle() -> Response:
    """Choose how long one may stay without doing anything (dyspraxia, long reading)."""
    preferences.choose(me(), "security.idle_mine", "person", me().person_id, request.form.get("minutes", "0"))
    sessions.lengthen(g.session_row, session_policy(me()).idle_minutes)
    return done(_("C’est noté : la durée est changée."), "account.devices")


@pages.get("/mot-de-passe")
def password() -> Response:
    """Change one's password."""
    return _password_page({})


@pages.post("/mot-de-passe")
@limiter.limit(CODE_LIMIT)
def password_submit() -> Response:
    """Check the present password, keep the new one."""
    form = request.form
    if form.get("password", "") != form.get("again", ""):
        return _password_page(
            {"again": [_("Les deux mots de passe ne sont pas les mêmes. Retapez-les.")]}, 422
        )
    try:
        passwords.change_password(
            me(), form.get("current", ""), form["password"], keep=g.session_row, close_others="others" in form
        )
    except Invalid as invalid:
        return _password_page(invalid.errors, 422)
    left = [step for step in g.session_row.data.get("steps", []) if step != "password"]
    sessions.keep(g.session_row, steps=left or None)
    return done(_("Votre mot de passe est changé."), "account.devices")


def _password_page(errors: dict[str, list[str]], status: int = 200) -> Response:
    return render_page("security/password.html", status, errors=errors, rules=policy_of(me()).sentences())


@pages.get("/double-verification")
def second_factor() -> Response:
    """The second factor: on or off."""
    return _second_factor_page()


@pages.post("/double-verification/commencer")
@limiter.limit(CODE_LIMIT)
def second_factor_start() -> Response:
    """With the password given again, show a seed to copy."""
    try:
        passwords.require_current(_account(), request.form.get("current", ""))
    except Invalid as invalid:
        return _second_factor_page(invalid.errors, 422)
    sessions.keep(g.session_row, totp=totp.new_seed())
    return redirect(url_for("account.second_factor"), 303)


@pages.post("/double-verification/confirmer")
@limiter.limit(CODE_LIMIT)
def second_factor_confirm() -> Response:
    """The first code proves that the application has the seed; the session is raised."""
    sealed = g.session_row.data.get("totp", "")
    try:
        codes = totp.enable(me(), sealed, request.form.get("code", ""))
    except Invalid as invalid:
        return _second_factor_page(invalid.errors, 422)
    sessions.keep(g.session_row, totp=None)
    token = sessions.step_up(g.session_row, AuthenticationLevel.SECOND_FACTOR)
    response = render_page("security/recovery_codes.html", codes=codes)
    response.headers["Cache-Control"] = "no-store"
    sessions.set_cookie(response, token, secure=current_app.config["SESSION_COOKIE_SECURE"])
    return response


@pages.post("/double-verification/arreter")
@limiter.limit(CODE_LIMIT)
def second_factor_stop() -> Response:
    """Turn it off, the password given again."""
    account = _account()
    try:
        passwords.require_current(account, request.form.get("current", ""))
    except Invalid as invalid:
        return _second_factor_page(invalid.errors, 422)
    totp.disable(me(), account)
    return done(_("La double vérification est arrêtée."), "account.second_factor")


def _second_factor_page(errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    account = _account()
    sealed = g.session_row.data.get("totp")
    return render_page(
        "security/second_factor_settings.html",
        status,
        on=bool(account.totp_secret),
        left=totp.codes_left(me().person_id),
        enrolment=totp.enrolment(sealed, account.login) if sealed else None,
        errors=errors or {},
    )


@pages.get("/en-cas-d-oubli", endpoint="recovery")
def recovery_page() -> Response:
    """Where a code is sent when the password is forgotten."""
    return _recovery_page()


@pages.post("/en-cas-d-oubli")
@limiter.limit(CODE_LIMIT)
def recovery_submit() -> Response:
    """Send a code to the address, which confirms it."""
    medium = "sms" if request.form.get("medium") == "sms" else "mail"
    try:
        passwords.require_current(_account(), request.form.get("current", ""))
        address = recovery.clean_address(medium, request.form.get("address", ""))
        request_id = recovery.confirm_address(me(), medium, address, visit_of(request))
    except Invalid as invalid:
        return _recovery_page(invalid.errors, 422)
    keep_half_way("confirm", request=str(request_id), medium=medium)
    return redirect(url_for("account.recovery"), 303)


@pages.post("/en-cas-d-oubli/code")
@limiter.limit(CODE_LIMIT)
def recovery_confirm() -> Response:
    """The code came: the address is the right one."""
    kept = half_way("confirm")
    if not kept:
        return done(_("Trop de temps a passé : recommencez depuis le début."), "account.recovery")
    try:
        recovery.keep_address(me(), uuid.UUID(kept["request"]), request.form.get("code", ""), kept["medium"])
    except Invalid as invalid:
        return _recovery_page(invalid.errors, 422)
    session.pop("confirm")
    return done(
        _("C’est noté. Nous vous écrirons là si vous oubliez votre mot de passe."), "account.recovery"
    )


@pages.post("/en-cas-d-oubli/retirer")
def recovery_remove() -> Response:
    """Take an address back."""
    recovery.forget_address(me(), "sms" if request.form.get("medium") == "sms" else "mail")
    return done(_("L’adresse est retirée."), "account.recovery")


def _recovery_page(errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    account = _account()
    return render_page(
        "security/recovery.html",
        status,
        account=account,
        waiting=half_way("confirm"),
        errors=errors or {},
        typed=request.form,
        welcome=request.args.get("bienvenue"),
    )


@pages.get("/programmes")
def programs() -> Response:
    """Application passwords."""
    return render_page("security/programs.html", rows=basic.listed(me()), token="", error="")


@pages.post("/programmes")
def programs_create() -> Response:
    """Make one, shown this once."""
    name = request.form.get("name", "").strip()[:NAME_LENGTH]
    if not name:
        return render_page(
            "security/programs.html",
            422,
            rows=basic.listed(me()),
            token="",
            error=_("Donnez-lui un nom, par exemple « Ordinateur de la maison »."),
        )
    token = basic.create(me(), name)
    response = render_page(
        "security/programs.html", rows=basic.listed(me()), token=token, error="", login=_account().login
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.post("/programmes/<uuid:key>/retirer")
def programs_revoke(key: uuid.UUID) -> Response:
    """Withdraw one."""
    basic.revoke(me(), key)
    return done(_("Ce programme ne peut plus se connecter."), "account.programs")


short = Blueprint("account_short", __name__)


@short.get("/mes-appareils")
def my_devices() -> Response:
    """The address people are told."""
    return redirect(url_for("account.devices"), 303)
