"""Two people, or two tabs, change the same thing: the second is told, and nothing typed is lost.

A form carries a fingerprint of what it was filled over (``ui.seen``). When something else was saved since,
the form comes back with what was typed, beside what was saved; sending it again is then a decision.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect

from preau.kernel.database import db

FIELD = "seen"


@dataclass(frozen=True, slots=True)
class Seen:
    """The version that a form is filled over; when another was saved since, what that one says, by label."""

    mark: str = ""
    overtaken: bool = False
    saved: tuple[tuple[str, str], ...] = ()

    @property
    def errors(self) -> dict[str, list[str]]:
        """What the form says of it, for the whole form."""
        if not self.overtaken:
            return {}
        return {
            "": [
                _(
                    "Une autre version a été enregistrée pendant que vous écriviez, par quelqu’un d’autre ou "
                    "dans un autre onglet. Comparez-les, puis enregistrez pour garder la vôtre."
                )
            ]
        }


def mark(obj: Any, names: Mapping[str, Any]) -> str:
    """A fingerprint of the fields of an object that a form changes."""
    said = [(name, str(getattr(obj, name, "") or "")) for name in sorted(names)]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def seen(obj: Any, posted: Mapping[str, Any], fields: Mapping[str, str], *, sending: bool = True) -> Seen:
    """Compare what a form was filled over with what is there now.

    ``fields`` are those that the form changes, each with its label; one without a label counts and is not
    shown. With ``sending`` the row stays locked until the transaction ends, so that nobody saves in
    between. A form without the fingerprint (a program's) is not compared.
    """
    said = posted.get(FIELD)
    if said and not sending:
        return Seen(str(said))
    if said and obj is not None and inspect(obj).persistent:
        db.session.refresh(obj, with_for_update=True)
    current = mark(obj, fields)
    if not said or said == current:
        return Seen(current)
    texts = {name: _lines(getattr(obj, name, None)) for name, label in fields.items() if label}
    saved = [
        (str(fields[name]), text or "—") for name, text in texts.items() if text != _lines(posted.get(name))
    ]
    return Seen(current, overtaken=True, saved=tuple(saved))


def _lines(value: Any) -> str:
    """A text as it is compared and shown: a browser ends its lines with two characters."""
    return str(value or "").replace("\r\n", "\n").strip()
