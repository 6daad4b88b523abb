"""The formats of hand-in lockers and of what was handed in (UTI-UTL-ESF-10, UTI-UTL-ESF-11)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from sqlalchemy import func, or_, select

from preau.kernel import files
from preau.kernel.database import db, now
from preau.kernel.exchange import Exchangeable, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.exchange_import import keep
from preau.kernel.identity import Identity
from preau.kernel.ports.antivirus import INFECTED
from preau.services.utilities.files.exchange_contents import attached, contents
from preau.services.utilities.files.models import HandIn, HandInFile, Locker
from preau.services.utilities.files.rules import managed_groups
from preau.socle.directory.models import Group, Membership


class LockerV1(BaseModel):
    """A locker: who opened it, for which group, until when."""

    owner: str
    group: str
    title: str
    instructions: str = ""
    due_at: datetime
    late_accepted: bool = True
    closed_at: datetime | None = None
    reminded_at: datetime | None = None


class HandInFileV1(BaseModel):
    """A file handed in, or ``returned`` annotated; ``content`` is its SHA-256."""

    name: str
    content: str
    media_type: str = ""
    returned: bool = False
    created_at: datetime


class HandInV1(BaseModel):
    """What one pupil handed in to a locker, and what was given back."""

    locker: str
    pupil: str
    handed_at: datetime
    late: bool = False
    comment: str = ""
    returned_at: datetime | None = None
    answer: str = ""
    files: list[HandInFileV1] = []


PLAIN = tuple(name for name in LockerV1.model_fields if name not in {"owner", "group"})
PLAIN_HAND_IN = tuple(name for name in HandInV1.model_fields if name not in {"locker", "pupil", "files"})


def _in_scope(scope: Scope) -> Any:
    if scope.kind == "group":
        return scope.of_groups(Locker.group_id)
    return scope.owned(Locker.owner_id)


def export_lockers(identity: Identity, scope: Scope) -> Iterator[Item]:
    """The lockers that the people in scope opened, or those of the group."""
    del identity
    for locker in db.session.scalars(select(Locker).where(_in_scope(scope)).order_by(Locker.id)):
        yield Item(
            key=str(locker.id),
            data=LockerV1(
                owner=scope.refs.person_uid(locker.owner_id),
                group=scope.refs.group_uid(locker.group_id),
                **{name: getattr(locker, name) for name in PLAIN},
            ),
            title=locker.title,
            path=f"/fichiers/casiers/{locker.id}",
            rights=[scope.refs.portable(f"group:{locker.group_id}")],
            created_at=locker.created_at,
            updated_at=locker.updated_at,
        )


def import_locker(identity: Identity, item: Imported, context: Context) -> Locker | None:
    """The locker; in a person's own archive, for a group that they teach or manage."""
    data: LockerV1 = item.data
    group_id, owner_id = context.group(data.group), context.owner(data.owner)
    if group_id is None or owner_id is None or (context.personal and not _manages(identity, group_id)):
        return None
    locker: Locker = item.existing or Locker(id=context.id_for(Locker, item.key))
    locker.owner_id, locker.group_id = owner_id, group_id
    locker.open_to = db.session.get_one(Group, group_id).open_to
    for name in PLAIN:
        setattr(locker, name, getattr(data, name))
    locker.created_at = item.created_at or now()
    db.session.add(locker)
    return locker


def _manages(identity: Identity, group_id: int) -> bool:
    managed = managed_groups(identity).where(Membership.group_id == group_id)
    return db.session.scalar(managed.limit(1)) is not None


