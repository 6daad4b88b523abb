"""Signed-in devices: one row each, so that a person sees them, and sign-out works everywhere at once.

The cookie holds a random token, the row its SHA-256. Rights were flattened into the row at sign-in;
``Account.rights_version`` moves when they change and the next request flattens them again.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from flask import current_app, g, request
from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from werkzeug.wrappers import Response

from preau.kernel import events, journal
from preau.kernel.database import DOOR, db, now
from preau.kernel.identity import AuthenticationLevel, Identity, system
from preau.kernel.tenancy import lifted, stand_behind, wall_of
from preau.kernel.transaction import atomic
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account, SignInSession
from preau.socle.security.policy.sessions import session_policy

COOKIE = "preau"
# Over HTTPS the name itself tells the browser: this host only, whole site only (RFC 6265bis).
SECURE_COOKIE = "__Host-preau"
# The row is touched at most this often: a page read costs no write.
TOUCH_EVERY = timedelta(minutes=1)
_along: dict[str, Callable[[], ColumnElement[Any]]] = {}


@dataclass(slots=True)
class Device:
    """The session of the device that asks, as it was read at the door; ``identity`` is its JSON.

    ``proved_at`` is when the person last gave a secret.
    """

    id: uuid.UUID
    person_id: int
    identity: str
    rights_version: int
    level: int
    origin: str
    proved_at: datetime
    seen_at: datetime
    idle_minutes: int
    ends_at: datetime | None
    data: dict[str, Any]


def read_along(name: str, column: Callable[[], ColumnElement[Any]]) -> None:
    """Have one more value read with each session, in the same query; requests find it in ``g.along[name]``.

    ``column`` makes a scalar subquery, usually on ``SignInSession.person_id``: an unread count, a version.
    """
    _along[name] = column
    _asked.cache_clear()


def digest(token: str) -> str:
    """What the row keeps of a cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    person_id: int,
    level: AuthenticationLevel,
    *,
    device: str = "",
    origin: str = "",
    data: dict[str, Any] | None = None,
) -> tuple[str, Identity]:
    """Open a session in the context last used; return the cookie's token and the identity."""
    token = secrets.token_urlsafe(32)
    with lifted(), atomic() as session:
        account = session.get(Account, person_id, populate_existing=True)
        context = account.last_profile_id if account else None
        identity = flatten(person_id, context=context, level=level, origin=origin)
        policy = session_policy(identity)
        session.add(
            SignInSession(
                token_hash=digest(token),
                person_id=person_id,
                identity=identity.to_json(),
                rights_version=account.rights_version if account else 0,
                level=int(level),
                device=device[:200],
                origin=origin,
                seen_at=now(),
                idle_minutes=policy.idle_minutes,
                ends_at=now() + policy.length,
                data=data or {},
            )
        )
    return token, identity


def step_up(found: Device, level: AuthenticationLevel) -> str:
    """Raise a session to a level, under a new token; return it (session fixation, ASVS 7.2.4)."""
    token = secrets.token_urlsafe(32)
    with lifted(), atomic():
        row = _row(found)
        row.token_hash = digest(token)
        row.level = int(max(level, AuthenticationLevel(row.level)))
        row.stepped_up_at = now()
        raised = replace(Identity.from_json(row.identity), level=AuthenticationLevel(row.level))
        row.identity = raised.to_json()
    return token


def keep(found: Device, **data: Any) -> None:
    """Keep something with the session; a value of ``None`` forgets it."""
    with lifted(), atomic():
        row = _row(found)
        kept = {**row.data, **data}
        row.data = found.data = {name: value for name, value in kept.items() if value is not None}


def lengthen(found: Device, minutes: int) -> None:
    """Apply a choice of inactivity at once to the device in hand."""
    with lifted(), atomic():
        _row(found).idle_minutes = minutes


def _row(found: Device) -> SignInSession:
    return db.session.get_one(SignInSession, found.id)


def load() -> None:
    """Before each request: who is asking, and the wall that person stands behind.

    One statement; the person's own wall is raised by the first query of the page, if it has any.
    """
    g.identity = g.session_row = None
    g.along = {}
    token = request.cookies.get(cookie_name())
    try:
        if token and request.endpoint not in ("static", "assets.versioned"):
            _take(token)
    except BaseException:
        db.session.rollback()
        raise
    finally:
        stand_behind(wall_of(g.identity))


@cache
def _asked() -> Select[Any]:
    columns = (
        SignInSession.id,
        SignInSession.person_id,
        cast(SignInSession.identity, Text).label("identity"),
        SignInSession.rights_version,
        SignInSession.level,
        SignInSession.origin,
        func.coalesce(SignInSession.stepped_up_at, SignInSession.created_at).label("proved_at"),
        SignInSession.seen_at,
        SignInSession.idle_minutes,
        SignInSession.ends_at,
        SignInSession.data,
    )
    return (
        select(
            *columns,
            Account.rights_version.label("version"),
            Account.state,
            *(column().label(name) for name, column in _along.items()),
        )
        .join(Account, Account.person_id == SignInSession.person_id)
        .where(SignInSession.token_hash == bindparam("token_hash"))
    )


