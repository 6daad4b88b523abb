"""Pages of directory administration."""

import uuid
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.wrappers import Response
from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import db, today
from preau.kernel.errors import Conflict, Invalid, NotFound, PreauError
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, pages, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import (
    Group,
    Membership,
    Person,
    Profile,
    Relation,
    Role,
    Structure,
    StructureLink,
)
from preau.socle.directory.names import LONGEST, fold, named
from preau.socle.directory.words import (
    GROUP_LABELS,
    PROFILE_LABELS,
    PROFILE_PLURALS,
    ROLE_LABELS,
    STRUCTURE_LABELS,
)
from preau.socle.security.models import Account
from preau.socle.support.people import leavers, merging, operations, year
from preau.socle.support.people.models import Merge, YearChange
from preau.socle.support.people.scope import MANAGE, PROJECT, person_of, structure_of, within

blueprint = pages("people", __name__, "/administration/annuaire")
SOURCES = {
    "aaf2d": "AAF 2D", "aaf1d": "AAF 1D", "sapia": "SAPIA", "authority": "Collectivité", "manual": "Saisie",
    "archive": "Archive", "derived": "Déduit de l’annuaire",
}  # fmt: skip


@blueprint.before_request
def only_administrators() -> None:
    """Every page here is for who manages a directory."""
    require_permission(me(), MANAGE)


@blueprint.context_processor
def words() -> dict[str, Any]:
    """French names of codes."""
    return {
        "profile_labels": PROFILE_LABELS, "profile_plurals": PROFILE_PLURALS, "group_labels": GROUP_LABELS,
        "structure_labels": STRUCTURE_LABELS, "role_labels": ROLE_LABELS, "sources": SOURCES,
    }  # fmt: skip


@blueprint.get("/")
def index() -> Response:
    """Schools, and people by name."""
    typed = request.args.get("q", "")[:LONGEST]
    schools = select(Structure).where(within(me(), Structure.id)).order_by(Structure.name)
    people = None
    if typed.strip():
        schools = schools.where(
            or_(
                func.preau_fold(Structure.name).contains(fold(typed), autoescape=True),
                Structure.uai == typed.strip().upper(),
            )
        )
        theirs = select(Profile.person_id).where(within(me(), Profile.structure_id))
        found = select(Person).where(named(typed), Person.merged_into_id.is_(None))
        if not me().everywhere:
            found = found.where(Person.id.in_(theirs))
        people = list(db.session.scalars(found.order_by(Person.last_name, Person.first_name).limit(50)))
    return render_page(
        "people/index.html",
        schools=paged(schools, asked_page(), 30),
        people=people,
        q=typed,
        page_url=lambda number: url_for("people.index", q=typed or None, page=number),
    )


@blueprint.get("/ecoles/<int:structure_id>")
def structure(structure_id: int) -> Response:
    """A school with its figures, classes and what it belongs to."""
    found = structure_of(me(), structure_id)
    figures = operations.figures(structure_id)
    groups = db.session.execute(
        select(Group, func.count(Membership.person_id))
        .outerjoin(Membership, Membership.group_id == Group.id)
        .where(
            Group.structure_id == structure_id,
            Group.ends_on.is_(None),
            Group.kind.in_(("class", "teaching", "team", "function")),
        )
        .group_by(Group.id)
        .order_by(Group.kind, Group.name)
        .limit(300)
    ).all()
    links = db.session.execute(
        select(Structure.name, StructureLink.kind)
        .join(Structure, Structure.id == StructureLink.parent_id)
        .where(StructureLink.child_id == structure_id)
    ).all()
    return render_page(
        "people/structure.html", structure=found, figures=figures, links=links,
        groups=[row for row in groups if row[0].source != "derived"],
        derived=[row for row in groups if row[0].source == "derived"],
    )  # fmt: skip


@blueprint.get("/personnes/<uid>")
def person(uid: str) -> Response:
    """Everything the directory knows of a person, in the schools that the reader manages."""
    found = person_of(me(), uid)
    session = db.session
    profiles = session.execute(
        select(Profile, Structure.name)
        .join(Structure, Structure.id == Profile.structure_id)
        .where(Profile.person_id == found.id)
        .order_by(Profile.left_on.nulls_first(), Profile.id)
    ).all()
    groups = session.execute(
        select(Group, Membership.role, Membership.source)
        .join(Membership, Membership.group_id == Group.id)
        .where(Membership.person_id == found.id)
        .order_by(Group.name)
    ).all()
    roles = session.scalars(select(Role).where(Role.person_id == found.id)).all()
    return render_page(
        "people/person.html",
        person=found,
        profiles=profiles,
        groups=groups,
        roles=roles,
        keys=merging.keys_of(found),
        relations=_relations(found),
        account=session.get(Account, found.id),
        today=today(),
        may_manage=lambda structure_id: me().can(MANAGE, structure_id),
    )


