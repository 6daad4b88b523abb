"""The API: plain blueprints under ``/api/v1``, validated by pydantic, described as OpenAPI 3.1 (spectree).

Errors are ``application/problem+json`` (RFC 9457). A browser's session may call it with its CSRF token.
"""

import logging
from typing import Any

from flask import Blueprint, Flask, jsonify, request
from flask.wrappers import Response
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from spectree import Response as Answers
from spectree import SpecTree

from preau.kernel.errors import Invalid, PreauError
from preau.kernel.forms import errors_of

PREFIX = "/api/v1"
MOST_PER_PAGE = 100


class Problem(BaseModel):
    """A problem, RFC 9457; ``code`` is ours, ``errors`` are by field."""

    type: str = "about:blank"
    title: str
    status: int
    code: str = ""
    errors: dict[str, list[str]] = {}


def refused(_request: Any, _response: Any, refusal: Exception | None, *_rest: Any) -> None:
    """Turn a validation error into a problem, with our messages."""
    if isinstance(refusal, ValidationError):
        raise Invalid(_("Les données envoyées ne conviennent pas."), errors_of(refusal))


spec = SpecTree(
    "flask",
    title="Préau",
    version="1",
    path=f"{PREFIX.lstrip('/')}/documentation",
    filename="openapi.json",
    before=refused,
    annotations=True,
    mode="strict",
    page_templates={},
)


def endpoints(name: str, import_name: str, path: str) -> Blueprint:
    """A blueprint of the API, at ``/api/v1/<path>``."""
    return Blueprint(f"{name}_api", import_name, url_prefix=f"{PREFIX}/{path}")


def problem(error: PreauError) -> Response:
    """The answer an error becomes."""
    errors = error.errors if isinstance(error, Invalid) else {}
    body = Problem(title=error.message, status=error.status, code=error.code, errors=errors)
    response = jsonify(body.model_dump())
    response.status_code = error.status
    response.content_type = "application/problem+json"
    return response


def is_api_request() -> bool:
    """Whether the answer should be for a program."""
    return request.path.startswith(("/api/", "/dav"))


def answers(**models: type[BaseModel] | None) -> Answers:
    """Documented answers; the problems that any endpoint may give are added."""
    problems = {f"HTTP_{status}": Problem for status in (401, 403, 404, 422)}
    return Answers(**{**problems, **models})


def init_app(app: Flask) -> None:
    """Serve the description at ``/api/v1/documentation/openapi.json``."""
    # What was sent may be personal: spectree logs it, we do not.
    logging.getLogger("spectree.utils").setLevel(logging.CRITICAL)
    spec.register(app)
