"""Accounts, sessions and grants. Secrets are stored as digests or encrypted, never in clear (SOC-SEC-IAU-08/09)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from preau.kernel.database import Created, Key, Model, Moment, Serial
from preau.kernel.tenancy import InStructure, through
from preau.socle.directory.models import Person


class Account(Model):
    """The account of a person: login, state, means of authentication.

    ``state``: pending (code sheet not used yet), active, suspended, disabled (no profile left), purged.
    ``disabled_reason``: left (the feed no longer holds the person, who may come back) or hand. ``stem`` and
    ``rank`` are the two halves of the login, from which the next homonym's login is made.
    """

    __tablename__ = "account"
    __wall__ = through("person", "person_id")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="pending", server_default="pending", index=True)
    password_hash: Mapped[str] = mapped_column(default="", server_default="")
    picture_hash: Mapped[str] = mapped_column(default="", server_default="")
    activation_hash: Mapped[str] = mapped_column(default="", server_default="")
    activation_expires_at: Mapped[Moment | None]
    totp_secret: Mapped[str] = mapped_column(default="", server_default="")
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    recovery_mail: Mapped[str] = mapped_column(default="", server_default="")
    recovery_mobile: Mapped[str] = mapped_column(default="", server_default="")
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default="false")
    charter_accepted_at: Mapped[Moment | None]
    charter_id: Mapped[int | None] = mapped_column(BigInteger)
    last_seen_at: Mapped[Moment | None]
    last_profile_id: Mapped[int | None] = mapped_column(BigInteger)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[Moment | None]
    disabled_at: Mapped[Moment | None]
    disabled_reason: Mapped[str] = mapped_column(default="", server_default="")
    purge_on: Mapped[date | None] = mapped_column(index=True)
    rights_version: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    created_at: Mapped[Created]
    stem: Mapped[str] = mapped_column(Computed("regexp_replace(login, '[0-9]+$', '')", persisted=True))
    rank: Mapped[int] = mapped_column(
        BigInteger,
        Computed(
            "coalesce(nullif(left(substring(login from '[0-9]+$'), 9), ''), '1')::bigint", persisted=True
        ),
    )

    person: Mapped[Person] = relationship()

    __table_args__ = (Index(None, "stem", "rank"),)


class SignInSession(Model):
    """A signed-in device. ``token_hash`` is the SHA-256 of the cookie; ``identity`` the flattened rights."""

    __tablename__ = "sign_in_session"

    id: Mapped[Key]
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    identity: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rights_version: Mapped[int] = mapped_column(BigInteger, default=0)
    level: Mapped[int]
    device: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
    seen_at: Mapped[datetime]
    idle_minutes: Mapped[int] = mapped_column(default=60)
    stepped_up_at: Mapped[Moment | None]
    ends_at: Mapped[Moment | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)


class PermissionOverride(InStructure, Model):
    """What a school's administrator opens or closes for a profile, against the service's default."""

    __tablename__ = "permission_override"

    id: Mapped[Serial]
    permission: Mapped[str]
    profile: Mapped[str]
    allowed: Mapped[bool]

    __table_args__ = (UniqueConstraint("structure_id", "permission", "profile"),)


class Grant(InStructure, Model):
    """A permission given to a principal in a structure, dated; ``delegated_by_id`` says by whom."""

    __tablename__ = "permission_grant"

    id: Mapped[Key]
    permission: Mapped[str]
    principal: Mapped[str]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    suspended: Mapped[bool] = mapped_column(default=False, server_default="false")
    delegated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    __table_args__ = (UniqueConstraint("structure_id", "permission", "principal"), Index(None, "principal"))


class ProjectRole(Model):
    """A role over the whole project: project_admin, project_auditor, assistance."""

    __tablename__ = "project_role"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
