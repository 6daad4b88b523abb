"""Passwords for the programs of another ENT, which read what their owner may export (SOC-INT-IED-17)."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.pages import me, render_page
from preau.kernel.rights import require_permission
from preau.socle.integration.exchange.views import blueprint
from preau.socle.security.authentication import basic, passwords
from preau.socle.security.models import Account

SCOPE = "exchange"
LONGEST_NAME = 60


def require_use(identity: Identity) -> None:
    """Raise unless the identity may take its data away."""
    require_permission(identity, str(registry["exchange"].use_permission))


def open_to_program(identity: Identity, name: str, current: str) -> str:
    """A password for one program, shown this once; the owner proves to be there with their own."""
    require_use(identity)
    if not name.strip():
        words = _("Donnez-lui un nom, par exemple « ENT du lycée ».")
        raise Invalid(words, {"name": [words]})
    passwords.require_current(identity, db.session.get_one(Account, identity.person_id), current)
    return basic.create(identity, name.strip()[:LONGEST_NAME], SCOPE)


@blueprint.route("/mes-donnees/programme", methods=["GET", "POST"])
def program() -> Response:
    """Let another ENT read one's data: a password of its own, and the addresses to give with it."""
    require_use(me())
    errors: dict[str, list[str]] = {}
    token = ""
    form: Any = request.form
    if request.method == "POST":
        try:
            token = open_to_program(me(), form.get("name", ""), form.get("current", ""))
        except Invalid as refused:
            errors = refused.errors
    response = render_page(
        "exchange/program.html",
        422 if errors else 200,
        token=token,
        login=db.session.get_one(Account, me().person_id).login,
        address=url_for("exchange_api.list_formats", _external=True).removesuffix("/formats"),
        errors=errors,
        name=form.get("name", ""),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