@lru_cache(maxsize=2000)
def _identity(document: str) -> Identity:
    # The whole document is the key: whatever changes in the row is read again.
    return Identity.from_json(json.loads(document))


def _take(token: str) -> None:
    # Nobody is known yet, so there is no wall to stand behind: the token is the key.
    with db.get_engine(DOOR).connect() as connection:
        row = connection.execute(_asked(), {"token_hash": digest(token)}).first()
    if row is None:
        return
    found = Device(*row[: len(Device.__slots__)])
    moment = now()
    idle = found.seen_at + timedelta(minutes=found.idle_minutes) < moment
    if row.state != "active" or idle or (found.ends_at is not None and found.ends_at < moment):
        g.session_expired = row.state == "active"
        close(found)
        return
    if row.version != found.rights_version:
        _flatten_again(found, row.version)
    if moment - found.seen_at > TOUCH_EVERY:
        with lifted(), atomic() as session:
            session.execute(update(SignInSession).where(SignInSession.id == found.id).values(seen_at=moment))
    g.session_row = found
    g.along = {name: getattr(row, name) for name in _along}
    g.identity = _identity(found.identity)


def _flatten_again(found: Device, version: int) -> None:
    before = _identity(found.identity)
    with lifted(), atomic():
        fresh = flatten(
            found.person_id,
            context=before.context.id if before.context else None,
            level=AuthenticationLevel(found.level),
            origin=found.origin,
        )
        row = _row(found)
        row.identity, row.rights_version = fresh.to_json(), version
    found.identity, found.rights_version = json.dumps(row.identity), version


def switch_context(found: Device, profile_id: int) -> None:
    """Choose another of the person's profiles; one that is not theirs changes nothing."""
    with lifted(), atomic():
        identity = flatten(
            found.person_id, context=profile_id, level=AuthenticationLevel(found.level), origin=found.origin
        )
        row = _row(found)
        row.identity = identity.to_json()
        row.idle_minutes = session_policy(identity).idle_minutes
        if identity.context is not None:
            db.session.execute(
                update(Account)
                .where(Account.person_id == found.person_id)
                .values(last_profile_id=identity.context.id)
            )


def close(found: Device | SignInSession) -> None:
    """Sign one device out."""
    _end(SignInSession.id == found.id)


def close_device(identity: Identity, found: SignInSession) -> None:
    """Sign a device out from another one, or as an administrator."""
    with atomic():
        journal.record(identity, "security.device_closed", found)
        close(found)


def note_closed(identity: Identity, count: int) -> None:
    """The journal's line of a sign-out everywhere."""
    with atomic():
        journal.record(identity, "security.devices_closed", kind="account", key=identity.uid, count=count)


def close_all(person_id: int, *, but: Device | None = None) -> int:
    """Sign a person's devices out, all or all but one; return how many."""
    others = SignInSession.person_id == person_id
    return _end(others if but is None else and_(others, SignInSession.id != but.id))


def close_stale() -> int:
    """Close the sessions that nobody came back to; return how many. A page closes its own when it finds it stale."""
    pause = SignInSession.idle_minutes * literal_column("interval '1 minute'", Interval)
    return _end(or_(SignInSession.seen_at + pause < now(), SignInSession.ends_at < now()))


def _end(which: ColumnElement[bool]) -> int:
    """Delete sessions; what was opened with them hears it in the same transaction (SOC-SEC-PII-02)."""
    with lifted(), atomic() as session:
        ended = session.scalars(delete(SignInSession).where(which).returning(SignInSession.id)).all()
        if ended:
            events.publish("security.sessions_ended", system("session"), ids=list(ended))
    return len(ended)


def rights_moved(*person_ids: int) -> None:
    """Flatten these persons' rights again at their next request."""
    with lifted():
        db.session.execute(
            update(Account)
            .where(Account.person_id.in_(person_ids))
            .values(rights_version=Account.rights_version + 1)
        )


def cookie_name() -> str:
    """The one name that is read: over HTTPS, a cookie that a neighbouring host could plant is nobody's."""
    return SECURE_COOKIE if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def set_cookie(response: Response, token: str) -> None:
    """The session cookie: host only, not for scripts, gone with the browser."""
    name = cookie_name()
    response.set_cookie(name, token, httponly=True, secure=name == SECURE_COOKIE, samesite="Lax", path="/")


def clear_cookie(response: Response) -> None:
    """Take the cookie back."""
    for name, secure in ((COOKIE, False), (SECURE_COOKIE, True)):
        response.delete_cookie(name, path="/", httponly=True, secure=secure, samesite="Lax")