def _relations(found: Person) -> list[Any]:
    with lifted():
        rows = db.session.execute(
            select(
                Person.uid, Person.first_name, Person.last_name, Relation, (Relation.pupil_id == Person.id)
            )
            .join(Person, or_(Person.id == Relation.pupil_id, Person.id == Relation.guardian_id))
            .where(
                or_(Relation.pupil_id == found.id, Relation.guardian_id == found.id), Person.id != found.id
            )
            .order_by(Relation.legal)
        ).all()
    return list(rows)


@blueprint.route("/ecoles/<int:structure_id>/personnes/nouvelle", methods=["GET", "POST"])
def create(structure_id: int) -> BaseResponse:
    """A person created by hand; an external one has an end date."""
    found = structure_of(me(), structure_id)
    errors: dict[str, list[str]] = {}
    homonym = False
    if request.method == "POST":
        data, errors = parse(operations.PersonIn, request.form)
        if data is not None:
            try:
                made = operations.create_person(me(), structure_id, data)
                return done(_("%(name)s est dans l’annuaire.", name=made.name), "people.person", uid=made.uid)
            except Conflict as refusal:
                errors, homonym = {"anyway": [refusal.message]}, True
    return render_page(
        "people/create.html", 422 if errors else 200, structure=found, errors=errors, data=request.form,
        homonym=homonym or "anyway" in request.form,
    )  # fmt: skip


def _profile(number: int) -> Profile:
    profile = db.session.get(Profile, number)
    if profile is None or not me().can(MANAGE, profile.structure_id):
        raise NotFound(_("Ce profil n’existe pas ou n’est pas d’une école que vous gérez."))
    return profile


@blueprint.post("/profils/<int:number>/prolonger")
def extend(number: int) -> BaseResponse:
    """Another end date."""
    profile = _profile(number)
    person_uid = db.session.get_one(Person, profile.person_id).uid
    raw = request.form.get("ends_on", "")
    try:
        day = date.fromisoformat(raw) if raw else None
    except ValueError:
        raise Invalid(_("Indiquez une date, par exemple 15/09/2026.")) from None
    operations.extend_profile(me(), profile, day)
    return done(_("La date de fin est changée."), "people.person", uid=person_uid)


@blueprint.post("/profils/<int:number>/terminer")
def end(number: int) -> BaseResponse:
    """End a profile today."""
    profile = _profile(number)
    person_uid = db.session.get_one(Person, profile.person_id).uid
    operations.end_profile(me(), profile)
    return done(_("Le profil est terminé."), "people.person", uid=person_uid)


@blueprint.get("/exterieurs")
def externals() -> Response:
    """People from outside, the next to leave first."""
    rows = db.session.execute(
        select(Profile, Person, Structure.name)
        .join(Person, Person.id == Profile.person_id)
        .join(Structure, Structure.id == Profile.structure_id)
        .where(within(me(), Profile.structure_id), Profile.kind == "external", Profile.left_on.is_(None))
        .order_by(Profile.ends_on.nulls_last(), Person.last_name)
        .limit(500)
    ).all()
    return render_page("people/externals.html", rows=rows, today=today())


@blueprint.route("/ecoles/<int:structure_id>/classes/nouvelle", methods=["GET", "POST"])
def create_class(structure_id: int) -> BaseResponse:
    """A class made by hand."""
    found = structure_of(me(), structure_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(operations.ClassIn, request.form)
        if data is not None:
            group = operations.create_class(me(), structure_id, data)
            return done(_("La classe est créée."), "people.group", uid=group.uid)
    return render_page(
        "people/create_class.html", 422 if errors else 200, structure=found, errors=errors, data=request.form
    )


def _group(uid: str) -> Group:
    group = db.session.scalar(select(Group).where(Group.uid == uid))
    if group is None or group.structure_id is None or not me().can(MANAGE, group.structure_id):
        raise NotFound(_("Ce groupe n’existe pas ou n’est pas d’une école que vous gérez."))
    return group


@blueprint.route("/groupes/<uid>", methods=["GET", "POST"])
def group(uid: str) -> BaseResponse:
    """Members of a class; those added by hand are kept by feeds."""
    found, error = _group(uid), ""
    if request.method == "POST":
        try:
            if "remove" in request.form:
                operations.remove_member(me(), found, request.form["remove"])
                return done(_("La personne est retirée du groupe."), "people.group", uid=uid)
            added = operations.add_members(
                me(), found, request.form.getlist("add"), request.form.get("role", "member")
            )
            return done(_("%(count)s personnes ajoutées.", count=added), "people.group", uid=uid)
        except PreauError as refusal:
            error = refusal.message
    typed = request.args.get("q", "")[:LONGEST]
    members = db.session.execute(
        select(Person, Membership.role, Membership.source)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == found.id)
        .order_by(Membership.role.desc(), Person.last_name, Person.first_name)
    ).all()
    proposed = (
        db.session.scalars(
            select(Person)
            .where(
                named(typed),
                Person.id.in_(select(Profile.person_id).where(Profile.structure_id == found.structure_id)),
                Person.id.not_in([member.id for member, _role, _source in members]),
            )
            .order_by(Person.last_name, Person.first_name)
            .limit(30)
        ).all()
        if typed.strip()
        else []
    )
    return render_page(
        "people/group.html", 422 if error else 200, group=found, members=members, proposed=proposed, q=typed,
        error=error, structure=structure_of(me(), found.structure_id or 0),
    )  # fmt: skip


