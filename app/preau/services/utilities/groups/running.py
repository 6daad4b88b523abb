"""Pages that run a group: members, requests, tools, rights; and the administrator's settings."""

from typing import Any

from flask import make_response, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response

from preau.kernel import preferences, rights
from preau.kernel.database import db
from preau.kernel.downloads import disposition
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.forms import errors_of, principals_from
from preau.kernel.identity import ProfileKind
from preau.kernel.pages import done, me, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.ports.principals import Principal, principals
from preau.kernel.rights import require_permission
from preau.services.utilities.groups import limits, members, operations, tools, transfer
from preau.services.utilities.groups.schemas import ToolIn
from preau.services.utilities.groups.views import PER_PAGE, blueprint
from preau.socle.directory.models import Group, Person
from preau.socle.directory.words import PROFILE_PLURALS


@blueprint.route("/<int:group_id>/membres/ajouter", methods=["GET", "POST"])
def add(group_id: int) -> Response:
    """Add people, a class, or everybody of a profile."""
    group = rights.fetch(me(), Group, group_id, "write")
    errors: dict[str, list[str]] = {}
    chosen = principals_from(request.form)
    if request.method == "POST" and "search_principals" not in request.form:
        try:
            count = members.add_members(me(), group, chosen)
            return done(_("%(count)s personnes ajoutées.", count=count), "groups.show", group_id=group_id)
        except Invalid as refusal:
            errors = refusal.errors
    text = request.form.get("principals_q", "")
    usual = _usual(group)
    return render_page(
        "groups/add.html",
        422 if errors else 200,
        group=group,
        chosen=list(principals().describe(chosen).values()),
        found=principals().search(me(), text) if text else [each for each in usual if each.key not in chosen],
        q=text,
        errors=errors,
    )


def _usual(group: Group) -> list[Principal]:
    """Whole profiles of the group's school: «tous les élèves de…»."""
    if group.structure_id is None or group.structure_id not in me().structures:
        return []
    keys = [f"profile:{group.structure_id}:{kind}" for kind in ("pupil", "guardian", "teacher", "staff")]
    described = principals().describe(keys)
    return [described[key] for key in keys if key in described]


@blueprint.post("/<int:group_id>/membres/<int:person_id>/retirer")
def remove(group_id: int, person_id: int) -> Response:
    """Take somebody out, and offer to undo."""
    group = rights.fetch(me(), Group, group_id, "write")
    person = _person(person_id)
    members.remove_member(me(), group, person_id)
    return render_page("groups/removed.html", group=group, person=person)


@blueprint.post("/<int:group_id>/membres/<int:person_id>/remettre")
def restore(group_id: int, person_id: int) -> Response:
    """Undo it."""
    group = rights.fetch(me(), Group, group_id, "write")
    members.restore_member(me(), group, person_id)
    return done(_("Cette personne est de nouveau membre."), "groups.show", group_id=group_id)


@blueprint.post("/<int:group_id>/membres/<int:person_id>/role")
def set_role(group_id: int, person_id: int) -> Response:
    """Make somebody a manager, or a member again."""
    group = rights.fetch(me(), Group, group_id, "write")
    members.set_role(me(), group, person_id, request.form.get("role", ""))
    return done(_("Rôle changé."), "groups.show", group_id=group_id)


@blueprint.post("/<int:group_id>/demandes/<int:person_id>")
def answer(group_id: int, person_id: int) -> Response:
    """Accept or decline a request."""
    group = rights.fetch(me(), Group, group_id, "write")
    accepted = request.form.get("answer") == "oui"
    members.answer_request(me(), group, person_id, accepted=accepted)
    told = _("Demande acceptée.") if accepted else _("Demande déclinée.")
    return done(told, "groups.show", group_id=group_id)


