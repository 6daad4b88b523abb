"""Sending a stored content: by the front server when it can, else streamed, ranges included.

``PREAU_SENDFILE``: ``x-accel-redirect`` (nginx, internal location ``/_blobs/``), ``x-sendfile`` (Apache) or
empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from flask import Response, current_app, send_file
from flask_babel import gettext as _

from preau.kernel import files
from preau.kernel.errors import NotFound

# Shown inside a page. Never HTML, SVG nor XML: they would run in our origin.
INLINE = frozenset(
    {
        "application/pdf", "text/plain", "text/csv", "text/markdown",
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
        "audio/mpeg", "audio/ogg", "audio/wav", "audio/x-wav", "audio/webm", "audio/mp4", "audio/flac",
        "video/mp4", "video/webm", "video/ogg",
    }
)  # fmt: skip
LOCKED_DOWN = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; frame-ancestors 'self'"
INTERNAL = "/_blobs/"


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition with a name of any alphabet (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_").replace("?", "_")
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def inline_type(media_type: str) -> str | None:
    """The type under which a content may be shown in a page, or nothing."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in INLINE:
        return None
    return "text/plain; charset=utf-8" if kind.startswith("text/") else kind


def safety_headers(media_type: str) -> dict[str, str]:
    """What keeps a content from acting in our origin. Browsers refuse to show a PDF in a sandbox."""
    sandbox = "" if media_type == "application/pdf" else "; sandbox"
    return {
        "Content-Security-Policy": LOCKED_DOWN + sandbox,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


def front_server_headers(sha256: str) -> dict[str, str]:
    """The header that hands a content to the front server; empty when there is none to hand it to."""
    path = files.path_of(sha256)
    match current_app.config["SETTINGS"].sendfile:
        case "x-accel-redirect" if path:
            return {"X-Accel-Redirect": f"{INTERNAL}{sha256[:2]}/{sha256}"}
        case "x-sendfile" if path:
            return {"X-Sendfile": str(path)}
    return {}


@contextmanager
def present() -> Iterator[None]:
    """Say that a content is gone, where the disk would only fail: set aside by the antivirus, or lost."""
    try:
        yield
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(_("Le contenu de ce fichier n’est plus là."), code="PRE-FIC-001") from None


def send(
    sha256: str, name: str, media_type: str, *, inline: bool = False, max_age: int | None = None
) -> Response:
    """The answer that gives a content; the caller has checked the right to it."""
    files.require_safe(sha256)
    shown = inline_type(media_type) if inline else None
    kind = shown or (media_type if not inline else "application/octet-stream")
    headers = front_server_headers(sha256)
    if headers:
        response = Response(mimetype=kind)
        response.headers.update(headers)
        response.set_etag(sha256[:32])
    else:
        content = files.path_of(sha256) or files.opened(sha256)
        with present():
            response = send_file(content, mimetype=kind, etag=sha256[:32], conditional=True)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = disposition(name, inline=shown is not None)
    response.headers["Cache-Control"] = f"private, max-age={max_age}" if max_age else "private, no-cache"
    response.headers.update(safety_headers(kind))
    return response
