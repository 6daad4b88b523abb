"""Sign in: by password or by pictures, then by a second factor when there is one.

Whatever is wrong, the answer and its time are the same: nobody learns which logins exist (ASVS 6.3.8).
SOC-SEC-IAU-01, SOC-SEC-IAU-03, SOC-SEC-IAU-06, SOC-SEC-APS-03.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.errors import Refused
from preau.kernel.identity import AuthenticationLevel, Identity, system
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person
from preau.socle.security.authentication import pictures, sessions, throttle, totp, vault
from preau.socle.security.authentication.visit import Visit
from preau.socle.security.models import Account
from preau.socle.security.policy import charter, detection

LOGIN_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Proven:
    """A person whose secret was right. ``second_factor``: one more proof is needed before the session opens."""

    person_id: int
    level: AuthenticationLevel
    second_factor: bool = False


class SignInRefused(Refused):
    """The sign-in is refused; the message never says whether the account exists."""

    code = "PRE-AUT-001"


class ActivationFirst(Refused):
    """The secret is the code of a sheet: the account must be activated first."""

    code = "PRE-AUT-002"


def clean_login(typed: str) -> str:
    """A login as it is stored, whatever the case and the spaces around."""
    return unicodedata.normalize("NFKC", typed).strip().lower()[:LOGIN_LENGTH]


def nobody(visit: Visit) -> Identity:
    """Who acts before anybody is known."""
    return replace(system("connexion"), origin=visit.origin)


def with_password(login: str, password: str, visit: Visit) -> Proven:
    """Check a login and its password."""
    login = clean_login(login)
    account = find(login)

    def check() -> bool:
        if account is not None and account.state == "pending" and account.activation_hash:
            return vault.verify_secret(
                account.activation_hash, vault.clean_code(password), pepper="activation"
            )
        return vault.verify_secret(account.password_hash if account else "", password)

    _try(login, account, visit, check)
    if account is None:
        raise refusal()
    if account.state == "pending":
        raise ActivationFirst(_("C’est votre première connexion : choisissez d’abord votre mot de passe."))
    if vault.outdated(account.password_hash):
        with lifted(), atomic():
            account.password_hash = vault.hash_secret(password)
    return _open_to(account, AuthenticationLevel.PASSWORD, visit)


def with_pictures(person_id: int, sequence: list[str], visit: Visit) -> Proven:
    """Check the pictures of a pupil."""
    with lifted():
        account = db.session.get(Account, person_id, populate_existing=True)
    _try(
        account.login if account else f"#{person_id}",
        account,
        visit,
        lambda: pictures.matches(account.picture_hash if account else "", sequence),
        kind="pictures",
    )
    if account is None:
        raise refusal()
    return _open_to(account, AuthenticationLevel.PICTURE, visit)


def with_second_factor(person_id: int, code: str, visit: Visit) -> Proven:
    """Check the second factor of a person whose password was right: application code or recovery code."""
    with lifted():
        account = db.session.get_one(Account, person_id, populate_existing=True)
    _try(account.login, account, visit, lambda: totp.check(account, code), kind="code")
    return Proven(person_id, AuthenticationLevel.SECOND_FACTOR)


def with_present_password(account: Account, password: str, visit: Visit) -> None:
    """Check the password of somebody signed in who changes what guards the account, as slowly as at the door."""
    _try(
        account.login,
        account,
        visit,
        lambda: vault.verify_secret(account.password_hash, password[:1000]),
        kind="current",
    )


def stamp_of(person_id: int) -> str:
    """Changes with the secrets and the state of an account: what was proved before a change is worth nothing after."""
    with lifted():
        account = db.session.get_one(Account, person_id, populate_existing=True)
        secrets = (account.state, account.password_hash, account.activation_hash, account.picture_hash)
    return vault.keyed_digest("half-way", "|".join(secrets))[:32]


def open_for(proven: Proven, visit: Visit) -> tuple[str, Identity]:
    """Open the session of a person who proved enough; return the cookie's token and the identity."""
    with lifted(), atomic() as session:
        account = session.get_one(Account, proven.person_id, populate_existing=True)
        before, account.last_seen_at = account.last_seen_at, now()
        due = charter.due(account, proven.level)
        steps = ["password"] if account.must_change_password else []
        steps += ["charter"] if due else []
        token, identity = sessions.open_session(
            proven.person_id,
            proven.level,
            device=visit.device,
            origin=visit.origin,
            # The home says what is new since then.
            data=({"steps": steps} if steps else {}) | ({"since": before.isoformat()} if before else {}),
        )
        journal.record(identity, "security.sign_in", account, key=identity.uid, level=int(proven.level))
        detection.signed_in_from(identity, visit)
    return token, identity


