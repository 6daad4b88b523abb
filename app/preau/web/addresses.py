"""Addresses of pages for the templates, each made once: a list asks for the same dozens again and again."""

from functools import lru_cache
from typing import Any

from flask import Flask, request
from flask import url_for as made


@lru_cache(maxsize=8192)
def _kept(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return made(endpoint, **dict(values))


def url_for(endpoint: str, **values: Any) -> str:
    """Flask's own; what depends on more of the request than where the site is mounted is asked of it."""
    if not request or endpoint.startswith(".") or "_external" in values:
        return made(endpoint, **values)
    try:
        return _kept(request.root_path, endpoint, tuple(values.items()))
    except TypeError:  # a list among the values
        return made(endpoint, **values)


def init_app(app: Flask) -> None:
    """Make it the templates' ``url_for``."""
    app.jinja_env.globals["url_for"] = url_for
