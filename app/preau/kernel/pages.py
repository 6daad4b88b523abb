"""From HTTP to operations and back: the current identity, full pages and htmx fragments."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.wrappers import Response
from jinja2 import Environment
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.contract import registry
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission


def _identity() -> Identity:
    current: Identity | None = g.get("identity")
    if current is None:
        abort(401)
    return current


identity = cast("Identity", LocalProxy(_identity))


def me() -> Identity:
    """The acting person, to pass to operations."""
    return _identity()


def signed_in() -> bool:
    """Whether anybody is signed in."""
    return g.get("identity") is not None


def wants_fragment() -> bool:
    """Whether htmx asks for the ``main`` block alone."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def render_page(template: str, status: int = 200, **context: Any) -> Response:
    """The page, or its ``main`` block when htmx asks for a fragment of it."""
    if wants_fragment() and request.headers.get("HX-Target", "").endswith("main"):
        html = render_block(template, "main", **context)
    else:
        html = render_template(template, **context)
    response = make_response(html, status)
    response.headers.setdefault("Cache-Control", "private, no-store" if signed_in() else "no-cache")
    response.vary.add("HX-Request")
    return response


def render_block(template: str, block: str, **context: Any) -> str:
    """One block of a template, rendered with the same context as the page."""
    environment = cast("Environment", current_app.jinja_env)
    current_app.update_template_context(context)
    compiled = environment.get_template(template)
    whole = compiled.new_context(context)
    # The top of the template runs up to the page's first words: it defines the macros that its blocks call.
    next(iter(compiled.root_render_func(whole)), None)
    return "".join(whole.blocks[block][0](whole))


def done(message: str, endpoint: str, /, **values: Any) -> BaseResponse:
    """After a successful POST: say so on the page that comes next (303)."""
    flash(message, "success")
    return redirect(url_for(endpoint, **values), 303)


def opening(name: str) -> Callable[[], None]:
    """A ``before_request`` that lets in those to whom the service of that name is open."""

    def check() -> None:
        permission = registry[name].use_permission
        if signed_in() and permission:
            require_permission(_identity(), permission)

    return check


def pages(name: str, import_name: str, url_prefix: str) -> Blueprint:
    """A blueprint of pages; templates live in the service's own ``templates/`` folder."""
    return Blueprint(name, import_name, url_prefix=url_prefix, template_folder="templates")


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view as answering without anybody signed in; it is then on the list a test enumerates."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    wrapper.is_public = True  # type: ignore[attr-defined]
    return wrapper


__all__ = [
    "done",
    "identity",
    "me",
    "opening",
    "pages",
    "public",
    "render_block",
    "render_page",
    "session",
    "signed_in",
]
