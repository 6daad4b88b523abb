"""Whose accounts a functional administrator reaches, and whose stay out of reach. SOC-SUP-ABO-04."""

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from preau.kernel.database import db
from preau.kernel.errors import NotFound, Refused
from preau.kernel.identity import Identity
from preau.socle.directory.models import Membership, Person, Profile
from preau.socle.security.accounts.schemas import AccountFilter
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.authorisation.operations import by_right
from preau.socle.security.models import Account, ProjectRole

PERMISSION = "security.accounts"
POWERS = frozenset({PERMISSION, "security.rights", "security.journal", "security.policy"})
WILDCARDS = str.maketrans("%_\\", "   ")


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
    """Raise :class:`Refused` for one's own account, and for that of somebody who can do more than oneself.

    A new code opens an account: who gives one must hold, by right and in each school, whatever right over
    accounts, rights, journal and policy the account holds.
    """
    if account.person_id == identity.person_id:
        raise Refused(_("Votre propre compte se règle dans « Mon compte »."))
    if identity.everywhere:
        return
    above = select(ProjectRole.person_id).where(ProjectRole.person_id == account.person_id).limit(1)
    if db.session.scalar(above) is not None:
        raise Refused(_("Ce compte est celui d’un administrateur du projet : seul un autre peut y toucher."))
    theirs = {grant for grant in flatten(account.person_id).grants if _is_power(grant)}
    if theirs and theirs - by_right(identity).grants:
        raise Refused(
            _(
                "Cette personne administre des comptes ou des droits que vous n’administrez pas :"
                " demandez à quelqu’un qui le fait, dans chacune de ses écoles."
            )
        )


def _is_power(grant: str) -> bool:
    name, _at, structure_id = grant.partition("@")
    return bool(structure_id) and name in POWERS
