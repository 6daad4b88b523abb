"""The second factor: a six-digit code of an application (RFC 6238), or a recovery code, each usable once.

The seed is encrypted at rest under a key of the platform; the last step used is kept, so that a code that
was seen over a shoulder is worth nothing. ASVS 6.5.
"""

import secrets
from dataclasses import dataclass

import pyotp
import segno
from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from preau.kernel import journal
from preau.kernel.database import db, now
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.authentication import vault
from preau.socle.security.authentication.models import RecoveryCode
from preau.socle.security.models import Account

USE = "totp"
STEP = 30
RECOVERY_CODES = 8


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A seed to copy into an application: its text, and its QR code as SVG."""

    seed: str
    uri: str

    @property
    def qr(self) -> str:
        """The QR code, as an SVG element."""
        return segno.make(self.uri, error="m").svg_inline(scale=5, border=2, omitsize=True)

    @property
    def spaced(self) -> str:
        """The seed by groups of four, to copy by hand."""
        return " ".join(self.seed[start : start + 4] for start in range(0, len(self.seed), 4))


def new_seed() -> str:
    """A new seed, sealed."""
    return vault.encrypt(USE, pyotp.random_base32().encode()).decode()


def enrolment(sealed: str, login: str) -> Enrolment | None:
    """What to show to somebody who enrols."""
    seed = vault.decrypt(USE, sealed.encode())
    if seed is None:
        return None
    return Enrolment(
        seed.decode(), pyotp.TOTP(seed.decode()).provisioning_uri(name=login, issuer_name="Préau")
    )


def step_of(sealed: str, code: str) -> int | None:
    """The time step a code belongs to, the one before and the one after allowed; nothing when it is wrong."""
    seed = vault.decrypt(USE, sealed.encode())
    digits = "".join(character for character in code if character.isdigit())
    if seed is None or len(digits) != 6:  # noqa: PLR2004 - RFC 6238's usual length
        return None
    generator, current = pyotp.TOTP(seed.decode()), int(now().timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(generator.generate_otp(step), digits):
            return step
    return None


def check(account: Account, code: str) -> bool:
    """Whether the code is right and was never used; it is used from now on."""
    if not account.totp_secret:
        return False
    step = step_of(account.totp_secret, code)
    if step is None:
        return _use_recovery(account.person_id, code)
    with lifted(), atomic() as session:
        # One statement decides, so that the same code sent twice at once passes once.
        used = session.execute(
            update(Account)
            .where(Account.person_id == account.person_id, func.coalesce(Account.totp_last_step, 0) < step)
            .values(totp_last_step=step)
        )
        return bool(used.rowcount)  # type: ignore[attr-defined]


def _use_recovery(person_id: int, code: str) -> bool:
    cleaned = vault.clean_code(code)
    if len(cleaned) < 10:  # noqa: PLR2004 - shorter than any recovery code: spare the digests
        return False
    with lifted(), atomic() as session:
        unused = session.scalars(
            select(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
            .with_for_update()
        ).all()
        for row in unused:
            if vault.verify_secret(row.code_hash, cleaned, pepper="recovery"):
                row.used_at = now()
                return True
    return False


def enable(identity: Identity, sealed: str, code: str) -> list[str]:
    """Turn the second factor on once its first code is right; return the recovery codes, shown once."""
    step = step_of(sealed, code)
    if step is None:
        wrong = _("Ce code n’est pas le bon. Attendez le suivant et recopiez ses six chiffres.")
        raise Invalid(wrong, {"code": [wrong]})
    codes = [vault.new_code() for _number in range(RECOVERY_CODES)]
    with atomic() as session:
        account = session.get_one(Account, identity.person_id)
        account.totp_secret, account.totp_last_step = sealed, step
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == identity.person_id))
        session.add_all(
            RecoveryCode(
                person_id=identity.person_id,
                code_hash=vault.hash_secret(vault.clean_code(each), pepper="recovery"),
            )
            for each in codes
        )
        journal.record(identity, "security.second_factor_on", account, key=identity.uid)
    return codes


def disable(identity: Identity, account: Account) -> None:
    """Turn the second factor off: by its owner, or by an administrator when the telephone is lost."""
    with atomic() as session:
        account.totp_secret, account.totp_last_step = "", None
        session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == account.person_id))
        journal.record(identity, "security.second_factor_off", account, key=account.person.uid)


def codes_left(person_id: int) -> int:
    """Recovery codes not used yet."""
    statement = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return db.session.scalar(statement) or 0
