"""Language: French is the interface's own; its texts are the message keys, a catalogue would add another."""

from collections.abc import Iterator
from functools import cached_property
from weakref import WeakSet

from babel.support import NullTranslations
from flask import Flask
from flask_babel import Babel, Domain, format_date, format_datetime, format_decimal, format_timedelta
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from preau.kernel.database import now


class FrenchKeys(NullTranslations):
    """The keys as they are, with the plural of French: zero is singular, « 0 personne », « 2 personnes »."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """One of the two keys."""
        return msgid1 if abs(n) < 2 else msgid2  # noqa: PLR2004

    ungettext = ngettext


FRENCH = FrenchKeys()


class FrenchDomain(Domain):  # type: ignore[misc]  # the library has no types
    """Catalogues over keys that are already French."""

    def get_translations(self) -> NullTranslations:
        """The locale's catalogue; what it does not hold is the key, in good French."""
        if not self.translated:
            return FRENCH
        translations: NullTranslations = super().get_translations()
        if translations not in self.completed:
            translations.add_fallback(FrenchKeys())
            self.completed.add(translations)
        return translations

    @cached_property
    def translated(self) -> bool:
        """Whether a catalogue adds another language; without one, a text is looked up nowhere."""
        return len(babel.list_translations()) > 1

    @cached_property
    def completed(self) -> WeakSet[NullTranslations]:
        """Catalogues that fall back on the keys."""
        return WeakSet()


class FrenchBabel(Babel):  # type: ignore[misc]
    """Babel whose default domain is French."""

    @cached_property
    def domain_instance(self) -> FrenchDomain:
        """The domain of every text."""
        return FrenchDomain(domain=self.domain)


babel = FrenchBabel()


class ConstantTexts(Extension):
    """``_("…")`` without variables is a constant of the template, as safe as what surrounds it.

    A page says about a hundred of them. Only for an installation whose one language is that of the keys.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, each such call replaced by its text."""
        tokens = list(stream)
        position = 0
        while position < len(tokens):
            first, *rest = tokens[position : position + 4]
            called = first.type == "name" and first.value in {"_", "gettext"}
            if called and [token.type for token in rest] == ["lparen", "string", "rparen"]:
                opening, text, closing = rest
                yield opening
                # What gettext's callers in templates expect: variables are put in even when there are none.
                yield Token(text.lineno, "string", text.value % {})
                yield Token(text.lineno, "pipe", "|")
                yield Token(text.lineno, "name", "safe")
                yield closing
                position += 4
            else:
                yield first
                position += 1


def init_app(app: Flask) -> None:
    """Dates, numbers and texts in French, in the Paris time zone; template filters of the same names."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "fr")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Paris")
    babel.init_app(app)
    with app.app_context():
        if not babel.domain_instance.translated:
            app.jinja_env.add_extension(ConstantTexts)
    for name, formatter in {
        "date": format_date,
        "datetime": format_datetime,
        "decimal": format_decimal,
        "ago": lambda moment: format_timedelta(moment - now(), add_direction=True),
        "filesize": filesize,
    }.items():
        app.add_template_filter(formatter, name)


def filesize(size: int) -> str:
    """A size in octets, in the unit a reader expects."""
    value, unit = float(size), "o"
    for unit in ("o", "Ko", "Mo", "Go", "To"):  # noqa: B007
        if value < 1024:  # noqa: PLR2004
            break
        value /= 1024
    return f"{format_decimal(round(value, 1 if unit != 'o' else 0))}\u00a0{unit}"
