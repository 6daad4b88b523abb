"""Tickets: random, kept as digests, used once, dead with the session they come from."""

import hashlib
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete, select

from preau.kernel.database import db, now
from preau.socle.security.propagation.models import Partner, Ticket

SERVICE, PROXY, GRANTING = "service", "proxy", "granting"
PREFIXES = {SERVICE: "ST-", PROXY: "PT-", GRANTING: "PGT-"}
LIFETIMES = {SERVICE: timedelta(seconds=60), PROXY: timedelta(seconds=60), GRANTING: timedelta(hours=8)}
LONGEST = 256


def digest(text: str) -> str:
    """What the row keeps of a ticket."""
    return hashlib.sha256(text.encode()).hexdigest()


def issue(
    kind: str,
    partner: Partner,
    session_id: uuid.UUID,
    address: str,
    *,
    fresh: bool = False,
    proxies: tuple[str, ...] = (),
) -> str:
    """A new ticket, in the current transaction."""
    text = PREFIXES[kind] + secrets.token_urlsafe(32)
    db.session.add(
        Ticket(
            hash=digest(text),
            kind=kind,
            partner_id=partner.id,
            session_id=session_id,
            address=address,
            fresh=fresh,
            proxies=list(proxies),
            expires_at=now() + LIFETIMES[kind],
        )
    )
    return text


def take(text: str, kinds: tuple[str, ...]) -> Ticket | None:
    """The ticket, which nobody can use again; nothing when it is unknown, used, of another kind or too old."""
    if len(text) > LONGEST:
        return None
    row = db.session.execute(
        delete(Ticket).where(Ticket.hash == digest(text)).returning(Ticket)
    ).scalar_one_or_none()
    if row is None or row.kind not in kinds or row.expires_at < now():
        return None
    return row


def look(text: str, kind: str) -> Ticket | None:
    """A ticket that may be used several times (proxy-granting), while it lives."""
    if len(text) > LONGEST:
        return None
    return db.session.scalar(
        select(Ticket).where(Ticket.hash == digest(text), Ticket.kind == kind, Ticket.expires_at >= now())
    )


def forget_old() -> None:
    """Delete what nobody came for."""
    db.session.execute(delete(Ticket).where(Ticket.expires_at < now()))
