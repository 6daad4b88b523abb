"""Where a person comes from, in words a person recognises."""

import ipaddress
from dataclasses import dataclass

from flask import Request

BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """An address and a kind of device."""

    origin: str = ""
    device: str = ""

    @property
    def network(self) -> str:
        """The neighbourhood of the address: a box that changes address at night stays the same network."""
        try:
            address = ipaddress.ip_address(self.origin)
        except ValueError:
            return ""
        prefix = 24 if address.version == 4 else 48  # noqa: PLR2004
        return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def visit_of(request: Request) -> Visit:
    """The visit behind a request."""
    agent = request.headers.get("User-Agent", "")[:400]
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    machine = next((name for mark, name in SYSTEMS if mark in agent), "")
    return Visit(
        request.remote_addr or "", " · ".join(filter(None, (browser, machine))) or "Appareil inconnu"
    )
