"""The trait of objects shared with principals: one table, one rule, one panel.

A model takes :class:`Shareable` (it is ``Personal``: an owner, and ``open_to`` kept up to date here).
Levels are ordered: read < write < manage. A child row may be guarded by its parent's sharing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, Index, delete, exists, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel import events, journal
from preau.kernel.database import Created, Key, Model, db
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import Principal, principals
from preau.kernel.rights import Rule, Where
from preau.kernel.tenancy import Personal
from preau.kernel.transaction import atomic

LEVELS = {"read": 1, "write": 2, "manage": 3}
MAX_SHARES = 200


class Share(Model):
    """One principal's access to one object."""

    __tablename__ = "share"

    object_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    principal: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    level: Mapped[int]
    structures: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default="{}")
    shared_by_id: Mapped[int]
    created_at: Mapped[Created]

    __table_args__ = (Index(None, "principal", "kind"),)


class Shareable(Personal):
    """Mixin of a model whose objects are shared."""

    id: Mapped[Key]


@dataclass(frozen=True)
class Shared(Rule):
    """Whoever holds at least a level of sharing on the object, or on the object its ``column`` names."""

    level: str = "read"
    column: str = "id"

    def check(self, identity: Identity, obj: Any) -> bool:
        return bool(db.session.scalar(select(self._any(identity, getattr(obj, self.column)))))

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return self._any(identity, getattr(model, self.column))

    def _any(self, identity: Identity, object_id: Any) -> Where:
        return exists().where(
            Share.object_id == object_id,
            Share.level >= LEVELS[self.level],
            Share.principal.in_(sorted(identity.principals)),
        )


def shares_of(obj: Any) -> list[Share]:
    """Who the object is shared with."""
    return list(
        db.session.scalars(
            select(Share).where(Share.object_id == obj.id).order_by(Share.level.desc(), Share.principal)
        )
    )


def described(obj: Any) -> list[tuple[Principal, str]]:
    """The same in words, each with the name of its level."""
    shares = shares_of(obj)
    wording = principals().describe([share.principal for share in shares])
    names = {value: name for name, value in LEVELS.items()}
    return [(wording[each.principal], names[each.level]) for each in shares if each.principal in wording]


def share(identity: Identity, obj: Any, wanted: Mapping[str, str]) -> None:
    """Make the object's sharing exactly ``wanted`` (principal → level); the caller has checked the right to.

    Principals that the identity may not address are refused, except those that were there before.
    """
    _check(identity, obj, wanted)
    with atomic() as session:
        before = {each.principal: each for each in shares_of(obj)}
        for gone in before.keys() - wanted.keys():
            session.delete(before[gone])
        for principal, level in wanted.items():
            if principal in before:
                before[principal].level = LEVELS[level]
            else:
                session.add(
                    Share(
                        object_id=obj.id,
                        principal=principal,
                        kind=obj.__tablename__,
                        level=LEVELS[level],
                        structures=sorted(principals().structures([principal])),
                        shared_by_id=identity.person_id,
                    )
                )
        session.flush()
        obj.open_to = sorted({each for shared in shares_of(obj) for each in shared.structures})
        journal.record(identity, "share", obj, principals=len(wanted))
        added = sorted(wanted.keys() - before.keys())
        events.publish("shared", identity, obj, added=added)


def _check(identity: Identity, obj: Any, wanted: Mapping[str, str]) -> None:
    if len(wanted) > MAX_SHARES:
        raise Invalid(
            _("Un partage compte au plus %(count)s destinataires : passez par un groupe.", count=MAX_SHARES)
        )
    if unknown := set(wanted.values()) - LEVELS.keys():
        raise Invalid(_("Niveau de partage inconnu : %(level)s.", level=", ".join(sorted(unknown))))
    new = set(wanted) - {each.principal for each in shares_of(obj)}
    if new - principals().addressable(identity, new):
        raise Invalid(_("Certains destinataires ne sont pas à votre portée. Retirez-les puis recommencez."))


def unshare(obj: Any) -> None:
    """Forget the sharing of an object that is being deleted."""
    db.session.execute(delete(Share).where(Share.object_id == obj.id))
