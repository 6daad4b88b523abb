"""What authentication keeps beside the account: second means, throttles, one-time codes. Digests only."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Moment, Serial, Words
from preau.kernel.tenancy import through


class AppPassword(Model):
    """A password for one program (WebDAV client): 128 random bits of which the SHA-256 is kept."""

    __tablename__ = "app_password"
    __wall__ = through("person", "person_id")

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    scope: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[Created]
    last_used_at: Mapped[Moment | None]


class RecoveryCode(Model):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_code"
    __wall__ = through("person", "person_id")

    id: Mapped[Serial]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str]
    used_at: Mapped[Moment | None]


class SecondChannelCode(Model):
    """A code sent by mail or SMS. ``id`` binds it to the browser that asked for it; ten minutes, five tries."""

    __tablename__ = "second_channel_code"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str]
    code_hash: Mapped[str]
    target: Mapped[str] = mapped_column(default="")
    tries: Mapped[int] = mapped_column(BigInteger, default=0)
    expires_at: Mapped[datetime]


class Throttle(Model):
    """Failures counted by bucket: the digest of a login, or an origin. Unknown logins count like the others."""

    __tablename__ = "throttle"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(BigInteger, default=0)
    locks: Mapped[int] = mapped_column(BigInteger, default=0)
    seen: Mapped[Words]
    since: Mapped[datetime]
    blocked_until: Mapped[Moment | None]


class KnownOrigin(Model):
    """A network and kind of device a person signed in from."""

    __tablename__ = "known_origin"
    __wall__ = through("person", "person_id")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    network: Mapped[str] = mapped_column(primary_key=True)
    device: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[Created]
