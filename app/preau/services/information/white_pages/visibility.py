"""Who sees whom, and what of them: rules as data, one function for the list and for the object.

Defaults protect minors: a pupil's name and class are seen in the classes they share, nothing more; their
contacts are seen by nobody but the school's staff. UTI-IDO-PBL-03, UTI-IDO-PBL-04.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, and_, any_, bindparam, exists, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from preau.kernel.database import db
from preau.kernel.identity import EVERYONE, Identity
from preau.kernel.rights import Rule, Where, ids
from preau.services.information.white_pages.models import Entry, VisibilityRule
from preau.socle.directory.models import Membership, Profile, Relation

NONE, GROUPS, SCHOOL = "none", "groups", "school"
SCOPES = (
    (SCHOOL, _l("Toute l’école")),
    (GROUPS, _l("Ses classes et groupes")),
    (NONE, _l("Personne")),
)
FIELDS = (
    ("function", _l("Classe, matières, fonction")),
    ("photo", _l("Photo")),
    ("mail", _l("Courriel")),
    ("phone", _l("Téléphone")),
    ("website", _l("Site web")),
    ("about", _l("Présentation")),
    ("relations", _l("Responsables et enfants")),
)
FIELD_NAMES = tuple(name for name, _label in FIELDS)
ALL = FIELD_NAMES
PUBLIC = ("function", "photo", "website", "about")
STAFF = ("teacher", "staff", "head")
MANAGE = "white_pages.manage"
LARGEST = 2000
_made: dict[Any, Where] = {}


@dataclass(frozen=True, slots=True)
class View:
    """How far a profile sees another, and what of it."""

    scope: str
    fields: tuple[str, ...] = ()


def _defaults() -> dict[tuple[str, str], View]:
    views = {(str(viewer), str(subject)): View(NONE) for viewer in EVERYONE for subject in EVERYONE}
    for subject in STAFF:
        for viewer in ("pupil", "guardian"):
            views[viewer, subject] = View(SCHOOL, PUBLIC)
        for viewer in (*STAFF, "academic", "authority"):
            views[viewer, subject] = View(SCHOOL, (*PUBLIC, "mail", "phone"))
    views["pupil", "pupil"] = View(GROUPS, ("function",))
    views["teacher", "pupil"] = View(SCHOOL, ("function",))
    views["teacher", "guardian"] = View(GROUPS, ("mail", "relations"))
    for viewer in ("staff", "head"):
        views[viewer, "pupil"] = views[viewer, "guardian"] = View(SCHOOL, ALL)
        for subject in ("academic", "authority", "external"):
            views[viewer, subject] = View(SCHOOL, (*PUBLIC, "mail", "phone"))
    views["academic", "academic"] = views["authority", "authority"] = View(SCHOOL, (*PUBLIC, "mail"))
    views["external", "head"] = View(SCHOOL, ("function",))
    return views


DEFAULTS: Mapping[tuple[str, str], View] = _defaults()
Matrix = dict[int, dict[tuple[str, str], View]]


def matrices(structure_ids: frozenset[int]) -> Matrix:
    """The rules of these schools, in one query."""
    found: Matrix = {structure_id: dict(DEFAULTS) for structure_id in structure_ids}
    rows = db.session.execute(
        select(
            VisibilityRule.structure_id,
            VisibilityRule.viewer,
            VisibilityRule.subject,
            VisibilityRule.scope,
            VisibilityRule.fields,
        ).where(VisibilityRule.structure_id == any_(ids(structure_ids)))
    )
    for row in rows:
        found[row.structure_id][row.viewer, row.subject] = View(row.scope, tuple(row.fields))
    return found


def _groups(identity: Identity) -> list[int]:
    """Groups of the person and of the person's children."""
    return sorted({int(each.split(":")[1]) for each in identity.principals if each.startswith("group:")})


def _viewers(identity: Identity) -> dict[int, set[str]]:
    viewers: dict[int, set[str]] = {}
    for profile in identity.profiles:
        viewers.setdefault(profile.structure_id, set()).add(profile.kind)
    return viewers


def _scope(matrix: Matrix, structure_id: int, viewers: set[str], subject: str) -> str:
    scopes = {matrix[structure_id][viewer, subject].scope for viewer in viewers}
    return next((scope for scope in (SCHOOL, GROUPS) if scope in scopes), NONE)


def manages(identity: Identity, structure_id: int) -> bool:
    """Whether the identity looks after that school's white pages, and so sees all of them."""
    return identity.can(MANAGE, structure_id)


