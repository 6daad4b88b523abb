"""A first import writes bare tables: secondary indexes and foreign keys are put back once, at its end.

Only while nobody is in the directory. What is put back is what the models declare and the database lacks, so
an import that was stopped leaves nothing to remember: the next one, whatever it brings, ends by completing it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from psycopg import errors as pg
from sqlalchemy import ForeignKeyConstraint, Index, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateIndex, DDLElement, DropConstraint, DropIndex

from preau.kernel.adapters.postgres_provision import SYSTEM_ROLE
from preau.kernel.database import Model

from .work import Connection

TABLES: Final = ("person", "source_key", "grouping", "profile", "membership", "relation", "teaching", "role")
# The import itself looks up by these.
_SPARED: Final = frozenset({"ix_relation_pupil_id", "ix_source_key_person_id"})
_DIALECT: Final = postgresql.dialect()  # type: ignore[no-untyped-call]
_FORCED: Final = (
    "SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity AND relname = ANY(%s) ORDER BY 1"
)


def strip(connection: Connection) -> None:
    """Takes indexes and foreign keys off, unless somebody is at work on the tables or we do not own them."""
    keys = (DropConstraint(key, if_exists=True) for key in _foreign_keys())
    indexes = (DropIndex(index, if_exists=True) for index in _indexes())
    with suppress(pg.LockNotAvailable, pg.InsufficientPrivilege), connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '2s'")
        _as_owner(connection, [*map(_sql, keys), *map(_sql, indexes)])


def missing_indexes(connection: Connection) -> list[tuple[int, str]]:
    """Rank and name of the indexes that the models declare and the database lacks."""
    found = {row[0] for row in connection.execute("SELECT indexname FROM pg_indexes")}
    return [(rank, str(i.name)) for rank, i in enumerate(_indexes()) if i.name not in found]


def put_index_back(connection: Connection, name: str) -> None:
    """Builds one index, in the caller's transaction."""
    index = next(each for each in _indexes() if each.name == name)
    _as_owner(connection, [_sql(CreateIndex(index, if_not_exists=True))])


def put_keys_back(connection: Connection) -> None:
    """Checks and declares the foreign keys that the database lacks, in the caller's transaction."""
    found = {row[0] for row in connection.execute("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    keys = [key for key in _foreign_keys() if key.name not in found]
    if not keys:
        return
    # A wall that holds for its owner would hide the rows from the check, which would then pass for nothing.
    concerned = {table.name for key in keys for table in (key.parent, key.referred_table)}
    forced = [row[0] for row in connection.execute(_FORCED, [list(concerned)])]
    _as_owner(
        connection,
        [
            *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in forced),
            *(_sql(AddConstraint(key, isolate_from_table=False)) for key in keys),
            *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in forced),
        ],
    )


def _as_owner(connection: Connection, statements: list[str]) -> None:
    connection.execute("RESET ROLE")
    for statement in statements:
        connection.execute(statement)
    connection.execute(f"SET ROLE {SYSTEM_ROLE}")


def _tables() -> Iterator[Table]:
    return (Model.metadata.tables[name] for name in TABLES)


def _indexes() -> list[Index]:
    found = [index for table in _tables() for index in table.indexes]
    return sorted(
        (i for i in found if not i.unique and i.name not in _SPARED), key=lambda index: str(index.name)
    )


def _foreign_keys() -> list[ForeignKeyConstraint]:
    found = [key for table in _tables() for key in table.foreign_key_constraints]
    return sorted(found, key=lambda key: str(key.name))


def _sql(statement: DDLElement) -> str:
    return str(statement.compile(dialect=_DIALECT))
