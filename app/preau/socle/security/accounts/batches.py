"""The same action on many accounts, by a job: progress that can be followed, a file when there is one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from preau.kernel import jobs, journal
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict, Invalid, PreauError
from preau.kernel.identity import Identity, ProfileKind
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile, Structure
from preau.socle.security.accounts import administration as one
from preau.socle.security.accounts import doors, reach, sheets
from preau.socle.security.accounts.models import AccountBatch
from preau.socle.security.authentication import pictures, sessions, throttle, vault
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account
from preau.socle.security.words import BATCHES

AT_ONCE = 20
LARGEST = 5000
FILE_LIFE = timedelta(days=1)


def ask(
    identity: Identity, kind: str, structure_id: int, person_ids: Sequence[int], label: str, **options: bool
) -> AccountBatch:
    """Enqueue an action on accounts of one school; those that are not of the school are left out."""
    require_permission(identity, reach.PERMISSION, structure_id)
    if kind not in BATCHES:
        raise Invalid(_("Choisissez une action."))
    ours = db.session.scalars(
        select(Profile.person_id)
        .where(Profile.structure_id == structure_id, Profile.person_id.in_(person_ids))
        .distinct()
    ).all()
    if not ours:
        raise Invalid(_("Cochez au moins une personne."))
    return enqueue(identity, kind, structure_id, sorted(ours), label, **options)


def enqueue(
    identity: Identity, kind: str, structure_id: int, person_ids: Sequence[int], label: str, **options: bool
) -> AccountBatch:
    """Enqueue an action on accounts; the caller checked the right to act on each."""
    if len(person_ids) > LARGEST:
        raise Invalid(_("Au plus %(count)s comptes à la fois : choisissez une classe.", count=LARGEST))
    with atomic() as session:
        batch = AccountBatch(
            kind=kind,
            label=label[:200],
            structure_id=structure_id,
            person_ids=list(person_ids),
            asked_by_id=identity.person_id,
            options={**options, "origin": identity.origin},
        )
        session.add(batch)
        session.flush()
        journal.record(identity, "security.batch", batch, by=kind, count=len(person_ids))
        jobs.defer(run, batch_id=str(batch.id))
    return batch


@jobs.task("security.batch", retry=1)
def run(batch_id: str) -> None:
    """Do a batch, some accounts at a time; done again after a crash, it ends the same."""
    batch = db.session.get(AccountBatch, batch_id)
    if batch is None or batch.state == "done":
        return
    actor = flatten(batch.asked_by_id, origin=batch.options.get("origin", ""))
    slips: list[sheets.Slip] = []
    batch_id, people, kind, options = str(batch.id), list(batch.person_ids), batch.kind, dict(batch.options)
    structure_id = batch.structure_id
    changed = 0
    for start in range(0, len(people), AT_ONCE):
        with atomic() as session:
            for person_id in people[start : start + AT_ONCE]:
                changed += _do(actor, kind, person_id, structure_id, slips, options)
            session.execute(
                update(AccountBatch)
                .where(AccountBatch.id == batch_id)
                .values(state="running", done=min(start + AT_ONCE, len(people)), changed=changed)
            )
    with atomic() as session:
        values: dict[str, object] = {"state": "done", "changed": changed}
        if slips:
            school = session.get_one(Structure, structure_id)
            pdf = sheets.pdf(school.name, batch.label, slips)
            values |= {"file": vault.encrypt("sheets", pdf), "expires_at": now() + FILE_LIFE}
        session.execute(update(AccountBatch).where(AccountBatch.id == batch_id).values(**values))


def _do(
    actor: Identity,
    kind: str,
    person_id: int,
    structure_id: int,
    slips: list[sheets.Slip],
    options: dict[str, Any],
) -> int:
    account = db.session.get(Account, person_id, populate_existing=True)
    if account is None:
        return 0
    try:
        if kind == "sheets":
            slip = _slip(actor, account, structure_id, everybody=options.get("everybody", False))
            slips += [slip] if slip else []
            return int(slip is not None)
        {"suspend": one.suspend, "reactivate": one.reactivate, "reset": _reset_silently}[kind](actor, account)
    except (Conflict, PreauError):
        # One account that cannot take the action (own account, other state) does not stop the others.
        return 0
    return 1


def _reset_silently(actor: Identity, account: Account) -> None:
    one.reset(actor, account)


def _slip(actor: Identity, account: Account, structure_id: int, *, everybody: bool) -> sheets.Slip | None:
    reach.require_may_change(actor, account)
    if account.state not in ("pending", "active") or (account.state == "active" and not everybody):
        return None
    kinds = db.session.scalars(select(Profile.kind).where(Profile.person_id == account.person_id)).all()
    journal.record(
        actor, "security.account_reset", account, key=account.person.uid, structure_id=structure_id
    )
    throttle.unlock(account.login)
    # Whoever used the former code is out, whether or not a new one follows by pictures.
    sessions.close_all(account.person_id)
    if set(kinds) == {ProfileKind.PUPIL} and one.face_of_account(account.person_id) in pictures.FACES:
        door = doors.of_pupil(actor, account.person_id, structure_id)
        if door is not None:
            drawn = one.give_pictures(account)
            return sheets.Slip(
                account.person.name, account.login, pictures=drawn, door=doors.address_of(door)
            )
    account.state = "pending"
    return sheets.Slip(account.person.name, account.login, code=one.give_code(account))


def file_of(identity: Identity, batch: AccountBatch) -> bytes | None:
    """The sheets, for whoever asked for them only, for a day."""
    if batch.asked_by_id != identity.person_id or batch.expires_at is None or batch.expires_at < now():
        return None
    with atomic():
        journal.record(identity, "security.sheets_read", batch)
    return vault.decrypt("sheets", batch.file) if batch.file else None


@jobs.task("security.forget_sheets")
def forget_sheets() -> None:
    """Erase the files whose day is over."""
    with lifted(), atomic() as session:
        session.execute(
            update(AccountBatch).where(AccountBatch.expires_at < now()).values(file=None, expires_at=None)
        )
