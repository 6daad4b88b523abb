"""One WebDAV request, and its answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from preau.kernel import rights
from preau.kernel.identity import Identity
from preau.services.utilities.files.dav import conditions, places, xml
from preau.services.utilities.files.dav.places import Place
from preau.services.utilities.files.dav.status import Stop
from preau.services.utilities.files.models import Node


@dataclass
class Answer:
    """Status, body and headers."""

    status: int
    body: bytes | Iterable[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)


class Request:
    """A request of somebody whose name is known."""

    def __init__(self, environ: dict[str, Any], identity: Identity) -> None:
        self.environ = environ
        self.identity = identity
        self.method: str = environ["REQUEST_METHOD"]
        self.segments = places.split(_path(environ))
        self._place: Place | None = None

    @property
    def place(self) -> Place:
        """Where the address leads."""
        if self._place is None:
            self._place = self.resolve(self.segments)
        return self._place

    def resolve(self, segments: list[str]) -> Place:
        """Where other segments lead."""
        return places.resolve(self.identity, segments)

    def header(self, name: str) -> str | None:
        """A header, by its name in capitals with underscores."""
        value: str | None = self.environ.get("HTTP_" + name)
        return value

    @property
    def host(self) -> str:
        """The host the client called."""
        return str(self.environ.get("HTTP_HOST") or self.environ["SERVER_NAME"])

    @property
    def depth(self) -> str:
        """The Depth header, infinity by default."""
        return (self.header("DEPTH") or "infinity").strip().lower()

    @property
    def tokens(self) -> frozenset[str]:
        """Lock tokens that the request shows."""
        return conditions.submitted(self.header("IF"))

    def check_if(self) -> None:
        """412 when the If header does not hold."""
        conditions.require_if(self.header("IF"), self.host, self.place, self.resolve)

    def body(self) -> bytes:
        """The body of a method that takes XML."""
        source = self.environ["wsgi.input"]
        chunks, size = [], 0
        while chunk := source.read(65536):
            size += len(chunk)
            if size > xml.LONGEST_BODY:
                raise Stop(413)
            chunks.append(chunk)
        return b"".join(chunks)

    def require_write(self, node: Node) -> None:
        """403 or 404 unless the node may be changed."""
        rights.require(self.identity, "write", node)


def _path(environ: dict[str, Any]) -> str:
    try:
        return str(environ.get("PATH_INFO", "")).encode("latin-1").decode()
    except UnicodeError:
        raise Stop(400) from None