@blueprint.route("/<int:group_id>/outils", methods=["GET", "POST"])
def choose_tools(group_id: int) -> Response:
    """The tools of a group, within what the administrator grants."""
    group = rights.fetch(me(), Group, group_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        wanted, errors = _wanted_tools()
        if not errors:
            try:
                tools.choose_tools(me(), group, wanted)
                return done(_("Outils du groupe enregistrés."), "groups.show", group_id=group_id)
            except Invalid as refusal:
                errors = refusal.errors
    given = tools.chosen(group)
    granted = limits.granted_tools(me(), group.structure_id)
    names = {service.name for service in granted} | set(given)
    return render_page(
        "groups/tools.html",
        422 if errors else 200,
        group=group,
        services=[service for service in limits.group_tools() if service.name in names],
        given=given,
        posted=request.form,
        most_quota=limits.most_quota(me(), group.structure_id),
        errors=errors,
    )


def _wanted_tools() -> tuple[list[ToolIn], dict[str, list[str]]]:
    wanted, errors = [], {}
    for name in request.form.getlist("tools"):
        raw = {"service": name, "level": request.form.get(f"level_{name}", "write")}
        quota = request.form.get(f"quota_{name}", "").strip()
        try:
            wanted.append(ToolIn.model_validate({**raw, "quota": quota or None}))
        except ValidationError as refused:
            field = next(iter(errors_of(refused)))
            errors[f"{field}_{name}"] = errors_of(refused)[field]
    return wanted, errors


@blueprint.route("/<int:group_id>/membres/<int:person_id>/droits", methods=["GET", "POST"])
def member_rights(group_id: int, person_id: int) -> Response:
    """What one member may do with each tool."""
    group = rights.fetch(me(), Group, group_id, "write")
    person = _person(person_id)
    given = tools.chosen(group)
    if request.method == "POST":
        tools.set_rights(
            me(), group, person_id, {name: request.form.get(f"level_{name}", "") for name in given}
        )
        return done(_("Droits enregistrés."), "groups.show", group_id=group_id)
    return render_page(
        "groups/rights.html",
        group=group,
        person=person,
        services=[service for service in limits.group_tools() if service.name in given],
        given=given,
        own=tools.own_rights(group, person_id),
    )


def _person(person_id: int) -> Person:
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound(_("Cette personne n’est pas dans le groupe."))
    return person


@blueprint.get("/<int:group_id>/membres.csv")
def export_members(group_id: int) -> Response:
    """The members, for a spreadsheet."""
    group = rights.fetch(me(), Group, group_id)
    response = make_response(transfer.export_members(me(), group))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = disposition(f"{group.name}.csv")
    return response


@blueprint.route("/<int:group_id>/importer", methods=["GET", "POST"])
def import_members(group_id: int) -> Response:
    """Members from a spreadsheet's file."""
    group = rights.fetch(me(), Group, group_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        upload = request.files.get("file")
        content = upload.stream.read(transfer.MOST_BYTES + 1) if upload else b""
        try:
            count = transfer.import_members(me(), group, content)
            return done(_("%(count)s personnes ajoutées.", count=count), "groups.show", group_id=group_id)
        except Invalid as refusal:
            errors = {"file": [message for each in refusal.errors.values() for message in each]}
    return render_page("groups/import.html", 422 if errors else 200, group=group, errors=errors)


@blueprint.get("/administration")
def administration() -> Response:
    """Every group made by hand in the schools that one administers."""
    require_permission(me(), "groups.administer")
    text = request.args.get("q", "")[:100]
    return render_page(
        "groups/administration.html",
        q=text,
        page=paged(operations.administered(me(), text), asked_page(), PER_PAGE),
        page_url=lambda number: url_for("groups.administration", q=text or None, page=number),
    )


@blueprint.route("/reglages", methods=["GET", "POST"])
def settings() -> Response:
    """What each category of users may create, which tools it may give, how much room."""
    require_permission(me(), "groups.configure")
    held = me().structures_with("groups.configure")
    schools = [each for each in operations.schools(me()) if each[0] in held]
    default = me().structure_id if me().structure_id in held else min(held, default=0)
    school_id = request.values.get("structure_id", default, type=int) or 0
    require_permission(me(), "groups.configure", school_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _choose(school_id)
        if not errors:
            return done(_("Réglages des groupes enregistrés."), "groups.settings", structure_id=school_id)
    return render_page(
        "groups/settings.html",
        422 if errors else 200,
        schools=schools,
        school_id=school_id,
        rows=_rows(school_id),
        tools=[(service.name, service.label) for service in limits.group_tools()],
        posted=request.form,
        errors=errors,
    )


def _choose(school_id: int) -> dict[str, list[str]]:
    """Set every category posted; errors by field."""
    errors: dict[str, list[str]] = {}
    for kind in ProfileKind:
        if f"most_{kind}" not in request.form:
            continue
        most, quota = request.form[f"most_{kind}"], request.form.get(f"quota_{kind}", "0")
        try:
            limits.choose(me(), school_id, kind, most, request.form.getlist(f"tools_{kind}"), quota)
        except (Invalid, Refused) as refusal:
            errors[f"most_{kind}"] = [f"{PROFILE_PLURALS[kind]}\u00a0: {refusal.message}"]
    return errors


def _rows(school_id: int) -> list[dict[str, Any]]:
    """What holds for each category in the school."""
    names = {kind: [f"groups.{what}_{kind}" for what in ("most", "tools", "quota")] for kind in ProfileKind}
    values = preferences.resolve([name for each in names.values() for name in each], None, school_id)
    every = [service.name for service in limits.group_tools()]
    found = []
    for kind, (most, granted, quota) in names.items():
        given = every if limits.ALL in values[granted] else values[granted]
        row = {"kind": kind, "label": PROFILE_PLURALS[kind], "most": values[most]}
        found.append({**row, "tools": given, "quota": values[quota]})
    return found
