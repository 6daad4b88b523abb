"""The look and the home of the project, a school or a group (SOC-POR-PPO-01/02/05/06, UTI-UTL-PER-01)."""

import uuid
from typing import Any

from flask import request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import conflicts
from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid, Refused
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, pages, render_page
from preau.socle.directory.models import Structure
from preau.socle.directory.words import PROFILE_PLURALS
from preau.socle.portal import choices, logos, look, messages, page_texts
from preau.socle.portal.settings import HOME

blueprint = pages("appearance", "preau.socle.portal", "/administration/apparence")


def _level(name: str, scope_id: int) -> choices.Level:
    return choices.level_of(me(), name, scope_id)


def _tabs(level: choices.Level, current: str) -> list[tuple[str, str, bool]]:
    tabs = [("appearance.edit", _("Couleurs et lecture")), ("appearance.home", _("Accueil"))]
    if level.name in {"project", "structure"}:
        tabs += [("appearance.messages", _("Messages")), ("appearance.logos", _("Logos"))]
    if level.name == "project":
        tabs.append(("appearance.texts", _("Textes publics")))
    return [
        (label, url_for(endpoint, level=level.name, scope_id=level.scope_id), endpoint == current)
        for endpoint, label in tabs
    ]


def _page(template: str, level: choices.Level, status: int = 200, **context: Any) -> Response:
    tabs = _tabs(level, context.pop("tab"))
    return render_page(f"appearance/{template}", status, level=level, tabs=tabs, **context)


@blueprint.get("/")
def index() -> Response:
    """What the person may dress: the project, schools, groups."""
    identity = me()
    schools = list(
        db.session.execute(
            select(Structure.id, Structure.name)
            .where(Structure.id.in_(identity.structures_with("portal.appearance")))
            .order_by(Structure.name)
        )
    )
    groups = choices.groups_to_manage(identity)
    project = identity.everywhere and identity.can("portal.project")
    if not (schools or groups or project):
        raise Refused(
            _("Votre profil n’ouvre pas ce réglage. Demandez-le à l’administrateur de votre école.")
        )
    return render_page("appearance/index.html", schools=schools, groups=groups, project=project)


@blueprint.get("/<any(project, structure, group):level>/<int:scope_id>")
def edit(level: str, scope_id: int) -> Response:
    """The look at a level, with what may be left to the next one."""
    found = _level(level, scope_id)
    return _page("edit.html", found, choices=choices.choices(me(), found), errors={}, tab="appearance.edit")


@blueprint.post("/<any(project, structure, group):level>/<int:scope_id>")
def save(level: str, scope_id: int) -> BaseResponse:
    """Keep the look of a level."""
    found = _level(level, scope_id)
    try:
        choices.save_look(me(), found, request.form)
    except Invalid as refusal:
        errors = refusal.errors or {"": [refusal.message]}
        shown = choices.choices(me(), found)
        return _page("edit.html", found, 422, choices=shown, errors=errors, tab="appearance.edit")
    return done(_("L’apparence est enregistrée."), "appearance.edit", level=level, scope_id=scope_id)


@blueprint.route("/<any(project, structure, group):level>/<int:scope_id>/accueil", methods=["GET", "POST"])
def home(level: str, scope_id: int) -> BaseResponse:
    """The home at a level: message, services hidden at first, services that everybody keeps."""
    found, errors = _level(level, scope_id), {}
    if request.method == "POST":
        try:
            choices.save_home(me(), found, request.form)
            return done(_("L’accueil est enregistré."), "appearance.home", level=level, scope_id=scope_id)
        except Invalid as refusal:
            errors = refusal.errors
    chosen = {
        each.setting.name.partition(".")[2]: each.value if each.chosen else each.setting.default
        for each in choices.choices(me(), found, HOME)
    }
    if errors:
        chosen |= {"home_message": request.form.get("home_message", "")}
    services = [(service.name, str(service.label)) for service in registry if service.tile]
    return _page(
        "home.html", found, 422 if errors else 200, chosen=chosen, services=services, errors=errors,
        tab="appearance.home",
    )  # fmt: skip


@blueprint.get("/<any(project, structure):level>/<int:scope_id>/messages", endpoint="messages")
def list_messages(level: str, scope_id: int) -> Response:
    """The administration's messages."""
    found = _level(level, scope_id)
    written = messages.managed(me(), found.structure_id)
    return _page(
        "messages.html", found, messages=written, profiles=PROFILE_PLURALS, tab="appearance.messages"
    )


