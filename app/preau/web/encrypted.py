"""Nothing is answered in clear where cookies are kept for HTTPS: neither a page nor a program sends its secret.

SOC-SEC-IAU-07, ASVS 12.2.1.
"""

from collections.abc import Callable, Iterable
from typing import Any

from preau.kernel.mounts import Application

REFUSAL = (
    "Ce site ne répond qu’en HTTPS : rien n’a été lu de ce que vous avez envoyé. Reprenez avec une adresse qui"
    " commence par https://.\nPRE-AUT-011\n"
)


class OnlyEncrypted:
    """A WSGI application that refuses what did not come over HTTPS (as the trusted proxy says)."""

    def __init__(self, inside: Application) -> None:
        self.inside = inside

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if environ.get("wsgi.url_scheme") == "https":
            return self.inside(environ, start_response)
        body = REFUSAL.encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        start_response("403 Forbidden", [*headers, ("Cache-Control", "no-store"), ("Connection", "close")])
        return [body]
