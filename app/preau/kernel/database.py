"""The declarative base, the session, and the column types every model shares."""

import uuid
from asyncio import iscoroutinefunction
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from zoneinfo import ZoneInfo

from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from psycopg.pq import TransactionStatus
from sqlalchemy import BigInteger, Connection, DateTime, MetaData, Text, event, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

if TYPE_CHECKING:
    from flask import Flask

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

# The engine that reads who is asking. Its connections take the system's role once and for all and commit by
# themselves, so that the one read which each page begins with is one round trip to the server.
DOOR = "door"
SCHOOL_ZONE = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)


Serial = Annotated[int, mapped_column(BigInteger, primary_key=True)]
Key = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), default=now)]
Updated = Annotated[datetime, mapped_column(DateTime(timezone=True), default=now, onupdate=now)]
Ids = Annotated[list[int], mapped_column(ARRAY(BigInteger), default=list, server_default="{}")]
Words = Annotated[list[str], mapped_column(ARRAY(Text), default=list, server_default="{}")]
Document = Annotated[dict[str, Any], mapped_column(JSONB, default=dict, server_default="{}")]


class Model(DeclarativeBase):
    """Base of every table. Text is unbounded in the engine; its limits belong to the schemas."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, int: BigInteger, datetime: DateTime(timezone=True)}


class Database(SQLAlchemy):
    """The engine and the session of the application in context."""

    def init_app(self, app: App) -> None:
        """Register on an application, without the closing of asynchronous sessions.

        We open none, and closing them starts a thread at the end of each request.
        """
        super().init_app(app)
        app.teardown_appcontext_funcs = [
            each for each in app.teardown_appcontext_funcs if not iscoroutinefunction(each)
        ]
        with cast("Flask", app).app_context():
            door = self.get_engine(DOOR)
            event.listen(self.engine, "engine_disposed", lambda _engine: door.dispose())
            event.listen(self.engine, "rollback", _end_of_reading)


def engines(url: str) -> dict[str, str | dict[str, Any]]:
    """The engines of an application on that database."""
    door = {
        "url": url,
        "isolation_level": "AUTOCOMMIT",
        "connect_args": {"options": "-c role=preau_system"},
    }
    return {"default": url, DOOR: door}


def _end_of_reading(connection: Connection) -> None:
    # psycopg forgets its prepared statements at a ROLLBACK of its own, and each page that only reads ends by one:
    # the server would plan everything again for each page. What failed is left to psycopg.
    server = connection.connection.dbapi_connection.pgconn  # type: ignore[union-attr]
    if server.transaction_status == TransactionStatus.INTRANS:
        server.exec_(b"ROLLBACK")


db = Database(
    engine_options={"pool_size": 8, "max_overflow": 8, "pool_pre_ping": False},
    session_options={"expire_on_commit": False},
)


def plan_once() -> None:
    """Until the transaction ends, keep one plan for a statement, whatever its parameters.

    For long statements of pages: the server would plan them each time, for longer than they run.
    """
    db.session.execute(text("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"))


def today() -> date:
    """The date of the schools, in Paris: what starts and ends on a day does so there."""
    return datetime.now(SCHOOL_ZONE).date()
