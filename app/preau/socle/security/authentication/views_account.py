"""«Mon compte»: devices, length of sessions, password."""

import uuid

from flask import Blueprint, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import preferences
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import done, me, render_page
from preau.socle.security.authentication import passwords, sessions
from preau.socle.security.models import Account, SignInSession
from preau.socle.security.policy.passwords import policy_of
from preau.socle.security.policy.sessions import session_policy
from preau.socle.security.policy.settings import IDLE_CHOICES
from preau.socle.security.web import CODE_LIMIT, limiter

pages = Blueprint("account", __name__, url_prefix="/compte", template_folder="../templates")


def present_account() -> Account:
    """The account of who is signed in, as it is now."""
    return db.session.get_one(Account, me().person_id, populate_existing=True)


@pages.context_processor
def _here() -> dict[str, object]:
    return {"account_tabs": account_tabs()}


def account_tabs() -> list[tuple[str, str, bool]]:
    """The pages of «Mon compte» that the person may open."""
    with_password = me().level >= AuthenticationLevel.PASSWORD
    listed = [("account.devices", _("Mes appareils"))]
    if with_password:
        listed += [
            ("account.password", _("Mot de passe")),
            ("account.second_factor", _("Double vérification")),
            ("account.recovery", _("En cas d’oubli")),
            ("account.programs", _("Programmes")),
        ]
    if me().can("security.pupil_codes"):
        listed.append(("pupil_codes.index", _("Codes de mes élèves")))
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


short = Blueprint("account_short", __name__)


@short.get("/mes-appareils")
def my_devices() -> Response:
    """The address people are told."""
    return redirect(url_for("account.devices"), 303)


# The other pages of the same blueprint.
from preau.socle.security.authentication import views_means  # noqa: E402, F401