@dataclass(frozen=True)
class Visible(Rule):
    """A profile that the identity may see in the white pages."""

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return self.within(identity, model, matrices(identity.structures))

    def within(self, identity: Identity, model: type[Any], matrix: Matrix) -> Where:
        """The same, with the rules already read; the expression is made once for each person and rules."""
        if identity.everywhere:
            return true()
        key = (self.key(identity, matrix), model)
        if key not in _made:
            if len(_made) >= LARGEST:
                _made.clear()
            _made[key] = self._make(identity, model, matrix)
        return _made[key]

    def key(self, identity: Identity, matrix: Matrix) -> tuple[Any, ...]:
        """Everything that the expression depends on."""
        rules = frozenset(
            (place, *pair, view) for place, views in matrix.items() for pair, view in views.items()
        )
        return identity.person_id, identity.principals, identity.grants, rules

    def _make(self, identity: Identity, model: type[Any], matrix: Matrix) -> Where:
        either = [model.person_id == identity.person_id, is_child(identity, model)]
        for structure_id, viewers in _viewers(identity).items():
            by_scope: dict[str, list[str]] = {SCHOOL: [], GROUPS: [], NONE: []}
            for subject in EVERYONE:
                by_scope[_scope(matrix, structure_id, viewers, subject)].append(str(subject))
            seen = or_(
                model.kind == any_(_kinds(by_scope[SCHOOL])),
                and_(model.kind == any_(_kinds(by_scope[GROUPS])), _shares_a_group(identity, model)),
            )
            either.append(and_(model.structure_id == structure_id, seen, ~_kept_back(model, viewers)))
        managed = [place for place in identity.structures if manages(identity, place)]
        either.append(model.structure_id == any_(ids(managed)) if managed else false())
        return or_(*either)

    def check(self, identity: Identity, obj: Any) -> bool:
        alone = select(Profile.id).where(Profile.id == obj.id, self.where(identity, Profile))
        return db.session.scalar(alone) is not None


@cache
def _alias(model: type[Any], role: str = "other") -> Any:
    # Made once: an alias copies every column of its table.
    return aliased(model, name=f"{model.__tablename__}_{role}")


def is_child(identity: Identity, model: type[Any]) -> Where:
    """Whether a profile is that of a pupil whom the person answers for."""
    if "guardian" not in identity.kinds:
        return false()
    relation = _alias(Relation)
    return exists().where(
        relation.guardian_id == identity.person_id,
        relation.pupil_id == model.person_id,
        relation.legal > 0,
        model.kind == "pupil",
    )


def _kinds(names: list[str]) -> Any:
    # One array and not a list of parameters: the text of the statement is the same for everybody, and the
    # server plans it once. Planning it costs more than running it.
    return bindparam(None, names, type_=ARRAY(Text))


def _shares_a_group(identity: Identity, model: type[Any]) -> Where:
    groups = _groups(identity)
    if not groups:
        return false()
    direct, through_child, relation = _alias(Membership), _alias(Membership, "child"), _alias(Relation)
    # Neither hangs on the row: each is read once for the whole list.
    members = select(direct.person_id).where(direct.group_id == any_(ids(groups)))
    guardians = (
        select(relation.guardian_id)
        .join(through_child, through_child.person_id == relation.pupil_id)
        .where(through_child.group_id == any_(ids(groups)))
    )
    return or_(model.person_id.in_(members), and_(model.kind == "guardian", model.person_id.in_(guardians)))


def _kept_back(model: type[Any], viewers: set[str]) -> Where:
    """Whether the person keeps back even their name from all of these viewers."""
    entry = _alias(Entry)
    hidden = entry.restrictions["name"]
    return exists().where(
        entry.person_id == model.person_id,
        or_(hidden.contains(["all"]), and_(*(hidden.contains([viewer]) for viewer in sorted(viewers)))),
    )


def fields_seen(
    identity: Identity,
    profile: Any,
    restrictions: Mapping[str, list[str]] | None,
    matrix: Matrix,
    *,
    child: bool = False,
) -> frozenset[str]:
    """What the identity sees of a profile that is visible to it: the school's rule, less the person's own."""
    if profile.person_id == identity.person_id or manages(identity, profile.structure_id):
        return frozenset(ALL)
    if child:
        return frozenset(ALL)
    viewers = _viewers(identity).get(profile.structure_id, set())
    rules = matrix.get(profile.structure_id, {})
    seen = {
        name
        for viewer in viewers
        for name in rules.get((viewer, profile.kind), View(NONE)).fields
        if not _restricted(restrictions or {}, name, viewer)
    }
    return frozenset(seen)


def _restricted(restrictions: Mapping[str, list[str]], field: str, viewer: str) -> bool:
    hidden = restrictions.get(field, ())
    return "all" in hidden or viewer in hidden


VISIBLE = Visible()
