"""The landing page of administration: a card for each screen, by subject."""

from flask import url_for
from flask.wrappers import Response
from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, registry
from preau.kernel.errors import Refused
from preau.kernel.identity import Identity
from preau.kernel.pages import me, pages, render_page

blueprint = pages("administration", __name__, "/administration")

SECTIONS = (
    ("people", _l("Personnes et écoles")),
    ("services", _l("Services")),
    ("look", _l("Présentation")),
    ("watch", _l("Surveillance et données")),
)


def screens(identity: Identity) -> dict[str, list[AdminPage]]:
    """The screens that the identity's rights open, by section."""
    open_to = [
        page for service in registry for page in service.administration if identity.can(page.permission)
    ]
    return {
        section: sorted((page for page in open_to if page.section == section), key=lambda page: page.order)
        for section, _label in SECTIONS
    }


@blueprint.get("/")
def index() -> Response:
    """Every administration screen that is open to the person."""
    found = screens(me())
    if not any(found.values()):
        raise Refused(_l("Votre profil n’ouvre aucun écran d’administration."))
    sections = [
        (label, [(page, url_for(page.endpoint)) for page in found[section]])
        for section, label in SECTIONS
        if found[section]
    ]
    return render_page("administration/index.html", sections=sections)
