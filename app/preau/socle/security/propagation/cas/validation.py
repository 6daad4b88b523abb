"""Check a ticket for a partner, with one of the protocol's codes when it is refused."""

import logging
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from preau.kernel import journal
from preau.kernel.identity import system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.propagation import tickets
from preau.socle.security.propagation.addresses import is_of, with_query
from preau.socle.security.propagation.entering import partner_at
from preau.socle.security.propagation.models import Partner, Ticket
from preau.socle.security.propagation.signing_on import Proof, lend, redeem
from preau.socle.security.propagation.signing_out import OPENER, SECONDS

log = logging.getLogger("preau.partners")


class Failure(Exception):
    """The ticket, or what was asked with it, is no good. ``code`` is the protocol's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Asked:
    """What a partner sends to have a ticket checked."""

    service: str
    ticket: str
    renew: bool = False
    callback: str = ""
    origin: str = ""


def validate(asked: Asked, *kinds: str) -> tuple[Proof, str]:
    """The proof behind a ticket, and the handle (PGTIOU) of a granting ticket when a callback took it.

    Whatever happens the ticket is spent (CAS 2.5). Raises :class:`Failure`.
    """
    if not asked.service or not asked.ticket:
        raise Failure("INVALID_REQUEST", _("Il manque « service » ou « ticket »."))
    with lifted(), atomic():
        ticket = tickets.take(asked.ticket, kinds)
    if ticket is None:
        raise _refused("INVALID_TICKET", _("Ticket inconnu, déjà utilisé ou périmé."), asked)
    if ticket.address != asked.service:
        raise _refused("INVALID_SERVICE", _("Ce ticket a été délivré pour une autre adresse."), asked)
    if asked.renew and not ticket.fresh:
        raise _refused("INVALID_TICKET", _("Ce ticket ne vient pas d’une connexion toute récente."), asked)
    proof = redeem(ticket, asked.ticket, asked.origin)
    if proof is None:
        raise _refused("INVALID_TICKET", _("La session ou le droit d’entrer a pris fin."), asked)
    return proof, _grant(asked.callback, proof, ticket) if asked.callback else ""


def proxy_ticket(granting: str, target: str, origin: str) -> str:
    """A ticket for another partner, from a granting one. Raises :class:`Failure`."""
    asked = Asked(target, granting, origin=origin)
    if not granting or not target:
        raise Failure("INVALID_REQUEST", _("Il manque « pgt » ou « targetService »."))
    with lifted():
        held = tickets.look(granting, tickets.GRANTING)
    if held is None:
        raise _refused("INVALID_TICKET", _("Ticket inconnu ou périmé."), asked)
    partner = partner_at(target)
    if partner is None:
        raise _refused(
            "UNAUTHORIZED_SERVICE", _("Cette adresse n’est celle d’aucun service enregistré."), asked
        )
    return lend(held, partner, target)


def _grant(callback: str, proof: Proof, ticket: Ticket) -> str:
    """Hand a granting ticket over, server to server, to an address of the same partner."""
    partner = proof.partner
    if not partner.may_proxy or not is_of(callback, partner):
        raise Failure("INVALID_PROXY_CALLBACK", _("Cette adresse de rappel n’est pas celle du service."))
    with lifted(), atomic():
        granting = tickets.issue(
            tickets.GRANTING, partner, proof.session_id, callback, proxies=tuple(ticket.proxies)
        )
    handle = "PGTIOU-" + secrets.token_urlsafe(32)
    if _called(with_query(callback, pgtId=granting, pgtIou=handle), partner):
        return handle
    with lifted(), atomic():
        tickets.take(granting, (tickets.GRANTING,))
    # The ticket was good all the same: the protocol answers without a handle (CAS 2.5.4).
    return ""


def _called(address: str, partner: Partner) -> bool:
    try:
        # The address begins with one that an administrator registered, and nothing is followed from there.
        with OPENER.open(urllib.request.Request(address), timeout=SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError, ValueError):
        log.warning("PRE-PAR-001 partner=%s callback unreachable", partner.id)
        return False


def _refused(code: str, message: str, asked: Asked) -> Failure:
    """The refusal, and its line in the journal: the ticket itself stays out of it."""
    partner = partner_at(asked.service)
    with lifted(), atomic():
        journal.record(
            replace(system("partners"), origin=asked.origin),
            "partners.refused",
            kind="partner",
            key=str(partner.id) if partner else "",
            code=code,
        )
    return Failure(code, message)
