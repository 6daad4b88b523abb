"""``python -m tests.support.serve PORT WORKERS``: the application as ``preau serve`` serves it.

Until application passwords are there, anybody's is "secret".
"""

import sys
import types
from typing import Any

from granian import Granian
from granian.constants import Interfaces


def stub() -> None:
    """Stand in for the application passwords."""
    from sqlalchemy import select

    from preau.kernel.database import db
    from preau.kernel.tenancy import lifted
    from preau.socle.security.authorisation.flatten import flatten
    from preau.socle.security.models import Account

    module = types.ModuleType("basic")

    def identity_of(username: str, password: str, scope: str) -> Any:
        if password != "secret" or scope != "files":
            return None
        with lifted():
            person_id = db.session.scalar(select(Account.person_id).where(Account.login == username))
        return flatten(person_id) if person_id else None

    module.identity_of = identity_of
    sys.modules["preau.socle.security.authentication.basic"] = module


def wsgi() -> Any:
    from preau.app import create_app

    stub()
    return create_app()


if __name__ == "__main__":
    Granian(
        "tests.support.serve:wsgi",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=int(sys.argv[2]),
        blocking_threads=4,
        websockets=False,
        log_access=False,
    ).serve()
