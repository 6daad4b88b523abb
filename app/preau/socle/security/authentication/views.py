"""Pages of sign-in: password, second factor, charter, stronger means, sign-out."""

import time
from typing import Any

from flask import Blueprint, flash, g, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel.database import db
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import me, render_page, signed_in
from preau.kernel.richtext import render
from preau.kernel.tenancy import lifted
from preau.socle.security.authentication import sessions, signin
from preau.socle.security.authentication.signin import ActivationFirst, Proven, SignInRefused
from preau.socle.security.authentication.visit import visit_of
from preau.socle.security.models import Account
from preau.socle.security.policy import charter
from preau.socle.security.web import CODE_LIMIT, SIGN_IN_LIMIT, limiter, local_path

pages = Blueprint("authentication", __name__, template_folder="../templates")
PUBLIC = frozenset(
    {"sign_in", "sign_in_submit", "second_factor", "second_factor_submit"}
    | {"activation", "activation_submit", "choose_password", "choose_password_submit"}
    | {
        "forgotten",
        "forgotten_submit",
        "forgotten_code",
        "forgotten_code_submit",
        "new_password",
        "new_password_submit",
    }
    | {"class_door", "class_child", "class_child_submit"}
)
# A secret proved on one page opens the next one for this long (seconds).
HALF_WAY = 600


def half_way(name: str) -> dict[str, Any] | None:
    """What an earlier page proved in this browser, while it is fresh and the account's secrets are the same."""
    kept: dict[str, Any] | None = session.get(name)
    if not kept or time.time() - kept["at"] >= HALF_WAY:
        return None
    if "person" in kept and kept.get("stamp") != signin.stamp_of(kept["person"]):
        return None
    return kept


def keep_half_way(name: str, **kept: Any) -> None:
    """Keep what was proved for the next page (signed cookie, ten minutes)."""
    if "person" in kept:
        kept["stamp"] = signin.stamp_of(kept["person"])
    session[name] = {**kept, "at": time.time()}


def enter(proven: Proven, target: str) -> Response:
    """Open the session under a new token and go where the person wanted to go."""
    token, identity = signin.open_for(proven, visit_of(request))
    session.clear()
    g.identity = identity
    response = redirect(local_path(target), 303)
    sessions.set_cookie(response, token)
    return response


def proceed(proven: Proven, target: str) -> Response:
    """Enter, or ask for the second factor first."""
    if not proven.second_factor:
        return enter(proven, target)
    keep_half_way("second_factor", person=proven.person_id, next=local_path(target))
    return redirect(url_for("authentication.second_factor"), 303)


@pages.get("/connexion")
def sign_in() -> Response:
    """The sign-in page."""
    target = local_path(request.args.get("next"))
    if signed_in():
        return redirect(target, 303)
    expired = request.args.get("raison") == "inactivite"
    return render_page("security/sign_in.html", next=target, expired=expired, login="", error="")


@pages.post("/connexion")
@limiter.limit(SIGN_IN_LIMIT)
def sign_in_submit() -> Response:
    """Check a login and a password."""
    login, target = request.form.get("login", ""), local_path(request.form.get("next"))
    password = request.form.get("password", "")[:1000]
    try:
        if not login.strip() or not password:
            raise SignInRefused(_("Remplissez votre identifiant et votre mot de passe."))
        proven = signin.with_password(login, password, visit_of(request))
    except ActivationFirst as first:
        flash(first.message, "info")
        return redirect(url_for("authentication.activation", identifiant=login), 303)
    except SignInRefused as refused:
        status = 429 if refused.code == "PRE-AUT-003" else 422
        return render_page(
            "security/sign_in.html",
            status,
            next=target,
            expired=False,
            login=login[:100],
            error=refused.message,
        )
    return proceed(proven, target)


@pages.get("/connexion/code")
def second_factor() -> Response:
    """The second proof, right after the password."""
    if half_way("second_factor") is None:
        return redirect(url_for("authentication.sign_in"), 303)
    return render_page("security/second_factor.html", error="")


