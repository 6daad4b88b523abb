"""What people change in the white pages: their own entry, and a school's rules (UTI-IDO-PBL-02/03/04)."""

from flask_babel import gettext as _
from pydantic import BaseModel, Field, field_validator
from sqlalchemy import delete
from werkzeug.datastructures import FileStorage

from preau.kernel import files, journal
from preau.kernel.database import db
from preau.kernel.errors import Invalid, Refused
from preau.kernel.identity import EVERYONE, Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.services.information.white_pages import photos
from preau.services.information.white_pages.models import Entry, VisibilityRule
from preau.services.information.white_pages.visibility import (
    DEFAULTS,
    FIELD_NAMES,
    GROUPS,
    MANAGE,
    NONE,
    SCHOOL,
    View,
    matrices,
)

# A pupil is a minor: neither mail, nor telephone, nor site, nor photo of their own.
OF_ADULTS = ("mail", "phone", "website")
RESTRICTABLE = ("name", "photo", "mail", "phone", "website", "about")
NAMELESS = ("pupil", "guardian")


class EntryIn(BaseModel):
    """What a person says of themselves in the directory."""

    mail: str = Field(default="", max_length=254, pattern=r"^$|^[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+$")
    phone: str = Field(default="", max_length=30, pattern=r"^$|^\+?[0-9 ().-]{6,30}$")
    website: str = Field(default="", max_length=500, pattern=r"^$|^https?://[^\s<>\"]+$")
    about: str = Field(default="", max_length=500)
    restrictions: dict[str, list[str]] = Field(default_factory=dict)

    @field_validator("restrictions")
    @classmethod
    def known(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        """Fields and profiles that exist, and nothing empty."""
        kinds = {*map(str, EVERYONE), "all"}
        return {
            name: sorted(set(hidden) & kinds)
            for name, hidden in value.items()
            if name in RESTRICTABLE and set(hidden) & kinds
        }


def own_entry(identity: Identity) -> Entry:
    """The person's own entry, empty when there is none yet."""
    return db.session.get(Entry, identity.person_id) or Entry(
        person_id=identity.person_id, mail="", phone="", website="", about="", photo=None, restrictions={}
    )


def may_hide_name(identity: Identity) -> bool:
    """Whether the person may keep out of the directory: not those whose work is to be found."""
    return identity.kinds <= set(NAMELESS)


def update_entry(identity: Identity, data: EntryIn, photo: FileStorage | None = None) -> Entry:
    """Change one's own entry; a photo replaces the one that is there."""
    require_permission(identity, "white_pages.update")
    if identity.kinds == {"pupil"} and any(getattr(data, name) for name in OF_ADULTS):
        raise Refused(_("Un élève ne publie ni courriel, ni téléphone, ni site dans l’annuaire."))
    picture = photos.prepared(photo) if photo is not None and photo.filename else None
    if picture and identity.kinds == {"pupil"}:
        raise Refused(_("Un élève ne publie pas de photo dans l’annuaire."))
    restrictions = dict(data.restrictions)
    if not may_hide_name(identity):
        restrictions.pop("name", None)
    with atomic() as session:
        entry = own_entry(identity)
        for name in ("mail", "phone", "website", "about"):
            setattr(entry, name, getattr(data, name))
        entry.restrictions = restrictions
        if picture:
            entry.photo = files.store(picture).sha256
        session.add(entry)
        journal.record(identity, "white_pages.update_entry", kind="white_page", key=identity.uid)
    return entry


def set_view(identity: Identity, structure_id: int, viewer: str, subject: str, view: View) -> None:
    """Say what a profile sees of another in a school; the default itself leaves no row."""
    require_permission(identity, MANAGE, structure_id)
    if (viewer, subject) not in DEFAULTS or view.scope not in {NONE, GROUPS, SCHOOL}:
        raise Invalid(_("Ce réglage n’existe pas."))
    fields = [name for name in FIELD_NAMES if name in view.fields]
    with atomic() as session:
        session.execute(
            delete(VisibilityRule).where(
                VisibilityRule.structure_id == structure_id,
                VisibilityRule.viewer == viewer,
                VisibilityRule.subject == subject,
            )
        )
        if View(view.scope, tuple(fields)) != DEFAULTS[viewer, subject]:
            session.add(
                VisibilityRule(
                    structure_id=structure_id, viewer=viewer, subject=subject, scope=view.scope, fields=fields
                )
            )
        journal.record(
            identity, "white_pages.set_view", kind="visibility_rule", key=f"{viewer}>{subject}",
            structure_id=structure_id, scope=view.scope,
        )  # fmt: skip


def set_viewer(identity: Identity, structure_id: int, viewer: str, views: dict[str, View]) -> int:
    """Set everything that a profile sees in a school; return how many lines changed."""
    require_permission(identity, MANAGE, structure_id)
    before = matrices(frozenset({structure_id}))[structure_id]
    changed = {subject: view for subject, view in views.items() if before.get((viewer, subject)) != view}
    with atomic():
        for subject, view in changed.items():
            set_view(identity, structure_id, viewer, subject, view)
    return len(changed)


def reset_views(identity: Identity, structure_id: int) -> None:
    """Come back to the defaults, which protect minors."""
    require_permission(identity, MANAGE, structure_id)
    with atomic() as session:
        session.execute(delete(VisibilityRule).where(VisibilityRule.structure_id == structure_id))
        journal.record(identity, "white_pages.reset_views", structure_id=structure_id, kind="visibility_rule")
