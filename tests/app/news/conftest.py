"""Counting the statements a block sends."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from preau.kernel.database import db


@pytest.fixture
def queries_of(app):
    """``with queries_of() as statements:`` lists what the block sends to the database."""

    @contextmanager
    def watch() -> Iterator[list[str]]:
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return watch
