"""«Mon compte»: second factor, recovery address, program passwords. Each asks for the password again."""

import uuid

from flask import g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel.errors import Invalid
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import done, me, render_page
from preau.socle.security.authentication import basic, passwords, recovery, sessions, totp
from preau.socle.security.authentication.views import half_way, keep_half_way
from preau.socle.security.authentication.views_account import pages, present_account
from preau.socle.security.authentication.visit import visit_of
from preau.socle.security.web import CODE_LIMIT, limiter

NAME_LENGTH = 60


@pages.get("/double-verification")
def second_factor() -> Response:
    """The second factor: on or off."""
    return _second_factor_page()


@pages.post("/double-verification/commencer")
@limiter.limit(CODE_LIMIT)
def second_factor_start() -> Response:
    """With the password given again, show a seed to copy."""
    try:
        passwords.require_current(me(), present_account(), request.form.get("current", ""))
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
    sessions.set_cookie(response, token)
    return response


@pages.post("/double-verification/arreter")
@limiter.limit(CODE_LIMIT)
def second_factor_stop() -> Response:
    """Turn it off, the password given again."""
    account = present_account()
    try:
        passwords.require_current(me(), account, request.form.get("current", ""))
    except Invalid as invalid:
        return _second_factor_page(invalid.errors, 422)
    totp.disable(me(), account)
    return done(_("La double vérification est arrêtée."), "account.second_factor")


def _second_factor_page(errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    account = present_account()
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
        passwords.require_current(me(), present_account(), request.form.get("current", ""))
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
    account = present_account()
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
    return _programs_page()


@pages.post("/programmes")
@limiter.limit(CODE_LIMIT)
def programs_create() -> Response:
    """Make one, the password given again; it is shown this once."""
    name = request.form.get("name", "").strip()[:NAME_LENGTH]
    account = present_account()
    try:
        if not name:
            wrong = _("Donnez-lui un nom, par exemple « Ordinateur de la maison ».")
            raise Invalid(wrong, {"name": [wrong]})
        passwords.require_current(me(), account, request.form.get("current", ""))
    except Invalid as invalid:
        return _programs_page(invalid.errors, 422)
    token = basic.create(me(), name)
    response = _programs_page(token=token)
    response.headers["Cache-Control"] = "no-store"
    return response


def _programs_page(
    errors: dict[str, list[str]] | None = None, status: int = 200, token: str = ""
) -> Response:
    return render_page(
        "security/programs.html",
        status,
        rows=basic.listed(me()),
        token=token,
        login=present_account().login,
        errors=errors or {},
        typed=request.form if errors else {},
    )


@pages.post("/programmes/<uuid:key>/retirer")
def programs_revoke(key: uuid.UUID) -> Response:
    """Withdraw one."""
    basic.revoke(me(), key)
    return done(_("Ce programme ne peut plus se connecter."), "account.programs")
