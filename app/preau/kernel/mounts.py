"""Protocols that answer beside the pages (WebDAV, CalDAV…), each under its own prefix of the same server."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Mounts:
    """A WSGI application that hands a request to the protocol of its prefix, or to the pages."""

    def __init__(self, pages: Application, protocols: Mapping[str, Application]) -> None:
        self.pages = pages
        self.protocols = tuple(protocols.items())

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        path: str = environ.get("PATH_INFO", "")
        for prefix, application in self.protocols:
            if path == prefix or path.startswith(prefix + "/"):
                inner = {
                    **environ,
                    "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + prefix,
                    "PATH_INFO": path[len(prefix) :],
                }
                return application(inner, start_response)
        return self.pages(environ, start_response)
