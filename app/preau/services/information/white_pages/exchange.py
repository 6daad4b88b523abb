"""Format of a person's own entry in the white pages (UTI-IDO-PBL-07/08, SOC-INT-IED)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy import select

from preau.kernel import files
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange import Exchangeable, File, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity, ProfileKind
from preau.kernel.rights import require_permission
from preau.services.information.white_pages import photos
from preau.services.information.white_pages.models import Entry, VisibilityRule
from preau.services.information.white_pages.operations import OF_ADULTS, EntryIn
from preau.services.information.white_pages.visibility import MANAGE
from preau.socle.directory.models import Person, Profile

PHOTO = "photo.webp"


class WhitePageV1(EntryIn):
    """What a person says of themselves, and from whom they keep which field back."""

    person: str


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
            files=_photo(entry.photo, uid),
        )


def _photo(sha256: str | None, uid: str) -> list[File]:
    if sha256 is None:
        return []
    path = files.path_of(sha256)
    content = path if path is not None else lambda: files.opened(sha256).read()
    return [File(PHOTO, content, photos.MEDIA_TYPE, path="/annuaire/ma-fiche", rights=[f"person:{uid}"])]


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
    published = any(getattr(item.data, name) for name in OF_ADULTS) or bool(item.files)
    if published and _is_only_pupil(person_id):
        raise Invalid(_("un élève ne publie ni photo, ni courriel, ni téléphone, ni site"))
    entry = item.existing or Entry(person_id=person_id)
    for name in ("mail", "phone", "website", "about", "restrictions"):
        setattr(entry, name, getattr(item.data, name))
    picture = next((each for each in item.files if each.name == PHOTO), None)
    if picture is not None:
        entry.photo = files.store(photos.checked(context.open(picture))).sha256
    elif context.policy != "merge":
        entry.photo = None
    if isinstance(item.updated_at, datetime):
        entry.updated_at = item.updated_at
    db.session.add(entry)
    return entry


def _is_only_pupil(person_id: int) -> bool:
    present = select(Profile.kind).where(Profile.person_id == person_id, Profile.left_on.is_(None))
    return set(db.session.scalars(present)) == {"pupil"}


class VisibilityRuleV1(BaseModel):
    """What people of a profile see of those of another in a school, where that is not the default."""

    structure: str
    viewer: ProfileKind
    subject: ProfileKind
    scope: Literal["none", "groups", "school"]
    fields: list[Literal["function", "photo", "mail", "phone", "website", "about", "relations"]]


def export_rules(identity: Identity, scope: Scope) -> Iterator[Item]:
    """The rules of the schools in scope."""
    del identity
    for rule in db.session.scalars(select(VisibilityRule).where(scope.within(VisibilityRule.structure_id))):
        school = scope.refs.structure_key(rule.structure_id)
        yield Item(
            key=f"{school}/{rule.viewer}/{rule.subject}",
            data=VisibilityRuleV1(
                structure=school,
                viewer=rule.viewer,
                subject=rule.subject,
                scope=rule.scope,
                fields=rule.fields,
            ),
            title=f"{rule.viewer} → {rule.subject}",
            path="/annuaire/visibilite/",
        )


def find_rule(identity: Identity, item: Imported, context: Context) -> VisibilityRule | None:
    """The rule of that school for these two profiles."""
    del identity
    return db.session.scalar(
        select(VisibilityRule).where(
            VisibilityRule.structure_id == context.structure(item.data.structure),
            VisibilityRule.viewer == item.data.viewer,
            VisibilityRule.subject == item.data.subject,
        )
    )


def import_rule(identity: Identity, item: Imported, context: Context) -> VisibilityRule | None:
    """Write a rule in a school whose white pages the importer looks after."""
    structure_id = context.structure(item.data.structure)
    if structure_id is None:
        return None
    if not context.unrestricted:
        require_permission(identity, MANAGE, structure_id)
    rule = item.existing or VisibilityRule(
        structure_id=structure_id, viewer=item.data.viewer, subject=item.data.subject
    )
    rule.scope, rule.fields = item.data.scope, list(item.data.fields)
    db.session.add(rule)
    return rule


FORMATS = (
    Exchangeable(
        "visibility-rule",
        1,
        VisibilityRuleV1,
        export_rules,
        import_rule,
        model=VisibilityRule,
        label=_l("Qui voit qui dans l’annuaire"),
        find=find_rule,
        scopes=("structure", "everything"),
        merge=dict.fromkeys(("scope", "fields"), "imported"),
    ),
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