@pages.post("/connexion/code")
@limiter.limit(CODE_LIMIT)
def second_factor_submit() -> Response:
    """Check the six digits, or a recovery code."""
    kept = half_way("second_factor")
    if kept is None:
        flash(_("Trop de temps a passé : recommencez depuis le début."), "info")
        return redirect(url_for("authentication.sign_in"), 303)
    try:
        proven = signin.with_second_factor(kept["person"], request.form.get("code", ""), visit_of(request))
    except SignInRefused as refused:
        error = (
            refused.message
            if refused.code == "PRE-AUT-003"
            else _("Ce code n’est pas le bon, ou il a déjà servi.")
        )
        return render_page("security/second_factor.html", 422, error=error)
    return enter(proven, kept["next"])


@pages.get("/connexion/renforcee")
def step_up() -> Response:
    """A page wants a stronger means than the one used."""
    return _step_up_page(local_path(request.args.get("next")))


@pages.post("/connexion/renforcee")
@limiter.limit(CODE_LIMIT)
def step_up_submit() -> Response:
    """Check the stronger means; the session goes on under a new token."""
    target, identity, visit = local_path(request.form.get("next")), me(), visit_of(request)
    try:
        if _missing() >= AuthenticationLevel.SECOND_FACTOR:
            proven = signin.with_second_factor(identity.person_id, request.form.get("code", ""), visit)
        else:
            with lifted():
                login = db.session.get_one(Account, identity.person_id).login
            proven = signin.with_password(login, request.form.get("password", "")[:1000], visit)
    except SignInRefused as refused:
        known = refused.code != "PRE-AUT-001"
        return _step_up_page(
            target, refused.message if known else _("Ce n’est pas le bon. Recommencez."), 422
        )
    token = sessions.step_up(g.session_row, proven.level)
    signin.stepped_up(identity, proven.level)
    response = redirect(target, 303)
    sessions.set_cookie(response, token)
    return response


def _missing() -> AuthenticationLevel:
    return AuthenticationLevel(session.get("wanted_level", AuthenticationLevel.PASSWORD))


def _step_up_page(target: str, error: str = "", status: int = 200) -> Response:
    with lifted():
        account = db.session.get_one(Account, me().person_id)
        enrolled = bool(account.totp_secret)
    wanted = _missing()
    return render_page(
        "security/step_up.html",
        status,
        next=target,
        error=error,
        by_code=wanted >= AuthenticationLevel.SECOND_FACTOR,
        enrolled=enrolled,
    )


@pages.get("/connexion/charte")
def charter_page() -> Response:
    """A new version of the charter to read and accept."""
    return _charter_page("")


@pages.post("/connexion/charte")
def charter_submit() -> Response:
    """The charter is accepted."""
    if not request.form.get("accept"):
        return _charter_page(_("Cochez la case pour accepter la charte, ou déconnectez-vous."), 422)
    with lifted():
        account = db.session.get_one(Account, me().person_id)
    charter.accept(me(), account)
    left = [step for step in g.session_row.data.get("steps", []) if step != "charter"]
    sessions.keep(g.session_row, steps=left or None)
    return redirect("/", 303)


def _charter_page(error: str, status: int = 200) -> Response:
    with lifted():
        text = charter.text_for(charter.school_of(me().person_id))
    return render_page("security/charter.html", status, text=render(text, below=1), error=error)


@pages.post("/deconnexion")
def sign_out() -> Response:
    """Sign this device out."""
    if signed_in():
        signin.sign_out(me())
        sessions.close(g.session_row)
    session.clear()
    response = redirect("/", 303)
    sessions.clear_cookie(response)
    flash(_("Vous êtes déconnecté. À bientôt !"), "success")
    return response


# The other pages of the same blueprint.
from preau.socle.security.authentication import views_class, views_first  # noqa: E402, F401
