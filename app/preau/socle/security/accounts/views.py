"""Screens of the functional administrator: find accounts, act on one, act on many, print the sheets."""

from functools import partial
from typing import Any

from flask import Blueprint, Response, g, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import preferences
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import parse
from preau.kernel.journal import JournalEntry
from preau.kernel.pages import done, me, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Membership, Profile, Structure
from preau.socle.security.accounts import administration, creation, doors, reach
from preau.socle.security.accounts.schemas import (
    NEW_KINDS,
    AccountChange,
    AccountFilter,
    NewAccount,
    PurgeDate,
)
from preau.socle.security.authentication import throttle
from preau.socle.security.models import Account, SignInSession
from preau.socle.security.policy import watch
from preau.socle.security.policy.settings import PROFILE_NAMES
from preau.socle.security.words import ACTIONS, BATCHES, STATES

pages = Blueprint("accounts", __name__, url_prefix="/administration/comptes", template_folder="../templates")


@pages.before_request
def _only_administrators() -> None:
    if g.get("identity") is not None:
        require_permission(me(), reach.PERMISSION)


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"states": STATES, "profile_names": PROFILE_NAMES, "batch_names": BATCHES, "action_names": ACTIONS}


def _schools() -> list[tuple[int, str]]:
    scope = reach.scope(me())
    rows = db.session.execute(
        select(Structure.id, Structure.name).where(Structure.id.in_(scope)).order_by(Structure.name)
    )
    return [(row.id, row.name) for row in rows]


def _classes(structure_ids: list[int]) -> list[Group]:
    return list(
        db.session.scalars(
            select(Group)
            .where(Group.structure_id.in_(structure_ids), Group.kind == "class")
            .order_by(Group.name)
        )
    )


def wanted_filter() -> AccountFilter:
    """The filter of the request."""
    found, errors = parse(AccountFilter, request.values)
    return found if found is not None and not errors else AccountFilter()


def _classes_of(person_ids: list[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(Membership.person_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.person_id.in_(person_ids), Group.kind == "class", Membership.role == "member")
    )
    return {row.person_id: row.name for row in rows}


def _kinds_of(person_ids: list[int]) -> dict[int, list[str]]:
    kinds: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(Profile.person_id, Profile.kind).where(Profile.person_id.in_(person_ids)).order_by(Profile.id)
    ):
        kinds.setdefault(row.person_id, []).append(row.kind)
    return kinds


@pages.get("/")
def index() -> Response:
    """The accounts, filtered."""
    wanted = wanted_filter()
    page = paged(reach.administered(me(), wanted), asked_page(), 25, rows=True)  # type: ignore[arg-type]
    ids = [account.person_id for account, _person in page.items]
    schools = _schools()
    structure_ids = [wanted.structure] if wanted.structure else [id_ for id_, _name in schools]
    classes = _classes(structure_ids)
    chosen = next((group for group in classes if group.id == wanted.group), None)
    query = {name: value for name, value in wanted.model_dump().items() if value not in ("", None)}
    return render_page(
        "security/accounts.html",
        page=page,
        wanted=wanted,
        schools=schools,
        classes=classes,
        chosen=chosen,
        door=doors.of_group(chosen) if chosen else None,
        doors_open=bool(chosen)
        and preferences.value("security.class_doors", structure_id=chosen.structure_id if chosen else None),
        class_of=_classes_of(ids),
        kinds_of=_kinds_of(ids),
        page_url=partial(_page_url, query),
        query=query,
    )


def _page_url(query: dict[str, Any], number: int) -> str:
    return url_for("accounts.index", **{**query, "page": number})


@pages.get("/nouveau")
def new() -> Response:
    """A person that no feed knows."""
    return _new_page({})


@pages.post("/nouveau")
def create() -> BaseResponse:
    """Create the person and the account; show the code once."""
    data, errors = parse(NewAccount, request.form)
    if data is None:
        return _new_page(errors, 422)
    try:
        with atomic():
            account = creation.create(me(), data)
            code = creation.code_for(me(), account)
    except Invalid as invalid:
        return _new_page(invalid.errors, 422)
    return _code_page(account, code)


def _new_page(errors: dict[str, list[str]], status: int = 200) -> Response:
    return render_page(
        "security/account_new.html",
        status,
        errors=errors,
        typed=request.form,
        schools=_schools(),
        kinds=NEW_KINDS,
    )


def _code_page(account: Account, code: str) -> Response:
    response = render_page("security/account_code.html", account=account, code=code)
    response.headers["Cache-Control"] = "no-store"
    return response


@pages.get("/<uid>")
def show(uid: str) -> Response:
    """One account: its state, what can be done, its journal."""
    return _show(reach.find(me(), uid))


def _show(account: Account, errors: dict[str, list[str]] | None = None, status: int = 200) -> Response:
    person = account.person
    lines = db.session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.action.startswith("security."),
            (JournalEntry.object_key == person.uid) | (JournalEntry.actor_id == person.id),
        )
        .order_by(JournalEntry.id.desc())
        .limit(30)
    ).all()
    return render_page(
        "security/account.html",
        status,
        account=account,
        person=person,
        profiles=db.session.scalars(select(Profile).where(Profile.person_id == person.id)).all(),
        devices=_device_count(person.id),
        blocked_until=throttle.blocked_until(account.login),
        lines=lines,
        names=watch.names_of(list(lines)),
        errors=errors or {},
        typed=request.form if errors else None,
        own=account.person_id == me().person_id,
        action=request.args.get("action", ""),
    )


def _device_count(person_id: int) -> int:
    return len(db.session.scalars(select(SignInSession.id).where(SignInSession.person_id == person_id)).all())


@pages.post("/<uid>/<any(suspend, reactivate, reset, enable, devices, second_factor, unblock):action>")
def act(uid: str, action: str) -> BaseResponse:
    """Do one thing to one account."""
    account = reach.find(me(), uid)
    if action == "reset":
        return _code_page(account, administration.reset(me(), account))
    doing = {
        "suspend": (administration.suspend, _("Le compte est suspendu.")),
        "reactivate": (administration.reactivate, _("Le compte est réactivé.")),
        "enable": (administration.enable, _("Le compte est rouvert.")),
        "devices": (administration.close_devices, _("La personne est déconnectée partout.")),
        "unblock": (administration.unblock, _("Le blocage est levé : la personne peut réessayer.")),
        "second_factor": (administration.stop_second_factor, _("La double vérification est arrêtée.")),
    }
    function, message = doing[action]
    function(me(), account)
    return done(message, "accounts.show", uid=uid)


@pages.post("/<uid>/disable")
def disable(uid: str) -> BaseResponse:
    """Close an account for good, with the day its data is erased."""
    account = reach.find(me(), uid)
    data, errors = parse(PurgeDate, request.form)
    if data is None:
        return _show(account, errors, 422)
    try:
        administration.disable(me(), account, data.purge_on)
    except Invalid as invalid:
        return _show(account, invalid.errors, 422)
    return done(_("Le compte est désactivé."), "accounts.show", uid=uid)


@pages.post("/<uid>")
def change(uid: str) -> BaseResponse:
    """Change the identity of an account."""
    account = reach.find(me(), uid)
    data, errors = parse(AccountChange, request.form)
    if data is None:
        return _show(account, errors, 422)
    try:
        creation.change(me(), account, data)
    except Invalid as invalid:
        return _show(account, invalid.errors, 422)
    return done(_("C’est enregistré."), "accounts.show", uid=uid)


# The other pages of the same blueprint.
from preau.socle.security.accounts import views_batches  # noqa: E402, F401
