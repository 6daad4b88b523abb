"""Lines to PostgreSQL for the short way: libpq itself, each question one round trip of prepared statements.

A cursor, its adapters and the driver's own pipeline cost more here than what they ask. A line belongs to
nobody: each question raises its asker's wall in the implicit transaction that answers it.
"""

import re
import select
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import errors, pq
from psycopg.conninfo import make_conninfo
from sqlalchemy.pool import Pool

from preau.kernel.database import db
from preau.kernel.identity import Identity

KEPT = 8
# A commit does not wait for the disk: what was put in the last half second may go with the power, tree and
# content alike, never half of it. Planning takes longer than running, and a plan made when the tables were
# small would read all of them: each statement finds a few rows by an index, whatever the statistics say.
HABITS = b"SET synchronous_commit = off; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ENDED = pq.ExecStatus.PIPELINE_SYNC
GIVEN = pq.ExecStatus.TUPLES_OK
DONE = frozenset({GIVEN, pq.ExecStatus.COMMAND_OK})
Row = Sequence[bytes | None]


class Statement:
    """A statement with named places, each with its type: ``%(size)s::bigint``."""

    def __init__(self, name: str, sql: str) -> None:
        self.name = name.encode()
        self.places = tuple(dict.fromkeys(PLACEHOLDER.findall(sql)))
        numbers = {place: f"${number}" for number, place in enumerate(self.places, 1)}
        self.sql = PLACEHOLDER.sub(lambda found: numbers[found[1]], sql).encode()

    def filled(self, values: Mapping[str, Any]) -> list[bytes | None]:
        """The values in the order of their numbers, as PostgreSQL reads them."""
        return [_written(values[place]) for place in self.places]


RAISED = (
    "SELECT set_config('preau.structures', %(structures)s::text, true),"
    " set_config('preau.person', %(person)s::text, true)"
)
WALL = Statement("wall", RAISED)
# Two writers that wait for the same row would each plan their change again.
TURN = Statement("turn", RAISED + ", pg_advisory_xact_lock(hashtextextended(%(turn)s::text, 0))")


class Line:
    """One connection, always in pipeline mode."""

    def __init__(self, conninfo: str) -> None:
        self.pg = pq.PGconn.connect(conninfo.encode())
        if self.pg.status != pq.ConnStatus.OK:
            raise errors.OperationalError(self.pg.get_error_message())
        self.pg.exec_(HABITS)
        self.pg.enter_pipeline_mode()
        self._known: set[bytes] = set()
        self._poll = select.poll()
        self._poll.register(self.pg.socket, select.POLLIN)

    def ask(self, *questions: tuple[Statement, Mapping[str, Any]]) -> list[Row]:
        """Run the questions as one transaction in one round trip; the rows of the last."""
        for statement, values in questions:
            if statement.name not in self._known:
                self.pg.send_prepare(statement.name, statement.sql)
            self.pg.send_query_prepared(statement.name, statement.filled(values))
        self.pg.pipeline_sync()
        rows: list[Row] = []
        fault: pq.abc.PGresult | None = None
        while (found := self._next()) is None or found.status != ENDED:
            if found is None:
                if self.pg.status != pq.ConnStatus.OK:
                    raise errors.OperationalError(self.pg.get_error_message())
            elif found.status == GIVEN:
                rows = _rows(found)
            elif found.status not in DONE and fault is None:
                fault = found
        if fault is not None:
            raise _error(fault)
        self._known.update(statement.name for statement, _values in questions)
        return rows

    def _next(self) -> pq.abc.PGresult | None:
        # Waiting here lets the other threads run; the driver's own wait would keep them from it.
        while self.pg.is_busy():
            self._poll.poll()
            self.pg.consume_input()
        return self.pg.get_result()


_free: WeakKeyDictionary[Pool, deque[Line]] = WeakKeyDictionary()


@contextmanager
def line() -> Iterator[Line]:
    """A free line, or a new one; it is closed when what it was used for failed."""
    free = _free.setdefault(db.engine.pool, deque())
    try:
        held = free.pop()
    except IndexError:
        _arguments, options = db.engine.dialect.create_connect_args(db.engine.url)
        options.pop("context", None)  # of the driver's cursors
        held = Line(make_conninfo(**options, client_encoding="UTF8"))
    yield held
    if len(free) < KEPT:
        free.append(held)


def ask(identity: Identity, statement: Statement, values: Mapping[str, Any], turn: str = "") -> list[Row]:
    """What a statement gives behind the identity's wall; one after the other for those of the same ``turn``."""
    mine = "{" + ",".join(map(str, sorted(identity.structures))) + "}"
    wall = {"structures": mine, "person": identity.person_id, "turn": turn}
    with line() as held:
        return held.ask((TURN if turn else WALL, wall), (statement, values))


def _rows(found: pq.abc.PGresult) -> list[Row]:
    columns = range(found.nfields)
    return [[found.get_value(row, column) for column in columns] for row in range(found.ntuples)]


def _error(fault: pq.abc.PGresult) -> Exception:
    state = (fault.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    message = fault.get_error_message()
    try:
        return errors.lookup(state)(message)
    except KeyError:
        return errors.OperationalError(message)


def _written(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, list):
        value = (
            "{" + ",".join('"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"' for each in value) + "}"
        )
    written = value.encode() if isinstance(value, str) else str(value).encode()
    if b"\0" in written:
        raise errors.DataError("PostgreSQL keeps no NUL")
    return written
