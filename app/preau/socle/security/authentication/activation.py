"""First sign-in: the code of a sheet, then a password of one's own, the charter, a way to be called back.

SOC-SEC-IAU-13, SOC-SEC-IAU-14, RUL-62, ASVS 6.4.1.
"""

from flask_babel import gettext as _

from preau.kernel import events, journal
from preau.kernel.database import db, now
from preau.kernel.errors import Invalid
from preau.kernel.identity import AuthenticationLevel, Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import passwords, signin, throttle, vault
from preau.socle.security.authentication.signin import Proven, SignInRefused
from preau.socle.security.authentication.visit import Visit
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account
from preau.socle.security.policy import charter

PEPPER = "activation"


def check_code(login: str, code: str, visit: Visit) -> int:
    """The person that a login and a code of a sheet belong to; one refusal whatever is wrong."""
    login = signin.clean_login(login)
    account = signin.find(login)
    attempt = throttle.take(login, visit.origin, "activation")
    if attempt.blocked:
        raise signin.blocked(attempt.minutes)
    valid = account is not None and account.state == "pending" and not _expired(account)
    stored = account.activation_hash if account is not None and valid else ""
    if vault.verify_secret(stored, vault.clean_code(code), pepper=PEPPER) and account is not None:
        throttle.give_back(attempt)
        return account.person_id
    with lifted(), atomic():
        journal.record(
            signin.nobody(visit),
            "security.activation_failed",
            kind="account",
            key=account.person.uid if account else "",
            structure_id=charter.school_of(account.person_id) if account else None,
        )
    signin.watch_failure(attempt, account, login, visit)
    raise SignInRefused(
        _(
            "Identifiant ou code incorrect. Recopiez-les depuis la fiche ;"
            " si elle a déjà servi ou si elle est ancienne, demandez-en une nouvelle à l’école."
        ),
        code="PRE-AUT-005",
    )


def activate(person_id: int, password: str, visit: Visit) -> tuple[Proven, Identity]:
    """Turn a pending account into an active one, charter accepted; return the proof that opens its session."""
    with lifted(), atomic() as session:
        account = session.get_one(Account, person_id, populate_existing=True, with_for_update=True)
        if account.state != "pending":
            raise SignInRefused(_("Ce compte est déjà activé : connectez-vous."), code="PRE-AUT-006")
        identity = flatten(person_id, origin=visit.origin)
        passwords.require_good(identity, account, password)
        account.password_hash = vault.hash_secret(password)
        account.activation_hash, account.activation_expires_at = "", None
        account.must_change_password = False
        account.state = "active"
        charter.accept(identity, account)
        journal.record(identity, "security.account_activated", account, key=identity.uid)
        events.publish("security.activated", identity, account)
    return Proven(person_id, AuthenticationLevel.PASSWORD), identity


def faults(person_id: int, password: str) -> dict[str, list[str]]:
    """What is wrong with a password that a person is choosing, by field; nothing when it suits."""
    with lifted():
        account = db.session.get_one(Account, person_id)
        try:
            passwords.require_good(flatten(person_id), account, password)
        except Invalid as invalid:
            return invalid.errors
    return {}


def _expired(account: Account) -> bool:
    return account.activation_expires_at is not None and account.activation_expires_at < now()
