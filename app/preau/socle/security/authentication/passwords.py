"""Choose a password: by its owner only, against the policy of that person. ASVS 6.2.2, 6.2.3, 6.4.6."""

from flask_babel import gettext as _

from preau.kernel import events, journal
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person
from preau.socle.security.authentication import sessions, signin, vault
from preau.socle.security.authentication.signin import SignInRefused
from preau.socle.security.authentication.visit import Visit
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account
from preau.socle.security.policy import passwords as policy


def own_words(person: Person, account: Account) -> list[str]:
    """What may not be in the person's password."""
    return [person.first_name, person.last_name, account.login, *account.login.replace("-", ".").split(".")]


def require_good(identity: Identity, account: Account, password: str) -> None:
    """Raise :class:`Invalid` unless the password suits the person."""
    with lifted():
        words = own_words(account.person, account)
    found = policy.faults(policy.policy_of(identity), password, words)
    if found:
        raise Invalid(_("Ce mot de passe ne convient pas."), {"password": found})


def change_password(
    identity: Identity,
    current: str,
    password: str,
    *,
    keep: sessions.Device | None = None,
    close_others: bool = True,
) -> None:
    """The owner changes the password, the present one given; the other devices are signed out if asked."""
    account = db.session.get_one(Account, identity.person_id, populate_existing=True)
    # Before the transaction: a failure counts even though nothing else is written.
    require_current(identity, account, current)
    with atomic():
        require_good(identity, account, password)
        _write(identity, account, password)
        if close_others:
            sessions.close_all(identity.person_id, but=keep)


def require_current(identity: Identity, account: Account, current: str) -> None:
    """Raise :class:`Invalid` unless it is the present password. Tries are counted as at sign-in (ASVS 6.3.1)."""
    try:
        signin.with_present_password(account, current, Visit(identity.origin))
    except SignInRefused as refused:
        blocked = refused.code == "PRE-AUT-003"
        wrong = refused.message if blocked else _("Ce n’est pas votre mot de passe actuel. Recommencez.")
        raise Invalid(wrong, {"current": [wrong]}) from None


def reset_password(person_id: int, password: str, *, by: str, origin: str = "") -> Identity:
    """The owner chooses a password after a code; every device is signed out. Return the identity."""
    with lifted(), atomic() as session:
        account = session.get_one(Account, person_id, populate_existing=True)
        identity = flatten(person_id, origin=origin)
        require_good(identity, account, password)
        _write(identity, account, password, by=by)
        sessions.close_all(person_id)
    return identity


def _write(identity: Identity, account: Account, password: str, by: str = "owner") -> None:
    account.password_hash = vault.hash_secret(password)
    account.must_change_password = False
    journal.record(identity, "security.password_changed", account, key=account.person.uid, by=by)
    events.publish("security.password_changed", identity, account)
