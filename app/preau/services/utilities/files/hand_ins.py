"""What pupils hand in to a locker, and what is given back to them."""

import uuid
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel import events, files, journal, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict, Invalid, Refused
from preau.kernel.identity import Identity
from preau.kernel.notify import notify
from preau.kernel.ports.blobs import Stored
from preau.kernel.transaction import atomic
from preau.services.utilities.files import names
from preau.services.utilities.files.lockers import accepts
from preau.services.utilities.files.models import HandIn, HandInFile, Locker

MOST_FILES = 20
LARGEST = 200 * 1024**2


def hand_in(
    identity: Identity, locker: Locker, given: Sequence[tuple[str, Stored]], comment: str = ""
) -> HandIn:
    """Hand in files, in place of those handed in before; the receipt is the hand-in's id and date."""
    if f"group:{locker.group_id}" not in identity.principals or locker.owner_id == identity.person_id:
        raise Refused(_("Ce casier n’est pas ouvert à votre classe."))
    if not accepts(locker):
        raise Refused(
            _("Ce casier est fermé : vos fichiers n’ont pas été rendus. Parlez-en à votre enseignant.")
        )
    if not given or len(given) > MOST_FILES:
        message = _("Choisissez de 1 à %(most)s fichiers.", most=MOST_FILES)
        raise Invalid(message, {"files": [message]})
    with atomic() as session:
        made = _hand_in_of(identity, locker)
        if made is not None and made.returned_at is not None:
            raise Conflict(_("Votre travail vous a déjà été rendu corrigé : il ne se change plus."))
        if made is None:
            made = HandIn(id=uuid.uuid4(), locker_id=locker.id, owner_id=identity.person_id)
            made.open_to = locker.open_to
            session.add(made)
            session.flush()
        made.handed_at, made.comment = now(), comment[:2000]
        made.late = made.handed_at > locker.due_at
        _replace_files(made, given, returned=False)
        journal.record(identity, "files.hand_in", made, count=len(given))
        _tell(identity, locker.owner_id, "files.handed_in", locker, identity.name)
        events.publish("files.handed_in", identity, made)
    return made


def _hand_in_of(identity: Identity, locker: Locker) -> HandIn | None:
    return db.session.scalar(
        select(HandIn)
        .where(HandIn.locker_id == locker.id, HandIn.owner_id == identity.person_id)
        .with_for_update()
    )


def _replace_files(made: HandIn, given: Iterable[tuple[str, Stored]], *, returned: bool) -> None:
    for former in files_of(made):
        if former.returned == returned:
            db.session.delete(former)
    for name, stored in given:
        files.register(stored)
        cleaned = names.clean(name)
        db.session.add(
            HandInFile(
                hand_in_id=made.id,
                name=cleaned,
                blob=stored.sha256,
                size=stored.size,
                media_type=names.media_type(cleaned),
                returned=returned,
            )
        )


def _tell(identity: Identity, person_id: int, name: str, locker: Locker, actor: str) -> None:
    url = f"/fichiers/casiers/{locker.id}"
    notify(identity, name, [f"person:{person_id}"], url=url, title=locker.title, actor=actor)


def give_back(identity: Identity, made: HandIn, given: Sequence[tuple[str, Stored]], answer: str) -> None:
    """Return annotated files and a few words; the pupil is told."""
    locker = rights.fetch(identity, Locker, made.locker_id, "write")
    if not given and not answer.strip():
        message = _("Joignez un fichier ou écrivez quelques mots.")
        raise Invalid(message, {"answer": [message]})
    with atomic():
        made.answer, made.returned_at = answer.strip()[:5000], now()
        if given:
            _replace_files(made, given, returned=True)
        journal.record(identity, "files.give_back", made, count=len(given))
        _tell(identity, made.owner_id, "files.given_back", locker, identity.name)


def files_of(made: HandIn) -> list[HandInFile]:
    """Files of a hand-in, those handed in first."""
    statement = select(HandInFile).where(HandInFile.hand_in_id == made.id)
    return list(db.session.scalars(statement.order_by(HandInFile.returned, HandInFile.name)))


def file_of(identity: Identity, file_id: uuid.UUID) -> HandInFile:
    """One file, for the pupil who handed it in or the person who opened the locker."""
    found = db.session.get(HandInFile, file_id)
    rights.fetch(identity, HandIn, found.hand_in_id if found else uuid.UUID(int=0))
    assert found is not None  # noqa: S101 - refused above otherwise
    return found
