"""Slow down who guesses: failures counted per login and per origin, in PostgreSQL so that every process agrees.

An attempt is counted before the secret is checked, and given back when it was right: a thousand attempts
at once are a thousand attempts. A login that does not exist is counted and blocked like any other.
ASVS 6.3.1, SOC-SEC-DVS-01.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text

from preau.kernel import preferences
from preau.kernel.database import db, now
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import vault
from preau.socle.security.authentication.models import Throttle

FORGET_AFTER = timedelta(hours=1)
KINDS = ("login", "code", "pictures", "activation", "forgotten", "current")
ORIGIN_WINDOW = timedelta(minutes=10)
LONGEST = timedelta(hours=1)
TAKE = """
INSERT INTO throttle (bucket, failures, locks, seen, since) VALUES (:bucket, 1, 0, '{}', :now)
ON CONFLICT (bucket) DO UPDATE SET
  failures = CASE
    WHEN throttle.blocked_until > :now THEN throttle.failures
    WHEN throttle.blocked_until IS NOT NULL OR throttle.since < :forget THEN 1
    ELSE throttle.failures + 1 END,
  locks = CASE WHEN throttle.since < :forget_locks THEN 0 ELSE throttle.locks END,
  since = CASE WHEN throttle.since < :forget THEN :now ELSE throttle.since END,
  blocked_until = CASE WHEN throttle.blocked_until > :now THEN throttle.blocked_until END
RETURNING failures, locks, blocked_until
"""
BLOCK = "UPDATE throttle SET blocked_until = :until, locks = locks + 1 WHERE bucket = :bucket"
SEEN = """
INSERT INTO throttle (bucket, failures, locks, seen, since) VALUES (:bucket, 1, 0, ARRAY[:login], :now)
ON CONFLICT (bucket) DO UPDATE SET
  seen = CASE WHEN throttle.since < :forget THEN ARRAY[:login]
              WHEN :login = ANY(throttle.seen) THEN throttle.seen ELSE throttle.seen || CAST(:login AS text) END,
  since = CASE WHEN throttle.since < :forget THEN :now ELSE throttle.since END
RETURNING cardinality(seen)
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whether one may try. ``locking`` is true for the one failure that starts a block."""

    bucket: str
    blocked_until: datetime | None = None
    locking: bool = False
    locks: int = 0

    @property
    def blocked(self) -> bool:
        """Whether the secret is not even looked at."""
        return self.blocked_until is not None

    @property
    def minutes(self) -> int:
        """Minutes left to wait, rounded up."""
        if self.blocked_until is None:
            return 0
        return max(1, -int(-(self.blocked_until - now()).total_seconds() // 60))


def bucket_of(kind: str, subject: str) -> str:
    """The bucket of a login or an origin; the table holds neither in clear."""
    return f"{kind}:{vault.keyed_digest('throttle', subject)[:32]}"


def take(login: str, origin: str, kind: str = "login") -> Attempt:
    """Count an attempt on a login from an origin."""
    bucket, moment = bucket_of(kind, login), now()
    limit, first = preferences.value("security.lock_after"), preferences.value("security.lock_minutes")
    with lifted(), atomic() as session:
        closed = session.scalar(
            select(Throttle.blocked_until).where(
                Throttle.bucket == bucket_of("origin", origin), Throttle.blocked_until > moment
            )
        )
        if closed:
            return Attempt(bucket, closed)
        row = session.execute(
            text(TAKE),
            {
                "bucket": bucket,
                "now": moment,
                "forget": moment - FORGET_AFTER,
                "forget_locks": moment - 24 * FORGET_AFTER,
            },
        ).one()
        if row.blocked_until:
            return Attempt(bucket, row.blocked_until)
        if row.failures < limit:
            return Attempt(bucket)
        until = moment + min(LONGEST, timedelta(minutes=first * 2 ** min(row.locks, 6)))
        session.execute(text(BLOCK), {"bucket": bucket, "until": until})
        # The last attempt allowed is still looked at; those that follow are not.
        return Attempt(bucket, locking=True, locks=row.locks + 1)


def give_back(attempt: Attempt) -> None:
    """The secret was right: forget the failures of that login."""
    with lifted(), atomic() as session:
        session.execute(delete(Throttle).where(Throttle.bucket == attempt.bucket))


def note_origin(origin: str, login: str) -> bool:
    """Note a failure on a login from an origin; true when it is the one that blocks the origin."""
    moment, bucket = now(), bucket_of("origin", origin)
    limit = preferences.value("security.origin_limit")
    with lifted(), atomic() as session:
        different = session.scalar(
            text(SEEN),
            {
                "bucket": bucket,
                "login": vault.keyed_digest("throttle", login)[:16],
                "now": moment,
                "forget": moment - ORIGIN_WINDOW,
            },
        )
        if (different or 0) < limit:
            return False
        session.execute(text(BLOCK), {"bucket": bucket, "until": moment + ORIGIN_WINDOW})
        session.execute(text("UPDATE throttle SET seen = '{}' WHERE bucket = :bucket"), {"bucket": bucket})
        return True


def blocked_until(login: str) -> datetime | None:
    """Until when a login waits, by whatever means it was tried; nothing when it may be tried."""
    buckets = [bucket_of(kind, login) for kind in KINDS]
    with lifted():
        return db.session.scalar(
            select(func.max(Throttle.blocked_until)).where(
                Throttle.bucket.in_(buckets), Throttle.blocked_until > now()
            )
        )


def unlock(login: str) -> None:
    """Let a login be tried again: an administrator gave a new code."""
    buckets = [bucket_of(kind, login) for kind in KINDS]
    with lifted():
        db.session.execute(delete(Throttle).where(Throttle.bucket.in_(buckets)))


def tidy() -> None:
    """Drop what no longer counts."""
    with lifted(), atomic() as session:
        session.execute(delete(Throttle).where(Throttle.since < now() - 24 * FORGET_AFTER))
