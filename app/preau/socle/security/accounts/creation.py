"""A person that no feed knows, and the identity of an account. SOC-SEC-IAU-13, SOC-SUP-ABO-01."""

from flask_babel import gettext as _
from sqlalchemy import select

from preau.kernel import journal
from preau.kernel.database import db, today
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity, ProfileKind
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Person, Profile
from preau.socle.security.accounts.administration import give_code
from preau.socle.security.accounts.provisioning import provision
from preau.socle.security.accounts.reach import PERMISSION, require_may_change
from preau.socle.security.accounts.schemas import AccountChange, NewAccount
from preau.socle.security.authentication import vault
from preau.socle.security.models import Account


def change(identity: Identity, account: Account, data: AccountChange) -> None:
    """Change names, mail or login; the feed writes over the names it holds at its next run."""
    require_may_change(identity, account)
    with atomic():
        if login_taken(data.login, account.person_id):
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
