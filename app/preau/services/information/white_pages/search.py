"""White pages in the search field: people by name, filtered by what the reader may see (UTI-IDO-PBL-06)."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import lazy_gettext as _l

from preau.kernel.identity import Identity
from preau.kernel.search import Federated, Hit
from preau.services.information.white_pages.cards import Criteria
from preau.services.information.white_pages.lookup import cards, statement
from preau.socle.directory.models import Person
from preau.socle.directory.names import LONGEST, words_of


def find(identity: Identity, text: str, limit: int) -> Iterator[Hit]:
    """People whose names begin as the words typed."""
    if not words_of(text) or not identity.can("white_pages.use"):
        return
    asked = statement(identity, Criteria(q=text[:LONGEST])).order_by(Person.last_name, Person.first_name)
    for card in cards(identity, asked.limit(limit)):
        yield Hit(
            kind="white_pages",
            key=str(card.profile_id),
            title=card.name,
            url=url_for("white_pages.person", profile_id=card.profile_id),
            excerpt=" · ".join(filter(None, (card.profile, card.function, card.structure))),
        )


SEARCH = (Federated("white_pages", _l("Personnes"), find, icon="person-vcard"),)
