"""Screens of the policy: the page to print, its settings, the charter. SOC-SEC-APS-01, SOC-SEC-APS-02."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import preferences
from preau.kernel.contract import Setting, registry
from preau.kernel.database import db
from preau.kernel.errors import PreauError, Refused
from preau.kernel.identity import AuthenticationLevel
from preau.kernel.pages import done, me, render_page
from preau.kernel.preferences import SettingValue
from preau.kernel.richtext import LONGEST, render
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Structure
from preau.socle.security.policy import charter
from preau.socle.security.policy.settings import SETTINGS, TIERS
from preau.socle.security.policy.views import POLICY, pages


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
        kept=_kept(),
        errors=errors,
        typed=request.form,
    )


def _kept() -> frozenset[str]:
    """The settings that the project keeps for itself: no school changes them."""
    rows = db.session.scalars(
        select(SettingValue.name).where(
            SettingValue.name.in_([setting.name for setting in SETTINGS]),
            SettingValue.level == "project",
            SettingValue.locked,
        )
    )
    return frozenset(rows)


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
    wanted, errors = _wanted(level, scope_id or None)
    if errors:
        return _settings_page(errors, 422)
    with atomic():
        for name, (typed, locked) in wanted.items():
            preferences.choose(me(), name, level, scope_id, typed, locked=locked)
    return done(
        _("La politique est changée."), "security.settings", **({"school": scope_id} if scope_id else {})
    )


def _wanted(level: str, structure_id: int | None) -> tuple[dict[str, tuple[Any, bool]], dict[str, list[str]]]:
    """What was typed and differs from what holds: value and lock by name; and what is refused."""
    kept, project = _kept(), level == "project"
    listed = [setting for setting in SETTINGS if level in setting.levels]
    present = preferences.resolve([setting.name for setting in listed], None, structure_id)
    wanted: dict[str, tuple[Any, bool]] = {}
    errors: dict[str, list[str]] = {}
    for setting in listed:
        name, raw = setting.name, request.form.get(setting.name, "")
        if (raw == "" and not isinstance(setting.default, bool)) or (name in kept and not project):
            continue
        try:
            typed = preferences.validated(setting, raw)
        except PreauError as refused:
            errors[name] = [refused.message]
            continue
        locked = project and f"keep.{name}" in request.form
        if typed != present[name] or (project and locked != (name in kept)):
            wanted[name] = (typed, locked)
    return wanted, errors


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
