"""One transaction per operation; side effects wait for its commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from preau.kernel.database import db


@contextmanager
def atomic() -> Iterator[Session]:
    """Commit what the block wrote, or nothing of it. An inner block joins the outer one."""
    session = db.session
    if session.info.get("atomic"):
        yield session
        return
    session.info["atomic"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop("after_commit", None)
        raise
    finally:
        session.info["atomic"] = False
    for effect in session.info.pop("after_commit", []):
        effect()


def after_commit(effect: Callable[[], None]) -> None:
    """Run ``effect`` once the current operation is committed; never if it is rolled back."""
    session = db.session
    if session.info.get("atomic"):
        session.info.setdefault("after_commit", []).append(effect)
    else:
        effect()
