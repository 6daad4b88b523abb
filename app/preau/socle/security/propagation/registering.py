"""The registry of partners: made and changed by the project, opened by each school to its own profiles."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.errors import Conflict
from preau.kernel.identity import Identity, ProfileKind
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.security.propagation.models import Partner, PartnerOpening
from preau.socle.security.propagation.schemas import PartnerIn

MANAGE, OPEN = "partners.manage", "partners.open"


def register_partner(identity: Identity, data: PartnerIn) -> Partner:
    """A new partner, open nowhere yet."""
    require_permission(identity, MANAGE)
    partner = Partner()
    with atomic() as session:
        _refuse_double(data, partner)
        _fill(partner, data)
        session.add(partner)
        session.flush()
        journal.record(identity, "partners.registered", partner, category=partner.category)
    return partner


def change_partner(identity: Identity, partner: Partner, data: PartnerIn) -> None:
    """Change what a partner is, may learn or where it lives; journalled with what leaves from now on."""
    require_permission(identity, MANAGE)
    with atomic():
        _refuse_double(data, partner)
        _fill(partner, data)
        journal.record(
            identity,
            "partners.changed",
            partner,
            category=partner.category,
            attributes=[release["name"] for release in partner.released],
        )


def remove_partner(identity: Identity, partner: Partner) -> None:
    """Forget a partner with its openings and the opaque identifiers it knew; the journal keeps the trace."""
    require_permission(identity, MANAGE)
    with atomic() as session:
        journal.record(identity, "partners.removed", partner)
        session.delete(partner)


def open_partner(identity: Identity, partner: Partner, structure_id: int, profiles: list[str]) -> None:
    """Open a partner to some profiles of a school; to none, close it."""
    require_permission(identity, OPEN, structure_id)
    kept = [kind for kind in ProfileKind if kind in profiles]
    with atomic() as session:
        session.execute(
            delete(PartnerOpening).where(
                PartnerOpening.partner_id == partner.id, PartnerOpening.structure_id == structure_id
            )
        )
        if kept:
            session.add(PartnerOpening(partner_id=partner.id, structure_id=structure_id, profiles=kept))
        journal.record(identity, "partners.opened", partner, structure_id=structure_id, profiles=kept)


def _refuse_double(data: PartnerIn, partner: Partner) -> None:
    twin = db.session.scalar(select(Partner.id).where(Partner.name == data.name))
    if twin is not None and twin != partner.id:
        raise Conflict(_("Un service porte déjà ce nom."))


def _fill(partner: Partner, data: PartnerIn) -> None:
    for name, value in data.model_dump(mode="json", exclude={"starts_on", "ends_on"}).items():
        setattr(partner, name, value)
    partner.starts_on, partner.ends_on = data.starts_on, data.ends_on
