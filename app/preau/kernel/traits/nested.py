"""The trait of objects in a tree: each row knows its ancestors, and is shared with them.

``path`` holds the ids from the root down to the row's container; a container's path ends with itself. One
indexed test then answers "is it, or anything above it, shared with me", and one UPDATE moves a subtree.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Uuid, any_, exists, func, literal, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Updated, db
from preau.kernel.identity import Identity
from preau.kernel.rights import Rule, Where
from preau.kernel.tenancy import lifted
from preau.kernel.traits.shared import LEVELS, Share, Shareable

DEEPEST = 24


class Nested(Shareable):
    """Mixin of a model in a tree; ``path`` includes the row's own id when it may be shared itself."""

    updated_at: Mapped[Updated]
    path: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")


@dataclass(frozen=True)
class SharedAbove(Rule):
    """Whoever holds at least a level of sharing on the object or on one of its ancestors."""

    level: str = "read"

    def check(self, identity: Identity, obj: Any) -> bool:
        return bool(db.session.scalar(select(self._any(identity, literal(list(obj.path), ARRAY(Uuid))))))

    def where(self, identity: Identity, model: type[Any]) -> Where:
        return self._any(identity, model.path)

    def _any(self, identity: Identity, path: Any) -> Where:
        return exists().where(
            Share.object_id == any_(path),
            Share.level >= LEVELS[self.level],
            Share.principal.in_(sorted(identity.principals)),
        )


def shared_above(obj: Nested) -> list[str]:
    """Principals with whom the object, or anything above it, is shared."""
    statement = (
        select(Share.principal).where(Share.object_id.in_(obj.path)).distinct().order_by(Share.principal)
    )
    return list(db.session.scalars(statement))


def reopen(model: type[Any], ancestor: uuid.UUID) -> None:
    """Open the rows below ``ancestor`` (and itself) to the structures of everything shared above them."""
    each = func.unnest(Share.structures).table_valued("structure").render_derived(name="each").lateral("each")
    opened = (
        select(func.coalesce(func.array_agg(each.c.structure.distinct()), array([], type_=BigInteger)))
        .select_from(Share)
        .join(each, true())
        .where(Share.object_id == any_(model.path))
        .correlate(model)
        .scalar_subquery()
    )
    with lifted():  # rows of other owners below a shared folder must follow too
        db.session.flush()
        db.session.execute(
            update(model)
            .where(model.path.contains([ancestor]))
            .values(open_to=opened, updated_at=model.updated_at)
            .execution_options(synchronize_session=False)
        )
        db.session.expire_all()


def move_below(model: type[Any], moved: uuid.UUID, path: list[uuid.UUID]) -> None:
    """Give the rows below ``moved`` (and itself) the path of its new place, which ends with ``moved``."""
    with lifted():
        db.session.flush()
        position = func.array_position(model.path, moved)
        tail = model.path[position + 1 : func.cardinality(model.path)]
        db.session.execute(
            update(model)
            .where(model.path.contains([moved]))
            .values(path=func.array_cat(literal(path, ARRAY(Uuid)), tail), updated_at=model.updated_at)
            .execution_options(synchronize_session=False)
        )
        db.session.expire_all()
