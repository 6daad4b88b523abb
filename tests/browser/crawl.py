"""Every page that a person can reach, one address for each endpoint."""

import re
import urllib.error
import urllib.request
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException

from tests.support.site import Site

LINK = re.compile(r'href="([^"#]+)')
FILES = ("export", "download", "pdf", "csv", "ods", "zip", "raw", "manifest", "service_worker", "openapi")
MOST = 400


def pages(site: Site, key: str | None, start: str = "/") -> dict[str, str]:
    """Endpoint → first address found, following the links of the pages from the start."""
    found: dict[str, str] = {}
    waiting, seen = [start], {start}
    adapter = site.app.url_map.bind("localhost")
    cookie = {"Cookie": f"preau={site.cookie(key)}"} if key else {}
    while waiting and len(seen) < MOST:
        path = waiting.pop(0)
        try:
            endpoint, _arguments = adapter.match(urlsplit(path).path, method="GET")
        except HTTPException:
            continue
        if endpoint in found or endpoint == "static" or any(word in endpoint for word in FILES):
            continue
        html, landed = fetch(f"{site.url}{path}", cookie)
        if html is None:
            continue
        found[endpoint] = landed
        for link in LINK.findall(html):
            target = urlsplit(urljoin(site.url + path, link.replace("&amp;", "&")))
            relative = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == urlsplit(site.url).netloc and relative not in seen:
                seen.add(relative)
                waiting.append(relative)
    return found


def fetch(address: str, headers: dict[str, str]) -> tuple[str | None, str]:
    """The page and where it ended up, or nothing when it is not a page."""
    request = urllib.request.Request(address, headers={**headers, "Accept": "text/html"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            if answer.headers.get_content_type() != "text/html":
                return None, address
            parts = urlsplit(answer.url)
            return answer.read().decode(), parts.path + (f"?{parts.query}" if parts.query else "")
    except urllib.error.HTTPError as refused:
        if refused.code >= 500:
            raise AssertionError(address) from refused
        return None, address
