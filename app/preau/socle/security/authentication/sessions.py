"""Signed-in devices: one row each, so that a person sees them, and sign-out works everywhere at once.

The cookie holds a random token, the row its SHA-256. Rights were flattened into the row at sign-in;
``Account.rights_version`` moves when they change and the next request flattens them again.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import current_app, g, request
from sqlalchemy import ColumnElement, delete, select, update
from werkzeug.wrappers import Response

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.identity import AuthenticationLevel, Identity
from preau.kernel.tenancy import Wall, lifted, stand_behind, wall_of
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


def read_along(name: str, column: Callable[[], ColumnElement[Any]]) -> None:
    """Have one more value read with each session, in the same query; requests find it in ``g.along[name]``.

    ``column`` makes a scalar subquery, usually on ``SignInSession.person_id``: an unread count, a version.
    """
    _along[name] = column


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


def step_up(found: SignInSession, level: AuthenticationLevel) -> str:
    """Raise a session to a level, under a new token; return it (session fixation, ASVS 7.2.4)."""
    token = secrets.token_urlsafe(32)
    with lifted(), atomic():
        found.token_hash = digest(token)
        found.level = int(max(level, AuthenticationLevel(found.level)))
        found.stepped_up_at = now()
        raised = replace(Identity.from_json(found.identity), level=AuthenticationLevel(found.level))
        found.identity = raised.to_json()
    return token


def keep(found: SignInSession, **data: Any) -> None:
    """Keep something with the session; a value of ``None`` forgets it."""
    with lifted(), atomic():
        kept = {**found.data, **data}
        found.data = {name: value for name, value in kept.items() if value is not None}


def lengthen(found: SignInSession, minutes: int) -> None:
    """Apply a choice of inactivity at once to the device in hand."""
    with lifted(), atomic():
        found.idle_minutes = minutes


def load() -> None:
    """Before each request: who is asking, and the wall that person stands behind.

    Two statements; the person's own wall is raised by the first query of the page, if it has any.
    """
    g.identity = g.session_row = None
    g.along = {}
    token = request.cookies.get(cookie_name())
    try:
        if token and request.endpoint not in ("static", "assets.versioned"):
            # Nobody is known yet, so there is no wall to stand behind: the token is the key.
            stand_behind(Wall(lifted=True))
            _take(token)
            db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        stand_behind(wall_of(g.identity))


def _take(token: str) -> None:
    row = db.session.execute(
        select(
            SignInSession,
            Account.rights_version,
            Account.state,
            *(column().label(name) for name, column in _along.items()),
        )
        .join(Account, Account.person_id == SignInSession.person_id)
        .where(SignInSession.token_hash == digest(token))
    ).first()
    if row is None:
        return
    found, version, state = row[:3]
    moment = now()
    idle = found.seen_at + timedelta(minutes=found.idle_minutes) < moment
    if state != "active" or idle or (found.ends_at is not None and found.ends_at < moment):
        g.session_expired = state == "active"
        close(found)
        return
    if version != found.rights_version:
        _flatten_again(found, version)
    if moment - found.seen_at > TOUCH_EVERY:
        with atomic() as session:
            session.execute(update(SignInSession).where(SignInSession.id == found.id).values(seen_at=moment))
    g.session_row = found
    g.along = {name: getattr(row, name) for name in _along}
    g.identity = Identity.from_json(found.identity)


def _flatten_again(found: SignInSession, version: int) -> None:
    before = Identity.from_json(found.identity)
    fresh = flatten(
        found.person_id,
        context=before.context.id if before.context else None,
        level=AuthenticationLevel(found.level),
        origin=found.origin,
    )
    with atomic():
        found.identity = fresh.to_json()
        found.rights_version = version


def switch_context(found: SignInSession, profile_id: int) -> None:
    """Choose another of the person's profiles; one that is not theirs changes nothing."""
    with lifted(), atomic():
        identity = flatten(
            found.person_id, context=profile_id, level=AuthenticationLevel(found.level), origin=found.origin
        )
        found.identity = identity.to_json()
        found.idle_minutes = session_policy(identity).idle_minutes
        if identity.context is not None:
            db.session.execute(
                update(Account)
                .where(Account.person_id == found.person_id)
                .values(last_profile_id=identity.context.id)
            )


def close(found: SignInSession) -> None:
    """Sign one device out."""
    with lifted(), atomic() as session:
        session.execute(delete(SignInSession).where(SignInSession.id == found.id))


def close_device(identity: Identity, found: SignInSession) -> None:
    """Sign a device out from another one, or as an administrator."""
    with atomic():
        journal.record(identity, "security.device_closed", found)
        close(found)


def note_closed(identity: Identity, count: int) -> None:
    """The journal's line of a sign-out everywhere."""
    with atomic():
        journal.record(identity, "security.devices_closed", kind="account", key=identity.uid, count=count)


def close_all(person_id: int, *, but: SignInSession | None = None) -> int:
    """Sign a person's devices out, all or all but one; return how many."""
    statement = delete(SignInSession).where(SignInSession.person_id == person_id)
    if but is not None:
        statement = statement.where(SignInSession.id != but.id)
    with lifted(), atomic() as session:
        return session.execute(statement).rowcount  # type: ignore[attr-defined,no-any-return]


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