def export_hand_ins(identity: Identity, scope: Scope) -> Iterator[Item]:
    """What lies in the lockers in scope; in a person's archive also what that person handed in elsewhere."""
    del identity
    inside = _in_scope(scope)
    if scope.kind == "person":
        inside = or_(inside, HandIn.owner_id == scope.person_id)
    rows = db.session.execute(
        select(HandIn, Locker.title)
        .join(Locker, Locker.id == HandIn.locker_id)
        .where(inside)
        .order_by(HandIn.id)
    )
    for made, title in rows:
        held = _files_of(made)
        yield Item(
            key=str(made.id),
            data=HandInV1(
                locker=str(made.locker_id),
                pupil=scope.refs.person_uid(made.owner_id),
                files=[
                    HandInFileV1(
                        name=each.name,
                        content=each.blob,
                        media_type=each.media_type,
                        returned=each.returned,
                        created_at=each.created_at,
                    )
                    for each in held
                ],
                **{name: getattr(made, name) for name in PLAIN_HAND_IN},
            ),
            title=title,
            path=f"/fichiers/casiers/{made.locker_id}",
            files=attached([(each.name, each.blob, each.media_type) for each in held]),
        )


def _files_of(made: HandIn) -> list[HandInFile]:
    statement = (
        select(HandInFile)
        .outerjoin(files.Blob, files.Blob.sha256 == HandInFile.blob)
        .where(HandInFile.hand_in_id == made.id, func.coalesce(files.Blob.state, "") != INFECTED)
        .order_by(HandInFile.returned, HandInFile.name, HandInFile.blob, HandInFile.created_at)
    )
    return list(db.session.scalars(statement))


def find_hand_in(identity: Identity, item: Imported, context: Context) -> HandIn | None:
    """A pupil hands in once to a locker, whatever the key."""
    del identity
    locker_id, pupil_id = context.reference(Locker, item.data.locker), context.person(item.data.pupil)
    statement = select(HandIn).where(HandIn.locker_id == locker_id, HandIn.owner_id == pupil_id)
    return db.session.scalar(statement)


def import_hand_in(identity: Identity, item: Imported, context: Context) -> HandIn | None:
    """What was handed in; a person's own archive only fills the lockers that this person opened.

    A pupil's archive holds the work, but writes nothing in a teacher's locker: dates would prove nothing.
    """
    data: HandInV1 = item.data
    locker_id = context.reference(Locker, data.locker)
    locker = db.session.get(Locker, locker_id) if locker_id else None
    pupil_id = context.person(data.pupil) if context.personal else context.owner(data.pupil)
    if locker is None or pupil_id is None:
        return None
    if context.personal and not (locker.owner_id == identity.person_id and _is_in(pupil_id, locker)):
        return None
    made: HandIn = item.existing or HandIn(id=context.id_for(HandIn, item.key))
    made.locker_id, made.owner_id, made.open_to = locker.id, pupil_id, locker.open_to
    for name in PLAIN_HAND_IN:
        setattr(made, name, getattr(data, name))
    db.session.add(made)
    db.session.flush()
    former = _files_of(made)
    held = contents(item, context, {each.blob: each.size for each in former})
    for each in former:
        db.session.delete(each)
    for each in data.files:
        if stored := held.get(each.content):
            db.session.add(
                HandInFile(
                    hand_in_id=made.id,
                    name=each.name,
                    blob=stored.sha256,
                    size=stored.size,
                    media_type=each.media_type,
                    returned=each.returned,
                    created_at=each.created_at,
                )
            )
    return made


def _is_in(person_id: int, locker: Locker) -> bool:
    statement = select(Membership.person_id).where(
        Membership.group_id == locker.group_id, Membership.person_id == person_id
    )
    return db.session.scalar(statement.limit(1)) is not None


FORMATS = (
    Exchangeable(
        "locker",
        1,
        LockerV1,
        export_lockers,
        import_locker,
        model=Locker,
        label=_l("Casiers"),
        ordered=True,
        description=_l("Casiers ouverts à une classe : consigne, date et heure."),
    ),
    Exchangeable(
        "hand-in",
        1,
        HandInV1,
        export_hand_ins,
        import_hand_in,
        model=HandIn,
        label=_l("Travaux rendus"),
        find=find_hand_in,
        remove=keep,
        ordered=True,
        description=_l("Ce que chaque élève a rendu dans un casier, et ce qui lui a été rendu corrigé."),
    ),
)
