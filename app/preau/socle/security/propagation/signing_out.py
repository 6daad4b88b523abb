"""A session ends: every partner it visited is told, by a job, and again when the partner does not answer.

SOC-SEC-PII-02; the message is the LogoutRequest that CAS 3 describes (2.3.3).
"""

import logging
import secrets
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from lxml import etree

from preau.kernel import jobs
from preau.kernel.database import db
from preau.socle.security.propagation.addresses import is_of
from preau.socle.security.propagation.models import Partner
from preau.socle.security.propagation.signing_on import visits_of

SECONDS = 5.0
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"


class NoRedirection(urllib.request.HTTPRedirectHandler):
    """A partner's answer sends us nowhere: an address inside the platform could hide behind it (SSRF)."""

    def redirect_request(self, *_arguments: Any, **_options: Any) -> None:
        """Follow nothing."""
        return


OPENER = urllib.request.build_opener(NoRedirection, urllib.request.ProxyHandler({}))
GRACE = 3  # Attempts after the first: a partner that stays silent is its own affair.
log = logging.getLogger("preau.partners")


def tell_partners(sessions: list[uuid.UUID]) -> None:
    """Have each partner that these sessions visited told, in the transaction that ends them."""
    for visit in visits_of(sessions):
        jobs.defer(tell_one, partner_id=str(visit.partner_id), address=visit.address, ticket=visit.ticket)


@jobs.task("partners.sign_out", retry=GRACE)
def tell_one(partner_id: str, address: str, ticket: str) -> None:
    """Post the message to one address of a partner; a failure is tried again by the queue."""
    partner = db.session.get(Partner, uuid.UUID(partner_id))
    # The partner may have been given up, or its address, since the visit.
    if partner is None or not is_of(address, partner):
        return
    request = urllib.request.Request(  # noqa: S310 - is_of lets http and https addresses alone through
        address,
        data=urlencode({"logoutRequest": message(ticket)}).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    try:
        with OPENER.open(request, timeout=SECONDS):
            pass
    except urllib.error.HTTPError as refused:
        # It did answer: saying it again would change nothing.
        log.warning("PRE-PAR-002 partner=%s status=%s", partner_id, refused.code)


def message(ticket: str) -> str:
    """The LogoutRequest that names a visit by its ticket."""
    request = etree.Element(
        f"{{{PROTOCOL}}}LogoutRequest",
        nsmap={"samlp": PROTOCOL, "saml": ASSERTION},
        ID="LR-" + secrets.token_hex(16),
        Version="2.0",
        IssueInstant=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    etree.SubElement(request, f"{{{ASSERTION}}}NameID").text = "@NOT_USED@"
    etree.SubElement(request, f"{{{PROTOCOL}}}SessionIndex").text = ticket
    written: str = etree.tostring(request, encoding="unicode")
    return written
