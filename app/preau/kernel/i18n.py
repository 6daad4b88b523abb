"""Language: French is the interface's own; its texts are the message keys, a catalogue would add another."""

from flask import Flask
from flask_babel import Babel, format_date, format_datetime, format_decimal, format_timedelta

from preau.kernel.database import now

babel = Babel()


def init_app(app: Flask) -> None:
    """Dates, numbers and texts in French, in the Paris time zone; template filters of the same names."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "fr")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Paris")
    babel.init_app(app)
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
