"""The second channel: a code by mail or SMS, for a forgotten password or to confirm an address.

The answer is the same whether or not the account exists or has an address. A code lives ten minutes, is
tried five times, serves once, and only in the browser that asked for it. SOC-SUP-ABO-03, ASVS 6.4.3, 6.6.
"""

import re
import secrets
import uuid
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, update

from preau.kernel import journal
from preau.kernel.database import now
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.ports.mail_out import Message, mail_out
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import signin, throttle, vault
from preau.socle.security.authentication.models import SecondChannelCode
from preau.socle.security.authentication.visit import Visit
from preau.socle.security.models import Account
from preau.socle.security.policy import charter

LIFE = timedelta(minutes=10)
TRIES = 5
PEPPER = "second-channel"


def channel_of(account: Account) -> tuple[str, str] | None:
    """Where a code may be sent: the address the person confirmed, else the one the school knows."""
    if account.recovery_mail:
        return "mail", account.recovery_mail
    if account.recovery_mobile:
        return "sms", account.recovery_mobile
    return ("mail", account.person.mail) if account.person.mail else None


def clean_address(medium: str, typed: str) -> str:
    """An address as it is kept, or :class:`Invalid`."""
    address = typed.strip()[:200]
    if medium == "sms":
        digits = "".join(character for character in address if character.isdigit() or character == "+")
        if re.fullmatch(r"0[67]\d{8}|\+\d{8,15}", digits):
            return digits
        wrong = _("Écrivez un numéro de mobile, par exemple 06 12 34 56 78.")
    else:
        if re.fullmatch(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]+\.[^@\s<>\"',;.]{2,}", address):
            return address
        wrong = _("Écrivez une adresse électronique, par exemple prenom@exemple.fr.")
    raise Invalid(wrong, {"address": [wrong]})


def ask(login: str, visit: Visit) -> uuid.UUID:
    """Send a code if the login has an account with an address; return the request's id, made up otherwise."""
    login = signin.clean_login(login)
    attempt = throttle.take(login, visit.origin, "forgotten")
    if attempt.blocked:
        raise signin.blocked(attempt.minutes)
    with lifted(), atomic():
        account = signin.find(login)
        channel = channel_of(account) if account is not None and account.state == "active" else None
        return _send(account, "password", channel, visit)


def confirm_address(identity: Identity, medium: str, address: str, visit: Visit) -> uuid.UUID:
    """Send a code to an address that its owner wants to be called back at; the code confirms it."""
    with lifted(), atomic() as session:
        account = session.get_one(Account, identity.person_id)
        return _send(account, f"confirm_{medium}", (medium, address), visit)


def _send(account: Account | None, purpose: str, channel: tuple[str, str] | None, visit: Visit) -> uuid.UUID:
    request_id, code = uuid.uuid4(), f"{secrets.randbelow(10**8):08d}"
    # Hashed even when nothing is sent: the time tells nothing.
    code_hash = vault.hash_secret(code, pepper=PEPPER)
    with atomic() as session:
        session.execute(delete(SecondChannelCode).where(SecondChannelCode.expires_at < now()))
        if account is None or channel is None:
            return request_id
        medium, address = channel
        session.add(
            SecondChannelCode(
                id=request_id,
                person_id=account.person_id,
                purpose=purpose,
                code_hash=code_hash,
                target=address,
                expires_at=now() + LIFE,
            )
        )
        spaced = f"{code[:4]} {code[4:]}"
        mail_out().send(
            Message(
                medium,
                address,
                _(
                    "Votre code Préau : %(code)s. Il est valable dix minutes."
                    " Si vous n’avez rien demandé, ne faites rien.",
                    code=spaced,
                ),
                subject=_("Votre code pour l’ENT"),
                person_id=account.person_id,
                kind="security.code",
                secret=True,
            )
        )
        journal.record(
            signin.nobody(visit),
            "security.code_sent",
            account,
            key=account.person.uid,
            structure_id=charter.school_of(account.person_id),
            by=medium,
            purpose=purpose,
        )
    return request_id


def check(request_id: uuid.UUID, code: str, purpose: str) -> SecondChannelCode:
    """The request whose code this is; it serves no more. :class:`Invalid` otherwise, one message for all cases."""
    digits = "".join(character for character in code if character.isdigit())
    with lifted():
        with atomic() as session:
            # Counted before it is looked at: five tries are five tries, even all at once.
            counted = session.execute(
                update(SecondChannelCode)
                .where(
                    SecondChannelCode.id == request_id,
                    SecondChannelCode.purpose == purpose,
                    SecondChannelCode.expires_at > now(),
                    SecondChannelCode.tries < TRIES,
                )
                .values(tries=SecondChannelCode.tries + 1)
                .returning(SecondChannelCode)
                .execution_options(populate_existing=True)
            ).scalar_one_or_none()
        if vault.verify_secret(counted.code_hash if counted else "", digits, pepper=PEPPER) and counted:
            with atomic() as session:
                session.execute(delete(SecondChannelCode).where(SecondChannelCode.id == request_id))
            return counted
    wrong = _("Ce code n’est pas le bon, ou il n’est plus valable. Vérifiez-le ou demandez-en un autre.")
    raise Invalid(wrong, {"code": [wrong]})


def keep_address(identity: Identity, request_id: uuid.UUID, code: str, medium: str) -> str:
    """The owner received the code: keep the address."""
    confirmed = check(request_id, code, f"confirm_{medium}")
    with atomic() as session:
        account = session.get_one(Account, identity.person_id)
        if medium == "sms":
            account.recovery_mobile = confirmed.target
        else:
            account.recovery_mail = confirmed.target
        journal.record(identity, "security.recovery_address", account, key=identity.uid, by=medium)
    return confirmed.target


def forget_address(identity: Identity, medium: str) -> None:
    """The owner takes an address back."""
    with atomic() as session:
        account = session.get_one(Account, identity.person_id)
        if medium == "sms":
            account.recovery_mobile = ""
        else:
            account.recovery_mail = ""
        journal.record(identity, "security.recovery_address_removed", account, key=identity.uid, by=medium)
