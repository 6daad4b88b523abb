"""Format of a person's own entry in the white pages (UTI-IDO-PBL-07/08, SOC-INT-IED)."""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy import select

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.services.information.white_pages.models import Entry
from preau.socle.directory.models import Person


class WhitePageV1(BaseModel):
    """What a person says of themselves, and from whom they keep which field back."""

    person: str
    mail: str = ""
    phone: str = ""
    website: str = ""
    about: str = ""
    restrictions: dict[str, list[str]] = {}


def export_entries(identity: Identity, scope: Scope) -> Iterator[Item]:
    """Entries by the uid of their person."""
    del identity
    rows = select(Entry, Person.uid, Person.first_name, Person.last_name).join(
        Person, Person.id == Entry.person_id
    )
    for entry, uid, first, last in db.session.execute(
        rows.where(scope.owned(Entry.person_id)).order_by(Person.uid)
    ):
        yield Item(
            key=uid,
            data=WhitePageV1(
                person=uid,
                mail=entry.mail,
                phone=entry.phone,
                website=entry.website,
                about=entry.about,
                restrictions=entry.restrictions,
            ),
            title=f"{first} {last}",
            path="/annuaire/ma-fiche",
            rights=[f"person:{uid}"],
            updated_at=entry.updated_at,
        )


def find_entry(identity: Identity, item: Imported, context: Context) -> Entry | None:
    """The entry of the same person."""
    del identity
    person_id = context.owner(item.data.person)
    return db.session.get(Entry, person_id) if person_id else None


def import_entry(identity: Identity, item: Imported, context: Context) -> Entry:
    """Write the entry of a person who is here."""
    del identity
    person_id = context.owner(item.data.person)
    if person_id is None:
        raise Invalid(f"person {item.data.person}")
    entry = item.existing or Entry(person_id=person_id)
    for name in ("mail", "phone", "website", "about", "restrictions"):
        setattr(entry, name, getattr(item.data, name))
    if isinstance(item.updated_at, datetime):
        entry.updated_at = item.updated_at
    db.session.add(entry)
    return entry


FORMATS = (
    Exchangeable(
        "white-page",
        1,
        WhitePageV1,
        export_entries,
        import_entry,
        model=Entry,
        label=_l("Ma fiche d’annuaire"),
        find=find_entry,
        ordered=True,
    ),
)
