"""What a functional administrator does to one account: all journalled; nobody chooses another's password.

The states: pending → active ⇄ suspended → disabled → purged; a reset brings active or suspended back to
pending. SOC-SEC-IAU-13, SOC-SEC-IAU-14, ASVS 6.4.6, 7.4.2, 7.4.5.
"""

from datetime import date, timedelta

from flask_babel import gettext as _

from preau.kernel import journal, preferences
from preau.kernel.database import now, today
from preau.kernel.errors import Conflict, Invalid
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.socle.security.accounts.reach import require_may_change
from preau.socle.security.authentication import pictures, sessions, throttle, totp, vault
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account
from preau.socle.security.words import STATES

MOVES = {
    "suspend": (("active",), "suspended"),
    "reactivate": (("suspended",), "active"),
    "reset": (("pending", "active", "suspended"), "pending"),
    "disable": (("pending", "active", "suspended"), "disabled"),
    "enable": (("disabled",), "pending"),
}


def move(identity: Identity, account: Account, action: str) -> None:
    """Change the state; :class:`Conflict` when the account is not in a state that allows it."""
    require_may_change(identity, account)
    allowed, reached = MOVES[action]
    if account.state not in allowed:
        raise Conflict(
            _(
                "Ce compte est « %(state)s » : cette action ne s’y applique pas.",
                state=STATES[account.state][0],
            )
        )
    if reached == "active" and not account.password_hash and not account.picture_hash:
        reached = "pending"
    account.state = reached
    account.rights_version += 1
    if reached != "active":
        sessions.close_all(account.person_id)


def suspend(identity: Identity, account: Account) -> None:
    """Close the door for a while; what the person made stays."""
    with atomic():
        move(identity, account, "suspend")
        journal.record(identity, "security.account_suspended", account, key=account.person.uid)


def reactivate(identity: Identity, account: Account) -> None:
    """Open the door again."""
    with atomic():
        move(identity, account, "reactivate")
        journal.record(identity, "security.account_reactivated", account, key=account.person.uid)


def reset(identity: Identity, account: Account) -> str:
    """A new code, shown this once; the former password and pictures are worth nothing any more."""
    with atomic():
        move(identity, account, "reset")
        code = give_code(account)
        throttle.unlock(account.login)
        journal.record(identity, "security.account_reset", account, key=account.person.uid)
    return code


def give_code(account: Account) -> str:
    """Put a new activation code on an account, and return it."""
    code = vault.new_code()
    account.activation_hash = vault.hash_secret(vault.clean_code(code), pepper="activation")
    account.activation_expires_at = now() + timedelta(days=preferences.value("security.code_days"))
    account.password_hash = account.picture_hash = ""
    return code


def give_pictures(account: Account) -> list[str]:
    """Draw new pictures for a young pupil; the account is ready at once. Return the sequence."""
    sequence = pictures.draw()
    account.picture_hash = pictures.hashed(sequence)
    account.activation_hash = ""
    account.state = "active"
    return sequence


def disable(identity: Identity, account: Account, purge_on: date | None) -> None:
    """Close an account for good; its personal data is erased on that day, three months away at most."""
    latest = today() + timedelta(days=preferences.value("security.purge_days"))
    if purge_on is not None and not today() < purge_on <= latest:
        wrong = _("Choisissez une date entre demain et le %(latest)s.", latest=latest.strftime("%d/%m/%Y"))
        raise Invalid(wrong, {"purge_on": [wrong]})
    with atomic():
        move(identity, account, "disable")
        account.disabled_at, account.disabled_reason = now(), "hand"
        account.purge_on = purge_on or latest
        journal.record(
            identity,
            "security.account_disabled",
            account,
            key=account.person.uid,
            purge_on=account.purge_on.isoformat(),
        )


def enable(identity: Identity, account: Account) -> None:
    """Take a closing back, before the data is erased."""
    with atomic():
        move(identity, account, "enable")
        account.state = "active" if account.password_hash or account.picture_hash else "pending"
        account.disabled_at, account.disabled_reason, account.purge_on = None, "", None
        journal.record(identity, "security.account_reactivated", account, key=account.person.uid)


def stop_second_factor(identity: Identity, account: Account) -> None:
    """The telephone is lost: the administrator checked who asks."""
    require_may_change(identity, account)
    totp.disable(identity, account)


def unblock(identity: Identity, account: Account) -> None:
    """Let a person try again before the delay is over: the administrator knows who calls."""
    require_may_change(identity, account)
    with atomic():
        throttle.unlock(account.login)
        journal.record(identity, "security.account_unblocked", account, key=account.person.uid)


def close_devices(identity: Identity, account: Account) -> int:
    """Sign a person out everywhere."""
    require_may_change(identity, account)
    with atomic():
        count = sessions.close_all(account.person_id)
        journal.record(identity, "security.devices_closed", account, key=account.person.uid, count=count)
    return count


def face_of_account(person_id: int) -> str:
    """The age level of a person's interface: pictures are for the two youngest."""
    return flatten(person_id).face
