"""Application passwords: what a WebDAV program sends in place of the person's own password (RFC 7617).

128 random bits, kept as a SHA-256: fast enough for a thousand requests, useless for the pages, withdrawn
one by one.
"""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, select, update

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.errors import NotFound
from preau.kernel.identity import AuthenticationLevel, Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication.models import AppPassword
from preau.socle.security.authentication.signin import clean_login
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account

SCOPES = ("dav",)
TOUCH_EVERY = timedelta(minutes=5)
CACHED = 2000
# Rights are flattened once per process and version of the rights; the version is read at each request.
_flattened: OrderedDict[tuple[str, int], Identity] = OrderedDict()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create(identity: Identity, name: str, scope: str = "dav") -> str:
    """A new application password, shown this once."""
    raw = secrets.token_hex(16)
    token = "-".join(raw[start : start + 8] for start in range(0, 32, 8))
    with atomic() as session:
        row = AppPassword(person_id=identity.person_id, name=name, scope=scope, token_hash=_digest(token))
        session.add(row)
        session.flush()
        journal.record(identity, "security.app_password", row, scope=scope)
    return token


def listed(identity: Identity) -> list[AppPassword]:
    """The person's application passwords, the last made first."""
    return list(
        db.session.scalars(
            select(AppPassword)
            .where(AppPassword.person_id == identity.person_id)
            .order_by(AppPassword.created_at.desc())
        )
    )


def revoke(identity: Identity, key: object) -> None:
    """Withdraw one of the person's application passwords; the program is out at its next request."""
    with atomic() as session:
        gone = session.execute(
            delete(AppPassword)
            .where(AppPassword.id == key, AppPassword.person_id == identity.person_id)
            .returning(AppPassword.id)
        ).scalar_one_or_none()
        if gone is None:
            raise NotFound("")
        journal.record(identity, "security.app_password_revoked", kind="app_password", key=str(gone))


def identity_of(username: str, password: str, scope: str, origin: str = "") -> Identity | None:
    """Who sends this login and application password, or nobody. One indexed read once rights are known."""
    token_hash = _digest(password)
    with lifted():
        row = db.session.execute(
            select(AppPassword.id, AppPassword.person_id, AppPassword.last_used_at, Account.rights_version)
            .join(Account, Account.person_id == AppPassword.person_id)
            .where(
                AppPassword.token_hash == token_hash,
                AppPassword.scope == scope,
                Account.state == "active",
                Account.login == clean_login(username),
            )
        ).first()
        if row is None:
            return None
        if row.last_used_at is None or now() - row.last_used_at > TOUCH_EVERY:
            with atomic() as session:
                session.execute(
                    update(AppPassword).where(AppPassword.id == row.id).values(last_used_at=now())
                )
        return _identity(token_hash, row.person_id, row.rights_version, origin)


def _identity(token_hash: str, person_id: int, version: int, origin: str) -> Identity:
    found = _flattened.get((token_hash, version))
    if found is None:
        found = flatten(person_id, level=AuthenticationLevel.PASSWORD, origin=origin)
        _flattened[token_hash, version] = found
        while len(_flattened) > CACHED:
            _flattened.popitem(last=False)
    # Where this request comes from, not the one that filled the cache: the journal writes it.
    return found if found.origin == origin else replace(found, origin=origin)
