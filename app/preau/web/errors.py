"""Every failure becomes a page that says what to do next, a fragment for htmx, or a problem for a program."""

import secrets
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import api
from preau.kernel.errors import PreauError
from preau.web.error_words import WORDS

SIGN_IN = "/connexion"
TEMPLATE = "errors/page.html"
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
RETRY_SECONDS = "30"


def init_app(app: Flask) -> None:
    """Answer for every error."""
    app.register_error_handler(PreauError, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, http_error)
    app.register_error_handler(DataError, impossible)
    app.register_error_handler(OperationalError, unavailable)
    app.register_error_handler(PoolTimeout, unavailable)
    app.register_error_handler(Exception, unexpected)


def refused(error: PreauError) -> BaseResponse:
    """An error of ours: its own French message is what happened."""
    if api.is_api_request():
        return api.problem(error)
    return answer(error.status, code=error.code, what=error.message)


def http_error(error: HTTPException) -> BaseResponse:
    """An error of HTTP."""
    if error.response is not None:
        return cast("BaseResponse", error.response)
    status = error.code or 500
    if status == HTTPStatus.UNAUTHORIZED and not api.is_api_request():
        return sign_in_first()
    response = answer(status, code=f"PRE-HTTP-{status}")
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def impossible(error: DataError) -> BaseResponse:
    """A value that no column can hold went past the form: the caller's mistake, and nothing was written."""
    current_app.logger.warning("PRE-GEN-400 %s %s: %s", request.method, request.path, error.orig)
    return answer(400, code="PRE-GEN-400")


def unavailable(error: Exception) -> BaseResponse:
    """The database does not answer."""
    current_app.logger.error("PRE-GEN-503 %s %s: %s", request.method, request.path, error)
    response = answer(503, code="PRE-GEN-503", bare=True)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def unexpected(error: Exception) -> BaseResponse:
    """A defect of ours: logged with a number that the person can give to the help-desk."""
    if current_app.testing or current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    reference = secrets.token_hex(4)
    current_app.logger.error("PRE-GEN-500 %s %s %s", reference, request.method, request.path, exc_info=error)
    return answer(500, code="PRE-GEN-500", reference=reference, bare=True)


def sign_in_first() -> BaseResponse:
    """Somebody who is not signed in goes to the sign-in page and comes back; a form says so where it is."""
    here = request.full_path.rstrip("?")
    if request.headers.get("HX-Request") == "true":
        response = make_response("", 401)
        response.headers["HX-Redirect"] = SIGN_IN
        return response
    if request.method in {"GET", "HEAD"}:
        return redirect(f"{SIGN_IN}?next={quote(here, safe='/')}")
    return answer(401, code="PRE-HTTP-401")


def answer(status: int, *, code: str, what: str = "", reference: str = "", bare: bool = False) -> Response:
    """The answer for a status, in the form that the request expects. ``bare``: without the database."""
    words = WORDS.get(status) or WORDS[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500]
    if api.is_api_request():
        problem = PreauError(what or str(words.title), code=code)
        problem.status = status
        return api.problem(problem)
    fragment = request.headers.get("HX-Request") == "true"
    context = {
        "status": status,
        "code": code,
        "words": words,
        "what": what,
        "reference": reference,
        "fragment": fragment,
    }
    response = make_response(_render(context, bare=bare), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _render(context: dict[str, object], *, bare: bool) -> str:
    if not bare:
        try:
            layout = "layout.html" if g.get("identity") else "layout_public.html"
            return render_template(TEMPLATE, layout=layout, **context)
        except Exception:  # the page of an error must not fail because the frame of pages does
            current_app.logger.exception("PRE-GEN-501 %s", request.path)
    template = current_app.jinja_env.get_template(TEMPLATE)
    return template.render(layout="layout_public.html", identity=None, shell={}, **context)
