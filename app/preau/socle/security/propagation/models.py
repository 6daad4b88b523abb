"""Partners: the third-party services that people sign on to, and what each was told of whom.

SOC-SEC-PII-01 to 04, SOC-INT-ASE-03/04, RUL-61.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Serial, Updated, Words
from preau.kernel.tenancy import InStructure, through


class Partner(Model):
    """A registered service: who runs it, under which agreement, where it may be sent to, what it may learn.

    ``addresses`` are the beginnings of its addresses; ``released`` lists {name, sent_as, reason};
    ``category`` is the SDET's, by what leaves the ENT (see ``categories``); ``level`` the least
    authentication; ``layout`` how the answers of CAS carry the attributes (cas3, cas2 or flat).
    """

    __tablename__ = "partner"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="", server_default="")
    owner: Mapped[str]
    agreement: Mapped[str] = mapped_column(default="", server_default="")
    category: Mapped[int]
    landing: Mapped[str]
    addresses: Mapped[Words]
    identifier: Mapped[str] = mapped_column(default="opaque", server_default="opaque")
    released: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    layout: Mapped[str] = mapped_column(default="cas3", server_default="cas3")
    level: Mapped[int] = mapped_column(default=10, server_default="10")
    may_proxy: Mapped[bool] = mapped_column(default=False, server_default="false")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    suspended: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]


class PartnerOpening(InStructure, Model):
    """A school opens a partner to some of its profiles."""

    __tablename__ = "partner_opening"

    id: Mapped[Serial]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    profiles: Mapped[Words]

    __table_args__ = (UniqueConstraint("structure_id", "partner_id"),)


class PartnerLink(Model):
    """A person as one partner knows them: the opaque identifier, and what was told when.

    The row is read both ways: from the person to what left, from the opaque identifier to the person.
    """

    __tablename__ = "partner_link"
    __wall__ = through("person", "person_id")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("partner.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    opaque: Mapped[str] = mapped_column(unique=True)
    told: Mapped[Words]
    first_at: Mapped[Created]
    last_at: Mapped[Created]
    times: Mapped[int] = mapped_column(default=0, server_default="0")


class Ticket(Model):
    """A proof of sign-in on its way to a partner; the row holds its SHA-256 and goes when it is used.

    ``kind``: service, proxy or granting. It dies with the session that it comes from (SOC-SEC-PII-02). The
    table is not in the write-ahead log: after a crash one signs on again.
    """

    __tablename__ = "partner_ticket"

    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"))
    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sign_in_session.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str]
    fresh: Mapped[bool] = mapped_column(default=False)
    proxies: Mapped[Words]
    expires_at: Mapped[datetime]

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)


class PartnerVisit(Model):
    """A session open at a partner, to be told of the sign-out. ``ticket`` was used: it names the visit there."""

    __tablename__ = "partner_visit"

    id: Mapped[Serial]
    session_id: Mapped[uuid.UUID]
    partner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"), index=True)
    address: Mapped[str]
    ticket: Mapped[str]
    at: Mapped[Created]

    __table_args__ = (Index(None, "session_id"),)
