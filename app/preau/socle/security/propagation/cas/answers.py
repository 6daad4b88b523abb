"""What CAS answers, in XML or JSON; attribute blocks differ by partner (reference of French schools' services)."""

from typing import Any

from lxml import etree

from preau.socle.security.propagation.signing_on import Proof

CAS = "http://www.yale.edu/tp/cas"
LAYOUTS = ("cas3", "cas2", "flat")


def success(proof: Proof, *, third: bool, granting: str = "") -> dict[str, Any]:
    """The answer to a good ticket. ``third``: the partner asked for protocol 3; ``granting``: the PGTIOU."""
    answer: dict[str, Any] = {"user": proof.user}
    attributes: dict[str, Any] = dict(proof.told)
    if third:
        attributes |= {
            "authenticationDate": [proof.signed_in_at.isoformat()],
            "longTermAuthenticationRequestTokenUsed": ["false"],
            "isFromNewLogin": ["true" if proof.fresh else "false"],
            "authenticationLevel": [str(proof.level)],
        }
    if proof.partner.layout == "flat":
        answer |= {name: values for name, values in attributes.items() if name not in answer}
    elif third or proof.partner.layout == "cas2":
        answer["attributes"] = attributes
    if granting:
        answer["proxyGrantingTicket"] = granting
    if proof.proxies:
        answer["proxies"] = list(proof.proxies)
    return {"authenticationSuccess": answer}


def failure(code: str, description: str, kind: str = "authenticationFailure") -> dict[str, Any]:
    """A refusal, with one of the protocol's codes."""
    return {kind: {"code": code, "description": description}}


def as_xml(answer: dict[str, Any]) -> bytes:
    """The answer as the protocol's XML."""
    root = etree.Element(_tag("serviceResponse"), nsmap={"cas": CAS})
    ((kind, content),) = answer.items()
    element = etree.SubElement(root, _tag(kind))
    if "code" in content:
        element.set("code", content["code"])
        element.text = content["description"]
    else:
        for name, value in content.items():
            _fill(element, name, value)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _fill(parent: etree._Element, name: str, value: Any) -> None:
    if name == "attributes":
        block = etree.SubElement(parent, _tag("attributes"))
        for each, values in value.items():
            _fill(block, each, values)
    elif name == "proxies":
        block = etree.SubElement(parent, _tag("proxies"))
        for each in value:
            etree.SubElement(block, _tag("proxy")).text = each
    else:
        for each in value if isinstance(value, list) else [value]:
            etree.SubElement(parent, _tag(name)).text = each


def _tag(name: str) -> str:
    return f"{{{CAS}}}{name}"
