"""Pages of the first sign-in and of the forgotten password."""

import uuid

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel.errors import Invalid
from preau.kernel.pages import render_page, signed_in
from preau.kernel.richtext import render
from preau.kernel.tenancy import lifted
from preau.socle.security.authentication import activation as first
from preau.socle.security.authentication import passwords, recovery, signin
from preau.socle.security.authentication.signin import SignInRefused
from preau.socle.security.authentication.views import enter, half_way, keep_half_way, pages
from preau.socle.security.authentication.visit import visit_of
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.policy import charter
from preau.socle.security.policy.passwords import policy_of
from preau.socle.security.web import CODE_LIMIT, limiter


def _again(endpoint: str) -> Response:
    flash(_("Trop de temps a passé : recommencez depuis le début."), "info")
    return redirect(url_for(endpoint), 303)


@pages.get("/activation")
def activation() -> Response:
    """Login and code of the sheet; the sheet's QR code fills the login."""
    if signed_in():
        return redirect("/", 303)
    login = request.args.get("identifiant", "")[:100]
    return render_page("security/activation.html", login=login, error="")


@pages.post("/activation")
@limiter.limit(CODE_LIMIT)
def activation_submit() -> Response:
    """Check the code."""
    login = request.form.get("login", "")[:100]
    try:
        person_id = first.check_code(login, request.form.get("code", "")[:100], visit_of(request))
    except SignInRefused as refused:
        return render_page("security/activation.html", 422, login=login, error=refused.message)
    keep_half_way("activation", person=person_id)
    return redirect(url_for("authentication.choose_password"), 303)


@pages.get("/activation/mot-de-passe")
def choose_password() -> Response:
    """Choose a password, read the charter."""
    kept = half_way("activation")
    return _choose_page(kept["person"]) if kept else _again("authentication.activation")


@pages.post("/activation/mot-de-passe")
@limiter.limit(CODE_LIMIT)
def choose_password_submit() -> Response:
    """Activate the account and enter."""
    kept = half_way("activation")
    if not kept:
        return _again("authentication.activation")
    password, visit = request.form.get("password", ""), visit_of(request)
    errors: dict[str, list[str]] = {}
    if password != request.form.get("again", ""):
        errors["again"] = [_("Les deux mots de passe ne sont pas les mêmes. Retapez-les.")]
    if not request.form.get("accept"):
        errors["accept"] = [_("Lisez la charte puis cochez la case.")]
    if errors:
        return _choose_page(kept["person"], first.faults(kept["person"], password) | errors, 422)
    try:
        proven, _identity = first.activate(kept["person"], password, visit)
    except Invalid as invalid:
        return _choose_page(kept["person"], invalid.errors, 422)
    except SignInRefused as refused:
        flash(refused.message, "info")
        return redirect(url_for("authentication.sign_in"), 303)
    response = enter(proven, url_for("account.recovery", bienvenue=1))
    flash(_("Bienvenue ! Votre compte est prêt."), "success")
    return response


def _choose_page(person_id: int, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    with lifted():
        identity = flatten(person_id)
        text = charter.text_for(charter.school_of(person_id))
        login = signin.login_of(person_id)
    return render_page(
        "security/choose_password.html",
        status,
        who=identity,
        login=login,
        rules=policy_of(identity).sentences(),
        text=render(text, below=1),
        errors=errors or {},
        accepted=request.form.get("accept"),
    )


@pages.get("/mot-de-passe-oublie")
def forgotten() -> Response:
    """Ask for a code by the second channel."""
    return render_page("security/forgotten.html", error="", login=request.args.get("identifiant", "")[:100])


@pages.post("/mot-de-passe-oublie")
@limiter.limit(CODE_LIMIT)
def forgotten_submit() -> Response:
    """Send a code, and say the same thing whether or not one was sent."""
    login = request.form.get("login", "")[:100]
    try:
        if not login.strip():
            raise SignInRefused(_("Indiquez votre identifiant."))
        request_id = recovery.ask(login, visit_of(request))
    except SignInRefused as refused:
        return render_page("security/forgotten.html", 422, error=refused.message, login=login)
    keep_half_way("forgotten", request=str(request_id))
    return redirect(url_for("authentication.forgotten_code"), 303)


@pages.get("/mot-de-passe-oublie/code")
def forgotten_code() -> Response:
    """Type the code received."""
    if not half_way("forgotten"):
        return _again("authentication.forgotten")
    return render_page("security/forgotten_code.html", errors={})


@pages.post("/mot-de-passe-oublie/code")
@limiter.limit(CODE_LIMIT)
def forgotten_code_submit() -> Response:
    """Check the code received."""
    kept = half_way("forgotten")
    if not kept:
        return _again("authentication.forgotten")
    try:
        found = recovery.check(uuid.UUID(kept["request"]), request.form.get("code", ""), "password")
    except Invalid as invalid:
        return render_page("security/forgotten_code.html", 422, errors=invalid.errors)
    session.pop("forgotten")
    keep_half_way("reset", person=found.person_id)
    return redirect(url_for("authentication.new_password"), 303)


@pages.get("/mot-de-passe-oublie/nouveau")
def new_password() -> Response:
    """Choose the new password."""
    kept = half_way("reset")
    return _new_page(kept["person"]) if kept else _again("authentication.forgotten")


@pages.post("/mot-de-passe-oublie/nouveau")
@limiter.limit(CODE_LIMIT)
def new_password_submit() -> Response:
    """Keep the new password. A second factor, when there is one, is still asked for."""
    kept = half_way("reset")
    if not kept:
        return _again("authentication.forgotten")
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _new_page(
            kept["person"], {"again": [_("Les deux mots de passe ne sont pas les mêmes. Retapez-les.")]}, 422
        )
    try:
        origin = visit_of(request).origin
        passwords.reset_password(kept["person"], password, by="second_channel", origin=origin)
    except Invalid as invalid:
        return _new_page(kept["person"], invalid.errors, 422)
    session.clear()
    flash(_("Votre mot de passe est changé. Connectez-vous."), "success")
    return redirect(url_for("authentication.sign_in"), 303)


def _new_page(person_id: int, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    with lifted():
        identity, login = flatten(person_id), signin.login_of(person_id)
    return render_page(
        "security/new_password.html",
        status,
        login=login,
        rules=policy_of(identity).sentences(),
        errors=errors or {},
    )
