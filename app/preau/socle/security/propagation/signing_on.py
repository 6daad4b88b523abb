"""Sign on to a partner: issue a proof, then tell the partner what it may know when it comes to check it.

Each step is a line of the journal (SOC-SEC-APS-03): who went where, and which attributes left.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication.sessions import Device
from preau.socle.security.models import SignInSession
from preau.socle.security.propagation import tickets
from preau.socle.security.propagation.attributes import IDENTIFIERS
from preau.socle.security.propagation.entering import Entry, entry
from preau.socle.security.propagation.models import Partner, PartnerVisit, Ticket
from preau.socle.security.propagation.subjects import Told, opaque_of, subject_of, told_to


@dataclass(frozen=True, slots=True)
class Proof:
    """What a partner learns from a good ticket. ``proxies`` are those it came through, last first."""

    user: str
    told: Told
    partner: Partner
    session_id: uuid.UUID
    signed_in_at: datetime
    fresh: bool
    level: int
    proxies: tuple[str, ...] = ()


def send(identity: Identity, device: Device, door: Entry, address: str, *, fresh: bool) -> str:
    """The ticket with which the browser goes back to the partner."""
    with lifted(), atomic():
        ticket = tickets.issue(tickets.SERVICE, door.partner, device.id, address, fresh=fresh)
        journal.record(
            identity,
            "partners.sign_on",
            kind="partner",
            key=str(door.partner.id),
            structure_id=door.context.structure_id if door.context else None,
        )
    return ticket


def redeem(ticket: Ticket, text: str, origin: str) -> Proof | None:
    """Tell the partner who holds the ticket; nothing when the session or the right is gone meanwhile."""
    with lifted(), atomic() as session:
        partner = session.get_one(Partner, ticket.partner_id)
        found = session.get(SignInSession, ticket.session_id, populate_existing=True)
        if found is None or (found.ends_at is not None and found.ends_at < now()):
            return None
        identity = replace(Identity.from_json(found.identity), origin=origin)
        door = entry(identity, partner)
        if not door.is_open:
            return None
        proof = _proof(identity, door, found, ticket)
        session.add(
            PartnerVisit(session_id=found.id, partner_id=partner.id, address=ticket.address, ticket=text)
        )
    return proof


def _proof(identity: Identity, door: Entry, found: SignInSession, ticket: Ticket) -> Proof:
    partner = door.partner
    wanted = [release["name"] for release in partner.released]
    opaque = opaque_of(identity.person_id, partner, wanted)
    subject = subject_of(identity, door.context, opaque, wanted)
    told = told_to(partner, subject)
    journal.record(
        identity,
        "partners.told",
        kind="partner",
        key=str(partner.id),
        structure_id=door.context.structure_id if door.context else None,
        opaque=opaque,
        attributes=wanted,
    )
    _label, name = IDENTIFIERS[partner.identifier]
    return Proof(
        user=name(subject) or opaque,
        told=told,
        partner=partner,
        session_id=found.id,
        signed_in_at=found.stepped_up_at or found.created_at,
        fresh=ticket.fresh,
        level=found.level,
        proxies=tuple(ticket.proxies),
    )


def lend(granting: Ticket, partner: Partner, address: str) -> str:
    """A proxy ticket: a partner goes to another in the name of the person."""
    with lifted(), atomic():
        return tickets.issue(
            tickets.PROXY,
            partner,
            granting.session_id,
            address,
            proxies=(granting.address, *granting.proxies),
        )


def visits_of(sessions: list[uuid.UUID]) -> list[PartnerVisit]:
    """Take the visits of sessions that end, so that each partner is told once."""
    if not sessions:
        return []
    rows = db.session.scalars(select(PartnerVisit).where(PartnerVisit.session_id.in_(sessions))).all()
    db.session.execute(delete(PartnerVisit).where(PartnerVisit.session_id.in_(sessions)))
    return list(rows)
