"""Whether a person may enter a partner, and from which of their profiles. SOC-SEC-AUT-01, SOC-SEC-IAU-12."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from preau.kernel.database import db, today
from preau.kernel.identity import AuthenticationLevel, Identity, ProfileContext
from preau.kernel.tenancy import lifted
from preau.socle.security.propagation.addresses import is_of
from preau.socle.security.propagation.models import Partner, PartnerOpening

USE = "partners.use"


@dataclass(frozen=True, slots=True)
class Entry:
    """A partner and the profile that opens it; without one, nothing does."""

    partner: Partner
    context: ProfileContext | None

    @property
    def is_open(self) -> bool:
        """Whether the person may go in."""
        return self.context is not None

    def strong_enough(self, identity: Identity) -> bool:
        """Whether the means used to sign in are what the partner asks for."""
        return identity.level >= AuthenticationLevel(self.partner.level)


def partner_at(address: str) -> Partner | None:
    """The partner that an address belongs to; the longest registered beginning wins. Nobody is signed in yet."""
    with lifted():
        known = db.session.scalars(select(Partner)).all()
    found = [partner for partner in known if is_of(address, partner)]
    return max(found, key=_longest, default=None)


def _longest(partner: Partner) -> int:
    return max(map(len, partner.addresses), default=0)


def entry(identity: Identity, partner: Partner) -> Entry:
    """How the identity would enter one partner."""
    return next(iter(_entries(identity, [partner])))


def entries(identity: Identity) -> list[Entry]:
    """The partners that are open to the identity, by name."""
    partners = db.session.scalars(select(Partner).order_by(Partner.name)).all()
    return [each for each in _entries(identity, partners) if each.is_open]


def running(partner: Partner) -> bool:
    """Whether the partner is within its dates and not suspended."""
    day = today()
    return (
        not partner.suspended
        and (partner.starts_on is None or partner.starts_on <= day)
        and (partner.ends_on is None or partner.ends_on >= day)
    )


def _entries(identity: Identity, partners: Iterable[Partner]) -> list[Entry]:
    partners = list(partners)
    openings: dict[tuple[object, int], frozenset[str]] = {
        (row.partner_id, row.structure_id): frozenset(row.profiles)
        for row in db.session.scalars(
            select(PartnerOpening).where(
                PartnerOpening.partner_id.in_([partner.id for partner in partners]),
                PartnerOpening.structure_id.in_(
                    sorted({profile.structure_id for profile in identity.profiles})
                ),
            )
        )
    }
    return [Entry(partner, _context(identity, partner, openings)) for partner in partners]


def _context(
    identity: Identity, partner: Partner, openings: dict[tuple[object, int], frozenset[str]]
) -> ProfileContext | None:
    if not running(partner):
        return None
    # The profile chosen in the banner comes first; another of the person's serves when it alone is let in.
    chosen = [identity.context] if identity.context else []
    for profile in (*chosen, *identity.profiles):
        opened = openings.get((partner.id, profile.structure_id), frozenset())
        if profile.kind in opened and identity.can(USE, profile.structure_id):
            return profile
    return None
