"""The SAML 1.1 form of a CAS validation: a SOAP request holding the ticket, a SOAP answer holding an assertion."""

import secrets
from datetime import datetime, timedelta

from lxml import etree

from preau.kernel.database import now
from preau.socle.security.propagation.signing_on import Proof

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PROTOCOL = "urn:oasis:names:tc:SAML:1.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:1.0:assertion"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.0:am:unspecified"
ARTIFACT = "urn:oasis:names:tc:SAML:1.0:cm:artifact"
LARGEST = 32 * 1024  # Bytes: such a request is a few hundred.
VALID_FOR = timedelta(seconds=60)


def ticket_in(body: bytes) -> tuple[str, str]:
    """The ticket and the request's id. Raises ValueError when the body is not such a request."""
    if not body or len(body) > LARGEST:
        raise ValueError("length")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as wrong:
        raise ValueError("xml") from wrong
    if root.getroottree().docinfo.doctype:
        raise ValueError("doctype")
    artifacts = root.findall(f".//{{{PROTOCOL}}}AssertionArtifact")
    if len(artifacts) != 1 or not (artifacts[0].text or "").strip():
        raise ValueError("artifact")
    request = root.find(f".//{{{PROTOCOL}}}Request")
    return (artifacts[0].text or "").strip(), (request.get("RequestID", "") if request is not None else "")


def answer(proof: Proof | None, issuer: str, recipient: str, request: str, reason: str = "") -> bytes:
    """The SOAP answer: an assertion about the person, or a refusal with its reason."""
    moment = now()
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
    response = etree.SubElement(
        etree.SubElement(envelope, f"{{{SOAP}}}Body"),
        f"{{{PROTOCOL}}}Response",
        nsmap={"samlp": PROTOCOL, "saml": ASSERTION},
        InResponseTo=request or "_",
        IssueInstant=_instant(moment),
        MajorVersion="1",
        MinorVersion="1",
        Recipient=recipient,
        ResponseID=_id(),
    )
    status = etree.SubElement(response, f"{{{PROTOCOL}}}Status")
    code = "samlp:Success" if proof else "samlp:RequestDenied"
    etree.SubElement(status, f"{{{PROTOCOL}}}StatusCode", Value=code)
    if proof is None:
        etree.SubElement(status, f"{{{PROTOCOL}}}StatusMessage").text = reason
    else:
        _assert(response, proof, issuer, recipient, moment)
    written: bytes = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return written


def _assert(response: etree._Element, proof: Proof, issuer: str, recipient: str, moment: datetime) -> None:
    assertion = etree.SubElement(
        response,
        f"{{{ASSERTION}}}Assertion",
        AssertionID=_id(),
        IssueInstant=_instant(moment),
        Issuer=issuer,
        MajorVersion="1",
        MinorVersion="1",
    )
    conditions = etree.SubElement(
        assertion,
        f"{{{ASSERTION}}}Conditions",
        NotBefore=_instant(moment - VALID_FOR),
        NotOnOrAfter=_instant(moment + VALID_FOR),
    )
    audience = etree.SubElement(conditions, f"{{{ASSERTION}}}AudienceRestrictionCondition")
    etree.SubElement(audience, f"{{{ASSERTION}}}Audience").text = recipient
    authentication = etree.SubElement(
        assertion,
        f"{{{ASSERTION}}}AuthenticationStatement",
        AuthenticationInstant=_instant(proof.signed_in_at),
        AuthenticationMethod=UNSPECIFIED,
    )
    _subject(authentication, proof.user)
    if proof.told:
        statement = etree.SubElement(assertion, f"{{{ASSERTION}}}AttributeStatement")
        _subject(statement, proof.user)
        for name, values in proof.told.items():
            attribute = etree.SubElement(
                statement, f"{{{ASSERTION}}}Attribute", AttributeName=name, AttributeNamespace=CAS_NAMESPACE
            )
            for value in values:
                etree.SubElement(attribute, f"{{{ASSERTION}}}AttributeValue").text = value


CAS_NAMESPACE = "http://www.ja-sig.org/products/cas/"


def _subject(parent: etree._Element, user: str) -> None:
    subject = etree.SubElement(parent, f"{{{ASSERTION}}}Subject")
    etree.SubElement(subject, f"{{{ASSERTION}}}NameIdentifier").text = user
    confirmation = etree.SubElement(subject, f"{{{ASSERTION}}}SubjectConfirmation")
    etree.SubElement(confirmation, f"{{{ASSERTION}}}ConfirmationMethod").text = ARTIFACT


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _id() -> str:
    return "_" + secrets.token_hex(16)
