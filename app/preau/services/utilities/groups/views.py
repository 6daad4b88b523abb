"""Pages of groups: lists, one group, making and running it."""

from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from preau.kernel import conflicts, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, opening, pages, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.rights import require_permission
from preau.services.utilities.groups import members, operations, tools
from preau.services.utilities.groups.rules import is_open
from preau.services.utilities.groups.schemas import GroupIn
from preau.socle.directory.models import Group, Structure
from preau.socle.directory.words import GROUP_LABELS

blueprint = pages("groups", __name__, "/groupes")
PER_PAGE = 50

blueprint.before_request(opening("groups"))


@blueprint.get("/")
def index() -> Response:
    """The person's groups, classes and teams."""
    found = list(db.session.scalars(operations.own_groups(me())))
    closed = list(db.session.scalars(operations.closed_groups(me()))) if "fermes" in request.args else None
    return render_page(
        "groups/index.html",
        groups=[each for each in found if each.kind == "free"],
        classes=[each for each in found if each.kind != "free"],
        closed=closed,
        labels=GROUP_LABELS,
        creates=me().can("groups.create") or me().can("groups.across"),
        administers=me().can("groups.administer"),
        school_names=_school_names(found),
    )


def _school_names(groups: list[Group]) -> dict[int, str]:
    wanted = {group.structure_id for group in groups if group.structure_id}
    rows = db.session.execute(select(Structure.id, Structure.name).where(Structure.id.in_(wanted)))
    return dict(rows.all())  # type: ignore[arg-type]


@blueprint.get("/<int:group_id>")
def show(group_id: int) -> Response:
    """A group: its tools, its members, and what the person may do there."""
    group = rights.fetch(me(), Group, group_id)
    runs = rights.may(me(), "write", group)
    return render_page(
        "groups/show.html",
        group=group,
        kind=GROUP_LABELS.get(group.kind, ""),
        alive=is_open(group),
        sheet=members.sheet_of(group),
        school=_school_names([group]).get(group.structure_id or 0),
        tools=tools.of_group(me(), group),
        page=members.page_of(group, asked_page(), PER_PAGE),
        page_url=lambda number: url_for("groups.show", group_id=group_id, page=number),
        runs=runs,
        role=members.role_of(me(), group),
        requests=members.requests(me(), group) if runs else [],
    )


@blueprint.get("/uid/<uid>")
def by_uid(uid: str) -> Response:
    """The group under the name that it keeps in every instance: what an archive writes."""
    group = db.session.scalar(rights.allowed(me(), Group).where(Group.uid == uid))
    if group is None:
        raise NotFound(_("Ce groupe n’existe pas ou ne vous est pas ouvert."))
    return redirect(url_for("groups.show", group_id=group.id))


@blueprint.route("/creer", methods=["GET", "POST"])
def create() -> Response:
    """A new group."""
    errors: dict[str, list[str]] = {}
    if not me().can("groups.across"):
        require_permission(me(), "groups.create")
    if request.method == "POST":
        data, errors = parse(GroupIn, request.form)
        if data is not None:
            try:
                group = operations.create_group(me(), data)
                told = _("Groupe « %(name)s » créé. Ajoutez maintenant ses membres.", name=group.name)
                return done(told, "groups.add", group_id=group.id)
            except Invalid as refusal:
                errors = refusal.errors or {"__all__": [refusal.message]}
    values = request.form or {"structure_id": me().structure_id, "joining": "closed"}
    return _form(None, values, errors)


@blueprint.route("/<int:group_id>/modifier", methods=["GET", "POST"])
def change(group_id: int) -> Response:
    """Change a group's name, life and door."""
    group = rights.fetch(me(), Group, group_id, "write")
    fields = {"name": _("Nom"), "description": _("À quoi sert-il ?"), "starts_on": "", "ends_on": ""}
    seen = conflicts.seen(group, request.form, fields)
    errors = seen.errors
    if request.method == "POST" and not errors:
        data, errors = parse(GroupIn, request.form)
        if data is not None:
            try:
                operations.change_group(me(), group, data)
                return done(_("Groupe modifié."), "groups.show", group_id=group_id)
            except Invalid as refusal:
                errors = refusal.errors or {"__all__": [refusal.message]}
    names = ("name", "description", "structure_id", "starts_on", "ends_on")
    values = {name: getattr(group, name) for name in names}
    values["joining"] = members.sheet_of(group).joining
    return _form(group, request.form or values, errors, seen)


def _form(
    group: Group | None, values: Any, errors: dict[str, list[str]], seen: conflicts.Seen | None = None
) -> Response:
    choices: list[tuple[Any, str]] = list(operations.schools(me()))
    if me().can("groups.across"):
        choices.append(("", _("Plusieurs établissements")))
    return render_page(
        "groups/form.html",
        422 if errors else 200,
        group=group,
        values=values,
        schools=choices,
        errors=errors,
        seen=seen,
    )


@blueprint.post("/<int:group_id>/fermer")
def close(group_id: int) -> Response:
    """End a group's life, and offer to undo."""
    group = rights.fetch(me(), Group, group_id, "write")
    operations.close_group(me(), group)
    return render_page("groups/closed.html", group=group)


@blueprint.post("/<int:group_id>/rouvrir")
def reopen(group_id: int) -> Response:
    """Bring a closed group back."""
    group = rights.fetch(me(), Group, group_id, "write")
    operations.reopen_group(me(), group)
    return done(_("Le groupe « %(name)s » est rouvert.", name=group.name), "groups.show", group_id=group_id)


@blueprint.post("/<int:group_id>/supprimer")
def delete(group_id: int) -> Response:
    """Delete a closed group for good."""
    group = rights.fetch(me(), Group, group_id, "delete")
    operations.delete_group(me(), group)
    return done(_("Groupe « %(name)s » supprimé.", name=group.name), "groups.index", fermes=1)


@blueprint.route("/rejoindre", methods=["GET", "POST"])
def join() -> Response:
    """Join by a code, or ask a group of one's school that takes requests."""
    code = request.values.get("code", "")[:40]
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            group = operations.join_by_code(me(), code)
            told = _("Vous êtes maintenant membre de « %(name)s ».", name=group.name)
            return done(told, "groups.show", group_id=group.id)
        except NotFound as refusal:
            errors = {"code": [refusal.message]}
    text = request.args.get("q", "")[:100]
    return render_page(
        "groups/join.html",
        422 if errors else 200,
        code=code,
        q=text,
        page=paged(operations.joinable(me(), text), asked_page(), PER_PAGE),
        page_url=lambda number: url_for("groups.join", q=text or None, page=number),
        errors=errors,
    )


@blueprint.post("/<int:group_id>/demander")
def ask(group_id: int) -> Response:
    """Ask to join."""
    group = db.session.scalar(operations.joinable(me()).where(Group.id == group_id))
    if group is None:
        raise NotFound(_("Ce groupe n’existe pas ou ne prend pas de demande."))
    members.ask_to_join(me(), group, request.form.get("message", ""))
    told = _("Demande envoyée aux responsables de « %(name)s ».", name=group.name)
    return done(told, "groups.join")


@blueprint.post("/<int:group_id>/quitter")
def leave(group_id: int) -> Response:
    """Leave a group."""
    group = rights.fetch(me(), Group, group_id)
    members.leave(me(), group)
    return done(_("Vous avez quitté « %(name)s ».", name=group.name), "groups.index")
