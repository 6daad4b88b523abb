"""The macros of ``templates/macros`` as one global, ``ui``, in every template and fragment.

A fragment renders one block without the top of its template, where imports would be; hence a global.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from preau.web.assets import asset

SPRITE = "vendor/icons/icons.svg"
FILES = ("forms", "lists", "feedback", "people", "tiles")


class Macros:
    """``ui.field(…)``, ``ui.icon(…)``: each macro by its name, whatever its file."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def icon(self, name: str, label: str | None = None, **attributes: str) -> Markup:
        """One icon of the sprite (names: ``web/icons.txt``); decorative without ``label``.

        ``class`` may add one. A page shows dozens of the same few: each is made once.
        """
        return _icon(asset(SPRITE), name, label, attributes.get("class", ""))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        for file in FILES:
            macro = getattr(self._environment.get_template(f"macros/{file}.html").module, name, None)
            if macro is not None and not name.startswith("_"):
                if not self._environment.auto_reload:
                    setattr(self, name, macro)
                return cast("Callable[..., Any]", macro)
        raise AttributeError(f"no macro named {name}")


@lru_cache(maxsize=2048)
def _icon(sprite: str, name: str, label: str | None, added: str) -> Markup:
    role = (
        Markup('role="img" aria-label="{}"').format(label)
        if label
        else Markup('aria-hidden="true" focusable="false"')
    )
    return Markup('<svg class="pr-icon{}" viewBox="0 0 16 16" {}><use href="{}#{}"/></svg>').format(
        f" {added}" if added else "", role, sprite, name
    )


def init_app(app: Flask) -> None:
    """Make ``ui`` available to the templates of the application."""
    app.jinja_env.globals["ui"] = Macros(app.jinja_env)