def sign_out(identity: Identity) -> None:
    """The journal's line of a sign-out."""
    with atomic():
        journal.record(identity, "security.sign_out", kind="account", key=identity.uid)


def stepped_up(identity: Identity, level: AuthenticationLevel) -> None:
    """The journal's line of a stronger proof."""
    with atomic():
        journal.record(identity, "security.step_up", kind="account", key=identity.uid, level=int(level))


def find(login: str) -> Account | None:
    """The account of a login, over the walls: nobody is signed in yet."""
    with lifted():
        return db.session.scalar(
            select(Account).where(Account.login == login).execution_options(populate_existing=True)
        )


def login_of(person_id: int) -> str:
    """The login of a person who proved a code, over the walls."""
    with lifted():
        return db.session.scalar(select(Account.login).where(Account.person_id == person_id)) or ""


def refusal() -> SignInRefused:
    """The one answer to whatever is wrong."""
    return SignInRefused(_("Identifiant ou mot de passe incorrect. Vérifiez les majuscules et recommencez."))


def blocked(minutes: int) -> SignInRefused:
    """Too many attempts."""
    return SignInRefused(
        ngettext(
            "Trop d’essais. Attendez %(num)s minute puis recommencez, ou demandez un nouveau code à votre école.",
            "Trop d’essais. Attendez %(num)s minutes puis recommencez, ou demandez un nouveau code à votre école.",
            minutes,
        ),
        code="PRE-AUT-003",
    )


def _try(
    login: str, account: Account | None, visit: Visit, check: Callable[[], bool], kind: str = "login"
) -> None:
    attempt = throttle.take(login, visit.origin, kind)
    if attempt.blocked:
        raise blocked(attempt.minutes)
    if check() and account is not None:
        throttle.give_back(attempt)
        return
    actor = nobody(visit)
    with lifted(), atomic():
        if account is None:
            # Not the login that was typed: people type their password there.
            journal.record(actor, "security.sign_in_failed", kind="account", unknown=True)
        else:
            key = db.session.get_one(Person, account.person_id).uid
            school = charter.school_of(account.person_id)
            journal.record(actor, "security.sign_in_failed", account, key=key, structure_id=school, by=kind)
    watch_failure(attempt, account, login, visit)
    raise refusal()


def watch_failure(attempt: throttle.Attempt, account: Account | None, login: str, visit: Visit) -> None:
    """A secret was wrong: alert when it is the one that blocks the account or the origin."""
    actor = nobody(visit)
    if attempt.locking and account is not None:
        with lifted():
            detection.account_locked(actor, account, account.person.name)
    if throttle.note_origin(visit.origin, login):
        detection.origin_blocked(actor)


def _open_to(account: Account, level: AuthenticationLevel, visit: Visit) -> Proven:
    if account.state != "active":
        with lifted(), atomic():
            journal.record(
                nobody(visit),
                "security.sign_in_refused",
                account,
                structure_id=charter.school_of(account.person_id),
                key=account.person.uid,
                state=account.state,
            )
        raise SignInRefused(
            _("Ce compte est suspendu. Adressez-vous à l’administrateur de votre école ou établissement."),
            code="PRE-AUT-004",
        )
    return Proven(account.person_id, level, second_factor=bool(account.totp_secret))