@blueprint.route("/<any(project, structure):level>/<int:scope_id>/messages/ecrire", methods=["GET", "POST"])
@blueprint.route(
    "/<any(project, structure):level>/<int:scope_id>/messages/<uuid:message_id>", methods=["GET", "POST"]
)
def message(level: str, scope_id: int, message_id: uuid.UUID | None = None) -> BaseResponse:
    """Write a message, or change one."""
    found = _level(level, scope_id)
    existing = messages.message(me(), message_id) if message_id else None
    rest = dict.fromkeys(("tone", "audience", "public", "starts_on", "ends_on"), "")
    seen = conflicts.seen(existing, request.form, {"title": _("Titre"), "body": _("Texte"), **rest})
    errors = seen.errors
    if request.method == "POST" and not errors:
        data, errors = parse(messages.MessageIn, request.form)
        if data is not None:
            messages.write_message(me(), found.structure_id, data, existing)
            return done(_("Le message est publié."), "appearance.messages", level=level, scope_id=scope_id)
    shown: Any = request.form if errors else existing
    audience = request.form.getlist("audience") if errors else (existing.audience if existing else [])
    return _page(
        "message.html", found, 422 if errors else 200, message=existing, data=shown, audience=audience,
        profiles=list(PROFILE_PLURALS.items()), errors=errors, seen=seen, tab="appearance.messages",
    )  # fmt: skip


@blueprint.post("/<any(project, structure):level>/<int:scope_id>/messages/<uuid:message_id>/supprimer")
def delete_message(level: str, scope_id: int, message_id: uuid.UUID) -> BaseResponse:
    """Withdraw a message."""
    _level(level, scope_id)
    messages.delete_message(me(), messages.message(me(), message_id))
    return done(_("Le message est retiré."), "appearance.messages", level=level, scope_id=scope_id)


@blueprint.route(
    "/<any(project, structure):level>/<int:scope_id>/logos", endpoint="logos", methods=["GET", "POST"]
)
def edit_logos(level: str, scope_id: int) -> BaseResponse:
    """The académie's logo, which is compulsory, those of the authorities, the school's own."""
    found, errors = _level(level, scope_id), {}
    if request.method == "POST":
        try:
            _take_logo(found)
            look.forget()
            return done(_("C’est enregistré."), "appearance.logos", level=level, scope_id=scope_id)
        except Invalid as refusal:
            errors = refusal.errors
    values = {
        each.setting.name.partition(".")[2]: each.value
        for each in choices.choices(me(), found, tuple(registry["portal"].settings))
    }
    return _page(
        "logos.html", found, 422 if errors else 200, values=values, errors=errors, typed=request.form,
        tab="appearance.logos",
    )  # fmt: skip


def _take_logo(level: choices.Level) -> None:
    form, identity = request.form, me()
    content = b""
    if sent := request.files.get("logo"):
        content = sent.read(logos.LARGEST_BYTES + 1)
        sent.close()
    if level.structure_id is not None:
        logos.put_structure_logo(identity, level.structure_id, level.label, content)
    elif form.get("remove"):
        logos.remove_authority_logo(identity, form["remove"])
    elif "authority_name" in form:
        logos.add_authority_logo(identity, form["authority_name"], content)
    else:
        logos.put_academy_logo(identity, form.get("academy_name", ""), content or None)


@blueprint.route("/<any(project):level>/<int:scope_id>/textes", endpoint="texts")
def list_texts(level: str, scope_id: int) -> BaseResponse:
    """The public texts."""
    return _page("texts.html", _level(level, scope_id), pages=page_texts.PAGES, tab="appearance.texts")


@blueprint.route("/<any(project):level>/<int:scope_id>/textes/<name>", methods=["GET", "POST"])
def text(level: str, scope_id: int, name: str) -> BaseResponse:
    """Rewrite a public text."""
    found, page = _level(level, scope_id), page_texts.page(name)
    seen = conflicts.seen(page_texts.written(name), request.form, {"body": _("Texte")})
    errors = seen.errors
    if request.method == "POST" and not errors:
        try:
            page_texts.rewrite(me(), name, request.form.get("body", ""))
            return done(_("Le texte est publié."), "appearance.texts", level=level, scope_id=scope_id)
        except Invalid as refusal:
            errors = refusal.errors
    body = request.form["body"] if errors else page_texts.texts(name)[name]
    return _page(
        "text.html",
        found,
        422 if errors else 200,
        page=page,
        body=body,
        errors=errors,
        seen=seen,
        tab="appearance.texts",
    )
