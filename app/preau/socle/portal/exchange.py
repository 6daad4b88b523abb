"""Formats of what people and schools choose: every setting of every service, by its level (SOC-INT-IED-08).

Logos stay where they are: a setting that names one is not exchanged.
"""

from collections.abc import Iterator
from typing import Any, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import and_, literal, or_, select

from preau.kernel import preferences
from preau.kernel.contract import Setting, registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, References, Scope
from preau.kernel.identity import Identity
from preau.kernel.preferences import SettingValue
from preau.kernel.tenancy import lifted
from preau.socle.directory.models import Group

LOGOS = frozenset({"portal.academy_logo", "portal.authority_logos", "portal.structure_logo"})


class MySettingV1(BaseModel):
    """What a person chose: the name of a setting, and its value."""

    owner: str
    name: str = Field(max_length=100)
    value: Any


class SettingV1(BaseModel):
    """What a project, a school or a group chose; ``locked`` keeps it from the next levels.

    ``scope`` is the UAI or the group's uid; empty for the project.
    """

    level: Literal["project", "structure", "group"]
    scope: str = Field(default="", max_length=300)
    name: str = Field(max_length=100)
    value: Any
    locked: bool = False


def export_mine(identity: Identity, scope: Scope) -> Iterator[Item]:
    """What the people in scope chose for themselves."""
    del identity
    wanted = and_(SettingValue.level == "person", scope.owned(SettingValue.scope_id))
    for row in _rows(wanted):
        owner = scope.refs.person_uid(row.scope_id)
        yield Item(
            key=f"{owner}/{row.name}",
            data=MySettingV1(owner=owner, name=row.name, value=row.value),
            title=str(registry.setting(row.name).label),
            path="/preferences/",
            rights=[f"person:{owner}"],
            updated_at=row.updated_at,
        )


def export_shared(identity: Identity, scope: Scope) -> Iterator[Item]:
    """What the schools in scope and their classes chose, and the project when everything is exported."""
    del identity
    groups = select(Group.id).where(scope.within(Group.structure_id), Group.kind != "free")
    wanted = or_(
        and_(SettingValue.level == "project", literal(scope.kind == "everything")),
        and_(SettingValue.level == "structure", scope.within(SettingValue.scope_id)),
        and_(SettingValue.level == "group", SettingValue.scope_id.in_(groups)),
    )
    for row in _rows(wanted):
        place = _place(scope.refs, row)
        yield Item(
            key=f"{row.level}/{place}/{row.name}",
            data=SettingV1(level=row.level, scope=place, name=row.name, value=row.value, locked=row.locked),
            title=str(registry.setting(row.name).label),
            path="/administration/apparence/",
            updated_at=row.updated_at,
        )


def _rows(wanted: Any) -> list[SettingValue]:
    known = [each.name for service in registry for each in service.settings if each.name not in LOGOS]
    rows = select(SettingValue).where(wanted, SettingValue.name.in_(known))
    return list(db.session.scalars(rows))


def _place(refs: References, row: SettingValue) -> str:
    if row.level == "structure":
        return refs.structure_key(row.scope_id)
    return refs.group_uid(row.scope_id) if row.level == "group" else ""


def _scope_id(data: Any, context: Context) -> int | None:
    if isinstance(data, MySettingV1):
        return context.owner(data.owner)
    if data.level == "structure":
        return context.structure(data.scope)
    return context.group(data.scope) if data.level == "group" else 0


def _level(data: Any) -> str:
    return "person" if isinstance(data, MySettingV1) else str(data.level)


def _declared(data: Any) -> Setting:
    """The setting, when it exists here, is set at that level and takes such a value."""
    try:
        setting = registry.setting(data.name)
    except KeyError:
        raise Invalid(_("ce réglage n’existe pas ici")) from None
    if _level(data) not in setting.levels or setting.name in LOGOS:
        raise Invalid(_("ce réglage ne se choisit pas à ce niveau"))
    if type(data.value) is not type(setting.default):
        raise Invalid(_("cette valeur n’est pas de la bonne sorte"))
    preferences.validated(setting, data.value)
    if isinstance(data.value, list) and not all(isinstance(each, str) for each in data.value):
        raise Invalid(_("cette valeur n’est pas de la bonne sorte"))
    return setting


def find(identity: Identity, item: Imported, context: Context) -> SettingValue | None:
    """What is chosen already at that level."""
    del identity
    scope_id = _scope_id(item.data, context)
    if scope_id is None:
        return None
    return db.session.get(SettingValue, (item.data.name, _level(item.data), scope_id))


def import_(identity: Identity, item: Imported, context: Context) -> SettingValue | None:
    """Choose as the archive says; a person's choice that a farther level keeps is left out."""
    data, level = item.data, _level(item.data)
    setting = _declared(data)
    scope_id = _scope_id(data, context)
    if scope_id is None:
        return None
    if context.personal and preferences.locked_above(setting.name, "person", identity):
        context.notes.append(_("« %(label)s » est fixé par votre école.", label=setting.label))
        return None
    row = item.existing or SettingValue(name=setting.name, level=level, scope_id=scope_id)
    row.value, row.locked = data.value, bool(getattr(data, "locked", False))
    db.session.add(row)
    preferences.moved(level, scope_id)
    return row


def remove(identity: Identity, row: SettingValue) -> None:
    """Come back to what the farther level says."""
    del identity
    with lifted():  # the caches of whoever it concerns
        preferences.moved(row.level, row.scope_id)
    db.session.delete(row)


FORMATS = (
    Exchangeable(
        "my-setting", 1, MySettingV1, export_mine, import_, model=SettingValue, find=find, remove=remove,
        label=_l("Préférences"), scopes=("person", "structure", "everything"),
    ),
    Exchangeable(
        "setting", 1, SettingV1, export_shared, import_, model=SettingValue, find=find, remove=remove,
        label=_l("Réglages des écoles et des classes"), scopes=("structure", "everything"), project_only=True,
    ),
)  # fmt: skip
