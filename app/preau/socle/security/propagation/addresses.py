"""Where a partner may be sent to: an address is trusted when it begins with one that was registered.

Whatever a browser and this code could read differently is refused, not repaired.
"""

import re
from urllib.parse import urlencode, urlsplit

from preau.socle.security.propagation.models import Partner

LONGEST = 2000
ODD = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"^`{|}]")
DOTS = re.compile(r"/(\.|%2e){1,2}(/|$)", re.IGNORECASE)
PORTS = {"https": 443, "http": 80}
Parts = tuple[str, str, int, str]


def parts_of(address: str) -> Parts | None:
    """Scheme, host, port and path of a plain web address, or nothing."""
    if not address or len(address) > LONGEST or ODD.search(address) or not address.isascii():
        return None
    try:
        split = urlsplit(address)
        port = split.port
    except ValueError:
        return None
    if split.scheme not in PORTS or not split.hostname or "@" in split.netloc or split.fragment:
        return None
    path = split.path or "/"
    if DOTS.search(path):
        return None
    return split.scheme, split.hostname.rstrip("."), port or PORTS[split.scheme], path


def begins_with(address: str, registered: str) -> bool:
    """Whether an address is at or below a registered one, path segment by path segment."""
    asked, known = parts_of(address), parts_of(registered)
    if asked is None or known is None or asked[:3] != known[:3]:
        return False
    folder = known[3] if known[3].endswith("/") else known[3] + "/"
    return asked[3] == known[3] or asked[3].startswith(folder)


def is_of(address: str, partner: Partner) -> bool:
    """Whether an address is one of the partner's."""
    return any(begins_with(address, registered) for registered in partner.addresses)


def with_query(address: str, **values: str) -> str:
    """The address with more in its query."""
    glue = "&" if urlsplit(address).query else "?"
    return address.rstrip("?&") + glue + urlencode(values)
