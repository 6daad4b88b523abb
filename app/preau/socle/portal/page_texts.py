"""Texts of the public pages: good defaults, which the project may rewrite (RGPD notice: SOC-POR-PPO-08)."""

from dataclasses import dataclass
from pathlib import Path

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from preau.kernel import journal
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.identity import Identity
from preau.kernel.richtext import LONGEST
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.portal.models import PortalText

FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Page:
    """A public text: its name, which is that of its default's file, and its title."""

    name: str
    title: LazyString


PAGES = {
    page.name: page
    for page in (
        Page("accueil", _l("Mot d’accueil de la page publique")),
        Page("rgpd", _l("Mention RGPD de la page publique")),
        Page("mentions-legales", _l("Mentions légales")),
        Page("donnees-personnelles", _l("Données personnelles")),
        Page("accessibilite", _l("Accessibilité : partiellement conforme")),
    )
}


def default(name: str) -> str:
    """The text that Préau comes with."""
    return (FOLDER / f"{name}.md").read_text()


def texts(*names: str) -> dict[str, str]:
    """These texts as the project wrote them, otherwise the default ones; one query."""
    written = dict(
        db.session.execute(select(PortalText.name, PortalText.body).where(PortalText.name.in_(names))).all()
    )
    return {name: written.get(name) or default(name) for name in names}


def written(name: str) -> PortalText | None:
    """What the project wrote of a text, when it did."""
    return db.session.get(PortalText, name)


def page(name: str) -> Page:
    """The page of that name."""
    if name not in PAGES:
        raise NotFound(_("Cette page n’existe pas."))
    return PAGES[name]


def rewrite(identity: Identity, name: str, body: str) -> None:
    """Replace a text; an empty one brings the default back."""
    require_permission(identity, "portal.project")
    page(name)
    if len(body) > LONGEST:
        message = _("Ce texte est trop long : gardez %(most)s caractères au plus.", most=LONGEST)
        raise Invalid(message, {"body": [message]})
    with atomic() as session:
        written = session.get(PortalText, name) or PortalText(name=name)
        written.body = body.replace("\r\n", "\n").strip()
        session.add(written)
        journal.record(identity, "portal.rewrite_text", kind="portal_text", key=name)
