"""The macros of ``templates/macros`` as one global, ``ui``, in every template and fragment.

A fragment renders one block without the top of its template, where imports would be; hence a global.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup, escape

from preau.web.assets import asset

SPRITE = "vendor/icons/icons.svg"
HUES = ("blue", "teal", "green", "honey", "coral", "rose", "plum", "slate")
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

    def avatar(self, name: str, url: str | None = None, size: str = "") -> Markup:
        """Round picture with initials; the colour comes from the name, and says nothing."""
        words = (name or "?").split()
        initials = (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper() if words else "?"
        return _avatar(initials, HUES[len(name or "?") % len(HUES)], url, size)

    def options(self, choices: Iterable[Any], value: Any = None) -> Markup:
        """The ``<option>`` of each (value, label); one whose label is a list of choices is a group."""
        chosen = tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)
        if isinstance(choices, list) and all(type(choice[1]) is str for choice in choices):
            return _plain_options(tuple((key, label) for key, label, *_more in choices), chosen)
        return Markup("").join(_option(choice, chosen) for choice in choices)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        for file in FILES:
            macro = getattr(self._environment.get_template(f"macros/{file}.html").module, name, None)
            if macro is not None and not name.startswith("_"):
                if not self._environment.auto_reload:
                    setattr(self, name, macro)
                return cast("Callable[..., Any]", macro)
        raise AttributeError(f"no macro named {name}")


@lru_cache(maxsize=512)
def _plain_options(choices: tuple[tuple[Any, str], ...], chosen: tuple[Any, ...]) -> Markup:
    # A region has hundreds of schools to choose among, the same on every page.
    return Markup("").join(_option(choice, chosen) for choice in choices)


def _option(choice: Sequence[Any], chosen: Collection[Any]) -> Markup:
    key, label = choice[0], choice[1]
    if isinstance(label, list | tuple):
        inner = Markup("").join(_option(each, chosen) for each in label)
        return Markup('<optgroup label="{}">{}</optgroup>').format(key, inner)
    selected = " selected" if key in chosen or str(key) in chosen else ""
    return Markup(f'<option value="{escape(key)}"{selected}>{escape(label)}</option>')  # noqa: S704


@lru_cache(maxsize=2048)
def _avatar(initials: str, hue: str, url: str | None, size: str) -> Markup:
    inside = Markup('<img src="{}" alt="">').format(url) if url else initials
    return Markup('<span class="pr-avatar{}" data-hue="{}" aria-hidden="true">{}</span>').format(
        f" pr-avatar-{size}" if size else "", hue, inside
    )


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
