"""Choosing the look and the home at a level: project, structure, group or person."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from werkzeug.datastructures import MultiDict

from preau.kernel import preferences
from preau.kernel.contract import Setting, registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.identity import Identity
from preau.kernel.preferences import LEVELS, SettingValue
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Group, Membership, Structure
from preau.socle.portal import look
from preau.socle.portal.settings import HOME, LOOK, SETTINGS

FARTHER = ""
LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Level:
    """A level and the project, structure, group or person it is about."""

    name: str
    scope_id: int
    label: str
    structure_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting as a level sees it: what it chose, what holds otherwise, who keeps the choice."""

    setting: Setting
    value: Any
    inherited: Any
    locked: bool
    kept_by: str

    @property
    def options(self) -> list[tuple[Any, str]]:
        """The values that are offered, with their names in the reader's language."""
        return [(value, str(label)) for value, label in self.setting.choices]

    @property
    def chosen(self) -> bool:
        """Whether the level itself chose."""
        return self.value is not None


def level_of(identity: Identity, name: str, scope_id: int) -> Level:
    """The level, once it is sure that the person may act on it."""
    if name == "project" and scope_id == 0:
        require_permission(identity, "portal.project")
        return Level(name, 0, _("Tout le projet"))
    if name == "structure":
        require_permission(identity, "portal.appearance", scope_id)
        label = db.session.scalar(select(Structure.name).where(Structure.id == scope_id))
        return Level(name, scope_id, label or "", scope_id)
    if name == "group":
        return _group(identity, scope_id)
    if name == "person" and scope_id == identity.person_id:
        require_permission(identity, "portal.personalise")
        return Level(name, scope_id, identity.name, identity.structure_id)
    raise NotFound(_("Ce réglage n’existe pas."))


def groups_to_manage(identity: Identity) -> list[Group]:
    """Groups that the person teaches or manages, if they may choose for groups."""
    places = identity.structures_with("portal.group")
    return list(
        db.session.scalars(
            select(Group)
            .join(Membership, Membership.group_id == Group.id)
            .where(
                Membership.person_id == identity.person_id,
                Membership.role.in_(("teacher", "manager")),
                Group.structure_id.in_(places),
            )
            .order_by(Group.name)
        )
    )


def _group(identity: Identity, group_id: int) -> Level:
    group = db.session.get(Group, group_id)
    managed = group is not None and group.structure_id is not None
    if group is None or not managed:
        raise NotFound(_("Ce groupe n’existe pas ou ne vous est pas ouvert."))
    if not identity.can("portal.appearance", group.structure_id) and group.id not in {
        each.id for each in groups_to_manage(identity)
    }:
        require_permission(identity, "portal.appearance", group.structure_id)
    return Level("group", group.id, group.name, group.structure_id)


def choices(identity: Identity, level: Level, settings: tuple[Setting, ...] = LOOK) -> list[Choice]:
    """Each setting as the level sees it, in two queries."""
    names = [setting.name for setting in settings if level.name in setting.levels]
    own = {
        row.name: row
        for row in db.session.scalars(
            select(SettingValue).where(
                SettingValue.name.in_(names),
                SettingValue.level == level.name,
                SettingValue.scope_id == level.scope_id,
            )
        )
    }
    above = _above(identity, level, names) if level.name != "project" else {}
    found = []
    for name in names:
        setting, mine = registry.setting(name), own.get(name)
        inherited, kept_by = above.get(name, (setting.default, ""))
        value = mine.value if mine is not None else None
        found.append(Choice(setting, value, inherited, bool(mine is not None and mine.locked), kept_by))
    return found


def _above(identity: Identity, level: Level, names: list[str]) -> dict[str, tuple[Any, str]]:
    scopes = preferences.scopes_of(identity if level.name == "person" else None, level.structure_id)
    farther = LEVELS[: LEVELS.index(level.name)]
    rows = db.session.scalars(
        select(SettingValue)
        .where(
            SettingValue.name.in_(names),
            or_(
                *(and_(SettingValue.level == far, SettingValue.scope_id.in_(scopes[far])) for far in farther)
            ),
        )
        .order_by(SettingValue.scope_id)
    ).all()
    found: dict[str, tuple[Any, str]] = {}
    for row in sorted(rows, key=lambda each: LEVELS.index(each.level)):
        if found.get(row.name, (None, ""))[1]:
            continue
        found[row.name] = (row.value, row.level if row.locked else "")
    return found


def save_look(identity: Identity, level: Level, posted: "MultiDict[str, str]") -> dict[str, Any]:
    """Keep what a look form posted; return the former choices, for an undo. A field left out is not touched."""
    before: dict[str, Any] = {}
    with atomic():
        for choice in choices(identity, level):
            name = choice.setting.name
            short = name.partition(".")[2]
            if short not in posted or choice.kept_by:
                continue
            raw = posted[short]
            locked = level.name != "person" and f"leave_{short}" not in posted
            before[short] = choice.value
            following = raw == FARTHER and (name != "portal.face" or level.name != "person")
            if following and not locked:
                if choice.chosen:
                    preferences.forget(identity, name, level.name, level.scope_id)
                continue
            value = choice.inherited if following else raw
            if preferences.validated(choice.setting, value) == choice.value and locked == choice.locked:
                continue
            preferences.choose(
                identity,
                name,
                level.name,
                level.scope_id,
                value,
                locked=locked,
                structure_id=level.structure_id,
            )
    look.forget()
    return before


def restore(identity: Identity, level: Level, before: dict[str, Any]) -> None:
    """Come back to former choices."""
    known = {setting.name for setting in (*LOOK, *HOME)}
    with atomic():
        for short, value in before.items():
            name = f"portal.{short}"
            if name not in known:
                continue
            if value is None:
                preferences.forget(identity, name, level.name, level.scope_id)
            else:
                preferences.choose(identity, name, level.name, level.scope_id, value)
    look.forget()


def save_home(identity: Identity, level: Level, posted: "MultiDict[str, str]") -> None:
    """Keep a level's home: message, tiles hidden at first, tiles that everybody keeps."""
    message = posted.get("home_message", "").strip()
    if len(message) > LONGEST_MESSAGE:
        words = _("Raccourcissez le message : %(most)s caractères au plus.", most=LONGEST_MESSAGE)
        raise Invalid(words, {"home_message": [words]})
    values = {
        "portal.home_message": message,
        "portal.hidden": sorted(set(posted.getlist("hidden")) & set(registry.services)),
        "portal.mandatory": sorted(set(posted.getlist("mandatory")) & set(registry.services)),
    }
    declared = {setting.name: setting for setting in SETTINGS}
    with atomic():
        for name, value in values.items():
            if level.name not in declared[name].levels:
                continue
            if value == declared[name].default:
                preferences.forget(identity, name, level.name, level.scope_id)
            else:
                preferences.choose(
                    identity, name, level.name, level.scope_id, value, structure_id=level.structure_id
                )
    look.forget()
