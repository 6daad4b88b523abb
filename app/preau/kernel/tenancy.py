"""Two walls between schools: loader criteria in the ORM, row-level security in PostgreSQL.

A model says on which side it stands by a mixin. Both walls read the same state, set once per request
or job: the structures of the acting person. Code that must see over the walls (feeds, sign-in,
maintenance) says so with :func:`lifted`, which takes the database role ``preau_system``.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DDL, BigInteger, Connection, ForeignKey, Table, event, or_, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import (
    Mapped,
    Mapper,
    ORMExecuteState,
    Session,
    SessionTransaction,
    mapped_column,
    with_loader_criteria,
)

from preau.kernel.database import Model, db
from preau.kernel.identity import Identity

SYSTEM_ROLE = "preau_system"
# A setting that a pooled connection has forgotten reads as '', which is no array: nobody's wall, not an error.
MINE = "(SELECT nullif(current_setting('preau.structures', true), '')::bigint[])::bigint[]"
ME = "(SELECT nullif(current_setting('preau.person', true), '')::bigint)"

RAISE = text(
    "SELECT set_config('role', :role, true), set_config('preau.structures', :mine, true),"
    " set_config('preau.person', :me, true)"
)


class InStructure:
    """A row of one structure, seen only from it."""

    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id", ondelete="CASCADE"), index=True)


class Opened:
    """A row seen from the structures of ``open_to``."""

    open_to: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default="{}")


class Personal(Opened):
    """A row that its owner always sees; sharing opens it to structures."""

    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class Oneself(Opened):
    """The row that is the person: seen by that person and from the person's structures."""

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)


@dataclass(frozen=True, slots=True)
class Wall:
    """What the acting person may look over."""

    person_id: int = 0
    structures: tuple[int, ...] = ()
    lifted: bool = False


CLOSED = Wall()


def wall_of(identity: Identity | None) -> Wall:
    """The wall an identity stands behind."""
    if identity is None:
        return CLOSED
    return Wall(identity.person_id, tuple(sorted(identity.structures)), lifted=identity.everywhere)


def stand_behind(wall: Wall) -> None:
    """Set the wall of the current session, in the open transaction too."""
    session = db.session
    session.info["wall"] = wall
    if session.in_transaction():
        _raise(session.connection(), wall)


def current_wall() -> Wall:
    """The wall of the current session."""
    wall: Wall = db.session.info.get("wall", CLOSED)
    return wall


@contextmanager
def lifted() -> Iterator[None]:
    """See every school for the time of a block: directory feeds, sign-in, jobs, maintenance."""
    before = current_wall()
    stand_behind(Wall(before.person_id, before.structures, lifted=True))
    try:
        yield
    finally:
        _fall_back(before)


@contextmanager
def behind(identity: Identity) -> Iterator[None]:
    """Stand behind an identity's wall for the time of a block, in a job or a command."""
    before = current_wall()
    stand_behind(wall_of(identity))
    try:
        yield
    finally:
        _fall_back(before)


def _fall_back(wall: Wall) -> None:
    session = db.session
    try:
        if session.in_transaction() and session.is_active:
            session.flush()
    finally:
        session.info["wall"] = wall
        # A transaction that failed takes its wall with it: the next one begins behind the right one.
        with suppress(InternalError):
            if session.in_transaction() and session.is_active:
                _raise(session.connection(), wall)


def _raise(connection: Connection, wall: Wall) -> None:
    connection.execute(
        RAISE,
        {
            "role": SYSTEM_ROLE if wall.lifted else "none",
            "mine": "{" + ",".join(map(str, wall.structures)) + "}",
            "me": str(wall.person_id or ""),
        },
    )


@event.listens_for(Session, "after_begin")
def _wall_of_transaction(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested and (wall := session.info.get("wall")) is not None:
        _raise(connection, wall)


@event.listens_for(Session, "do_orm_execute")
def _loader_criteria(state: ORMExecuteState) -> None:
    wall: Wall = state.session.info.get("wall", CLOSED)
    if wall.lifted or state.is_column_load or state.is_relationship_load:
        return
    if not (state.is_select or state.is_update or state.is_delete):
        return
    mine, me = list(wall.structures), wall.person_id
    state.statement = state.statement.options(
        with_loader_criteria(InStructure, lambda cls: cls.structure_id.in_(mine), include_aliases=True),
        with_loader_criteria(
            Personal,
            lambda cls: or_(cls.owner_id == me, cls.open_to.op("&&")(mine)),
            include_aliases=True,
        ),
        with_loader_criteria(
            Oneself, lambda cls: or_(cls.id == me, cls.open_to.op("&&")(mine)), include_aliases=True
        ),
    )


def policy_of(cls: type[Any]) -> str | None:
    """The row-level security expression of a model, or nothing when it has no wall."""
    if hasattr(cls, "__wall__"):
        return str(cls.__wall__)
    if issubclass(cls, InStructure):
        return f"structure_id = ANY({MINE})"
    if issubclass(cls, Personal):
        return f"owner_id = {ME} OR open_to && {MINE}"
    if issubclass(cls, Oneself):
        return f"id = {ME} OR open_to && {MINE}"
    return None


def through(table: str, column: str, key: str = "id") -> str:
    """Policy of a row that is seen when the row it hangs from is seen."""
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.{key} = {column})"  # noqa: S608 - names of ours


@event.listens_for(Mapper, "after_mapper_constructed")
def _declare_wall(mapper: Mapper[Any], cls: type[Any]) -> None:
    table = mapper.local_table
    if not isinstance(table, Table) or table.info.get("walled"):
        return
    policy = policy_of(cls)
    if policy is None:
        return
    table.info["walled"] = True
    for statement in wall_ddl(table.name, policy):
        event.listen(table, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]


def wall_ddl(table: str, policy: str) -> tuple[str, ...]:
    """Statements that raise the database's wall on a table."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY wall ON {table} USING ({policy})",
    )


def walled_models() -> list[type[Any]]:
    """Every mapped class that stands behind a wall."""
    return [mapper.class_ for mapper in Model.registry.mappers if policy_of(mapper.class_)]
