"""What a functional administrator does to one account: all journalled; nobody chooses another's password.

The states: pending → active ⇄ suspended → disabled → purged; a reset brings active or suspended back to
pending. SOC-SEC-IAU-13, SOC-SEC-IAU-14, ASVS 6.4.6, 7.4.2, 7.4.5.
"""

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from preau.kernel import journal, preferences
from preau.kernel.database import db, now, today
from preau.kernel.errors import Conflict, Invalid, NotFound, Refused
from preau.kernel.identity import Identity, ProfileKind
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Membership, Person, Profile
from preau.socle.security.accounts.provisioning import provision
from preau.socle.security.accounts.schemas import AccountChange, AccountFilter, NewAccount
from preau.socle.security.authentication import pictures, sessions, throttle, totp, vault
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account, ProjectRole
from preau.socle.security.words import STATES

PERMISSION = "security.accounts"
WILDCARDS = str.maketrans("%_\\", "   ")
MOVES = {
    "suspend": (("active",), "suspended"),
    "reactivate": (("suspended",), "active"),
    "reset": (("pending", "active", "suspended"), "pending"),
    "disable": (("pending", "active", "suspended"), "disabled"),
    "enable": (("disabled",), "pending"),
}


def administered(identity: Identity, wanted: AccountFilter) -> Select[Account, Person]:
    """The accounts of the people of the identity's schools, filtered."""
    profiles = select(Profile.person_id).where(Profile.structure_id.in_(scope(identity, wanted.structure)))
    if wanted.profile:
        profiles = profiles.where(Profile.kind == wanted.profile)
    statement = (
        select(Account, Person).join(Person, Person.id == Account.person_id).where(Person.id.in_(profiles))
    )
    if wanted.group:
        statement = statement.where(
            Person.id.in_(
                select(Membership.person_id).where(
                    Membership.group_id == wanted.group, Membership.role == "member"
                )
            )
        )
    statement = statement.where(Account.state == wanted.state if wanted.state else Account.state != "purged")
    for word in wanted.q.lower().translate(WILDCARDS).split()[:4]:
        statement = statement.where(
            or_(
                func.unaccent(func.lower(Person.last_name)).contains(func.unaccent(word)),
                func.unaccent(func.lower(Person.first_name)).contains(func.unaccent(word)),
                Account.login.contains(word),
            )
        )
    return statement.order_by(Person.last_name, Person.first_name, Person.id)


def scope(identity: Identity, structure_id: int | None = None) -> list[int]:
    """The schools whose accounts the identity administers, or the one asked for among them."""
    held = set(identity.structures_with(PERMISSION))
    if identity.everywhere and identity.can(PERMISSION):
        held = set(db.session.scalars(select(Profile.structure_id).distinct()))
    return sorted(held & {structure_id} if structure_id else held)


def find(identity: Identity, uid: str) -> Account:
    """An account that the identity administers."""
    account = db.session.scalar(select(Account).join(Person).where(Person.uid == uid))
    if account is not None:
        place = select(Profile.id).where(
            Profile.person_id == account.person_id, Profile.structure_id.in_(scope(identity))
        )
        if db.session.scalar(place.limit(1)) is None:
            account = None
    if account is None:
        raise NotFound(_("Ce compte n’existe pas, ou n’est pas de vos écoles."))
    return account


def require_may_change(identity: Identity, account: Account) -> None:
    """Raise :class:`Refused` for one's own account, and for a project administrator's unless one is too."""
    if account.person_id == identity.person_id:
        raise Refused(_("Votre propre compte se règle dans « Mon compte »."))
    above = select(ProjectRole.person_id).where(ProjectRole.person_id == account.person_id).limit(1)
    if not identity.everywhere and db.session.scalar(above) is not None:
        raise Refused(_("Ce compte est celui d’un administrateur du projet : seul un autre peut y toucher."))


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


def close_devices(identity: Identity, account: Account) -> int:
    """Sign a person out everywhere."""
    require_may_change(identity, account)
    with atomic():
        count = sessions.close_all(account.person_id)
        journal.record(identity, "security.devices_closed", account, key=account.person.uid, count=count)
    return count


def change(identity: Identity, account: Account, data: AccountChange) -> None:
    """Change names, mail or login; the feed writes over the names it holds at its next run."""
    require_may_change(identity, account)
    with atomic() as session:
        taken = session.scalar(
            select(Account.person_id).where(
                Account.login == data.login, Account.person_id != account.person_id
            )
        )
        if taken is not None or login_taken(data.login, account.person_id):
            wrong = _("Cet identifiant est déjà pris. Ajoutez un chiffre ou une initiale.")
            raise Invalid(wrong, {"login": [wrong]})
        person = account.person
        before = (account.login, person.first_name, person.last_name, person.mail)
        account.login, person.first_name, person.last_name, person.mail = (
            data.login,
            data.first_name,
            data.last_name,
            data.mail,
        )
        names = ("login", "first_name", "last_name", "mail")
        after = (data.login, data.first_name, data.last_name, data.mail)
        fields = [name for name, old, new in zip(names, before, after, strict=True) if old != new]
        journal.record(identity, "security.account_changed", account, key=person.uid, fields=fields)


def login_taken(login: str, but: int) -> bool:
    """Whether somebody anywhere has that login; the wall hides who."""
    from preau.kernel.tenancy import lifted

    with lifted():
        statement = select(Account.person_id).where(Account.login == login, Account.person_id != but)
        return db.session.scalar(statement) is not None


def create(identity: Identity, data: NewAccount) -> Account:
    """A person that no feed knows (guest, stand-in), with an end date; the account waits for its code."""
    require_permission(identity, PERMISSION, data.structure)
    if data.profile == ProfileKind.EXTERNAL and data.ends_on is None:
        wrong = _("Donnez une date de fin : une personne extérieure n’a pas de compte sans fin.")
        raise Invalid(wrong, {"ends_on": [wrong]})
    with atomic() as session:
        person = Person(
            uid=new_uid(),
            first_name=data.first_name,
            last_name=data.last_name,
            mail=data.mail,
            open_to=[data.structure],
        )
        session.add(person)
        session.flush()
        session.add(
            Profile(
                person_id=person.id,
                structure_id=data.structure,
                kind=data.profile,
                source="manual",
                starts_on=today(),
                ends_on=data.ends_on,
            )
        )
        provision([person.id])
        account = session.get_one(Account, person.id)
        journal.record(
            identity, "security.account_created", account, key=person.uid, structure_id=data.structure
        )
    return account


def new_uid() -> str:
    """An opaque identifier for a person entered by hand."""
    return "M" + vault.new_code(1, 9).lower()


def code_for(identity: Identity, account: Account) -> str:
    """The code of a first sign-in for somebody who just got an account."""
    with atomic():
        require_may_change(identity, account)
        return give_code(account)


def face_of_account(person_id: int) -> str:
    """The age level of a person's interface: pictures are for the two youngest."""
    return flatten(person_id).face