@blueprint.get("/doublons")
def duplicates() -> Response:
    """Records that look like one human, and the latest merges."""
    return render_page(
        "people/duplicates.html", candidates=merging.candidates(me()), merges=merging.merges(me())
    )


@blueprint.route("/doublons/reunir", methods=["GET", "POST"])
def merge() -> BaseResponse:
    """What would move, then the merge."""
    kept, gone = request.values.get("kept", "")[:40], request.values.get("gone", "")[:40]
    if request.method == "POST":
        merging.merge(me(), kept, gone)
        return done(_("Les deux fiches n’en font plus qu’une."), "people.person", uid=kept)
    return render_page(
        "people/merge.html",
        kept=person_of(me(), kept),
        gone=person_of(me(), gone),
        counts=merging.preview(me(), kept, gone),
        labels=TABLES,
    )


TABLES = {
    "profile": "Profils", "membership": "Classes et groupes", "relation": "Liens de responsabilité",
    "teaching": "Enseignements", "role": "Rôles", "source_key": "Clés d’annuaire", "notification": "Notifications",
}  # fmt: skip


@blueprint.post("/doublons/<uuid:number>/defaire")
def unmerge(number: uuid.UUID) -> BaseResponse:
    """Two records again."""
    with lifted():
        record = db.session.get(Merge, number)
    if record is None:
        raise NotFound(_("Cette réunion n’existe pas."))
    merging.unmerge(me(), record)
    return done(_("Les deux fiches sont de nouveau séparées."), "people.duplicates")


@blueprint.route("/ecoles/<int:structure_id>/annee", methods=["GET", "POST"])
def change_year(structure_id: int) -> BaseResponse:
    """The change of year: rehearse, read, apply."""
    found = structure_of(me(), structure_id)
    if request.method == "POST":
        year.rehearse(me(), structure_id)
        message = _("Voici ce que ferait le changement d’année : rien n’est encore changé.")
        return done(message, "people.change_year", structure_id=structure_id)
    change = db.session.scalar(
        select(YearChange)
        .where(YearChange.structure_id == structure_id)
        .order_by(YearChange.created_at.desc())
        .limit(1)
    )
    return render_page("people/year.html", structure=found, change=change, year=year.school_year())


def _change(number: uuid.UUID) -> YearChange:
    change = db.session.get(YearChange, number)
    if change is None:
        raise NotFound(_("Ce changement d’année n’existe pas."))
    structure_of(me(), change.structure_id)
    return change


@blueprint.post("/annee/<uuid:number>/appliquer")
def apply_year(number: uuid.UUID) -> BaseResponse:
    """Do it."""
    change = _change(number)
    year.apply(me(), change)
    return done(_("Le changement d’année est lancé."), "people.change_year", structure_id=change.structure_id)


@blueprint.get("/annee/<uuid:number>/avancement")
def year_progress(number: uuid.UUID) -> str:
    """How far the change is, for the progress bar."""
    return render_template("people/_progress.html", change=_change(number))


@blueprint.get("/departs", endpoint="leavers")
def list_leavers() -> Response:
    """Those who left and the day they are erased."""
    return render_page(
        "people/leavers.html", rehearsal=leavers.rehearse(me()), may_purge=me().can(PROJECT), today=today()
    )


@blueprint.post("/departs/effacer")
def purge() -> BaseResponse:
    """Erase now what is due."""
    leavers.run(me())
    return done(_("L’effacement est lancé."), "people.leavers")
