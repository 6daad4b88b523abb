"""The macros of ``templates/macros`` as one global, ``ui``, in every template and fragment.

A fragment renders one block without the top of its template, where imports would be; hence a global.
"""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask
from jinja2 import Environment

FILES = ("icons", "forms", "lists", "feedback", "people", "tiles")


class Macros:
    """``ui.field(…)``, ``ui.icon(…)``: each macro by its name, whatever its file."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._found: dict[str, Callable[..., Any]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in self._found:
            return self._found[name]
        for file in FILES:
            macro = getattr(self._environment.get_template(f"macros/{file}.html").module, name, None)
            if macro is not None and not name.startswith("_"):
                if not self._environment.auto_reload:
                    self._found[name] = macro
                return cast("Callable[..., Any]", macro)
        raise AttributeError(f"no macro named {name}")


def init_app(app: Flask) -> None:
    """Make ``ui`` available to the templates of the application."""
    app.jinja_env.globals["ui"] = Macros(app.jinja_env)
