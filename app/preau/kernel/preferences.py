"""What projects, structures, groups and persons choose: one declaration, four levels.

The nearest level wins — person, group, structure, project — as long as no farther level has locked the
setting (not transmissible). Each setting is declared once in its service's contract. SOC-POR-PPO-05/06/07.
"""

import secrets
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, and_, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel import journal
from preau.kernel.contract import Setting, registry
from preau.kernel.database import Model, Updated, db
from preau.kernel.errors import Invalid, Refused
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic

LEVELS = ("project", "structure", "group", "person")


class SettingValue(Model):
    """A value chosen at one level; ``scope_id`` is 0 for the project."""

    __tablename__ = "setting_value"

    name: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    scope_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    value: Mapped[Any] = mapped_column(JSONB)
    locked: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[Updated]


class SettingVersion(Model):
    """Counts changes: one row for all that schools and groups choose, one for each person who chose.

    Counting starts anywhere, so that a restored database never repeats a version that a cache knows.
    """

    __tablename__ = "setting_version"

    person_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, default=1)


def version_for(person_id: Any) -> ColumnElement[int]:
    """A scalar that grows whenever a setting that may concern the person moves: the key of a cache."""
    return (
        select(func.coalesce(func.sum(SettingVersion.number), 0))
        .where(SettingVersion.person_id.in_([literal(0), person_id]))
        .scalar_subquery()
    )


def moved(level: str, scope_id: int) -> None:
    """Tell the caches that hang on :func:`version_for` that something moved at that level."""
    statement = insert(SettingVersion).values(
        person_id=scope_id if level == "person" else 0, number=secrets.randbits(48)
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id"], set_={"number": SettingVersion.number + 1}
        )
    )


def scopes_of(identity: Identity | None, structure_id: int | None = None) -> dict[str, list[int]]:
    """The scopes that apply to an identity, by level."""
    parts = [each.split(":") for each in identity.principals] if identity else []
    groups = [int(part[1]) for part in parts if part[0] == "group" and len(part) == 2]  # noqa: PLR2004
    structure = structure_id or (identity.structure_id if identity else None)
    return {
        "project": [0],
        "structure": [structure] if structure else [],
        "group": sorted(groups),
        "person": [identity.person_id] if identity else [],
    }


def resolve(names: list[str], identity: Identity | None, structure_id: int | None = None) -> dict[str, Any]:
    """The values that hold for an identity, in one query."""
    scopes = scopes_of(identity, structure_id)
    applies = or_(
        *(
            and_(SettingValue.level == level, SettingValue.scope_id.in_(ids))
            for level, ids in scopes.items()
            if ids
        )
    )
    rows = db.session.execute(
        select(SettingValue.name, SettingValue.level, SettingValue.value, SettingValue.locked)
        .where(SettingValue.name.in_(names), applies)
        .order_by(SettingValue.scope_id)
    ).all()
    values = {name: registry.setting(name).default for name in names}
    locked: set[str] = set()
    for level in LEVELS:
        for row in (row for row in rows if row.level == level and row.name not in locked):
            values[row.name] = row.value
        locked |= {row.name for row in rows if row.level == level and row.locked}
    return values


def value(name: str, identity: Identity | None = None, structure_id: int | None = None) -> Any:
    """The value of one setting."""
    return resolve([name], identity, structure_id)[name]


def locked_above(
    name: str, level: str, identity: Identity | None, structure_id: int | None = None
) -> str | None:
    """The level that forbids ``level`` to choose, or nothing."""
    scopes = scopes_of(identity, structure_id)
    for farther in LEVELS[: LEVELS.index(level)]:
        held = db.session.scalar(
            select(SettingValue.name).where(
                SettingValue.name == name,
                SettingValue.level == farther,
                SettingValue.scope_id.in_(scopes[farther]),
                SettingValue.locked,
            )
        )
        if held:
            return farther
    return None


def validated(setting: Setting, raw: Any) -> Any:
    """The value in the setting's type, or :class:`Invalid`."""
    try:
        if isinstance(setting.default, bool):
            typed: Any = raw in (True, "true", "on", "1", 1)
        elif isinstance(setting.default, int):
            typed = int(raw)
        else:
            typed = raw
    except (TypeError, ValueError):
        raise Invalid(_("Indiquez un nombre entier pour « %(label)s ».", label=setting.label)) from None
    if setting.choices and typed not in [choice for choice, _label in setting.choices]:
        raise Invalid(_("Choisissez une des valeurs proposées pour « %(label)s ».", label=setting.label))
    if isinstance(typed, int) and not isinstance(typed, bool):
        low, high = setting.minimum, setting.maximum
        if (low is not None and typed < low) or (high is not None and typed > high):
            raise Invalid(
                _(
                    "« %(label)s » doit être entre %(low)s et %(high)s.",
                    label=setting.label,
                    low=low,
                    high=high,
                )
            )
    return typed


def choose(
    identity: Identity,
    name: str,
    level: str,
    scope_id: int,
    raw: Any,
    *,
    locked: bool = False,
    structure_id: int | None = None,
) -> None:
    """Set a value at a level; the caller has checked the right to act at that level.

    ``structure_id`` is the structure of a group, whose locks hold for the group's settings.
    """
    setting = registry.setting(name)
    if level not in setting.levels:
        raise Refused(_("« %(label)s » ne se règle pas à ce niveau.", label=setting.label))
    structure_id = scope_id if level == "structure" else structure_id
    if locked_above(name, level, identity, structure_id):
        raise Refused(
            _("« %(label)s » a été fixé plus haut et ne peut pas être changé ici.", label=setting.label),
            code="PRE-SET-001",
        )
    typed = validated(setting, raw)
    with atomic() as session:
        statement = insert(SettingValue).values(
            name=name, level=level, scope_id=scope_id, value=typed, locked=locked
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["name", "level", "scope_id"],
                set_={"value": statement.excluded.value, "locked": statement.excluded.locked},
            )
        )
        moved(level, scope_id)
        journal.record(identity, "settings.choose", kind="setting", key=f"{name}@{level}:{scope_id}")


def forget(identity: Identity, name: str, level: str, scope_id: int) -> None:
    """Come back to what the farther level says."""
    with atomic() as session:
        session.execute(
            delete(SettingValue).where(
                SettingValue.name == name, SettingValue.level == level, SettingValue.scope_id == scope_id
            )
        )
        moved(level, scope_id)
        journal.record(identity, "settings.forget", kind="setting", key=f"{name}@{level}:{scope_id}")
