"""WebDAV under ``/dav/``: a WSGI application of its own, beside the pages (UTI-UTL-ESF-02, UTI-UTL-ESF-03).

It speaks class 1 and 2 on the same operations as the pages; locks and properties are rows, so that every
process agrees.
"""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask

from preau.kernel.database import db
from preau.kernel.errors import PreauError
from preau.kernel.tenancy import stand_behind, wall_of
from preau.services.utilities.files.dav import authentication, listing, locking, methods, quick, xml
from preau.services.utilities.files.dav.exchange import Answer, Request
from preau.services.utilities.files.dav.status import Stop

log = logging.getLogger(__name__)
Handler = Callable[[Request], Answer]
HANDLERS: dict[str, Handler] = {
    "OPTIONS": methods.options,
    "GET": methods.get,
    "HEAD": methods.get,
    "PUT": methods.put,
    "DELETE": methods.delete,
    "MKCOL": methods.mkcol,
    "COPY": methods.copy,
    "MOVE": methods.move,
    "PROPFIND": listing.propfind,
    "PROPPATCH": listing.proppatch,
    "LOCK": locking.lock,
    "UNLOCK": locking.unlock,
}
UNCONDITIONAL = frozenset({"OPTIONS", "PROPFIND"})
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Preau", charset="UTF-8"'}
REASONS = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}
StartResponse = Callable[..., Any]


def application(app: Flask) -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """The WSGI application that answers for addresses under the prefix."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        with app.app_context():
            given = _answered(environ)
            body = given.body
            if isinstance(body, bytes):
                given.headers.setdefault("Content-Length", str(len(body)))
                body = [body] if body else []
        start_response(REASONS[given.status], list(given.headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else body

    return answer


def _answered(environ: dict[str, Any]) -> Answer:
    handler = HANDLERS.get(environ["REQUEST_METHOD"])
    try:
        if handler is None:
            raise Stop(405, Allow=methods.METHODS)
        caller = authentication.caller_of(environ)
        if caller is None:
            raise Stop(401, **CHALLENGE)
        request = Request(environ, caller.identity)
        given = quick.answer(request, caller) or _in_full(request, handler)
    except Stop as stop:
        body = xml.error(stop.condition) if stop.condition else b""
        kind = {"Content-Type": xml.TYPE} if body else {}
        given = Answer(stop.status, body, {**kind, **stop.headers})
    except PreauError as refusal:
        given = _refused(refusal)
    except Exception:
        log.exception("PRE-FIC-500: WebDAV %s", environ["REQUEST_METHOD"])
        given = Answer(500)
    return given


def _in_full(request: Request, handler: Handler) -> Answer:
    try:
        stand_behind(wall_of(request.identity))
        if request.header("IF") and request.method not in UNCONDITIONAL:
            request.check_if()
        return handler(request)
    finally:
        db.session.rollback()


def _refused(refusal: PreauError) -> Answer:
    # A client tells people little more than the status: the sentence is for those that show the body.
    status = {422: 403, 409: 405}.get(refusal.status, refusal.status)
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Preau-Code": refusal.code}
    if status == HTTPStatus.INSUFFICIENT_STORAGE:
        return Answer(507, xml.error("quota-not-exceeded"), {**headers, "Content-Type": xml.TYPE})
    return Answer(status, refusal.message.encode(), headers)
