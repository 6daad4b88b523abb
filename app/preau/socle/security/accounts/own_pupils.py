"""A teacher gives new codes to the pupils of the classes and groups they teach, and to nobody else.

The school opens or closes it by the right ``security.pupil_codes``. SOC-SEC-IAU-14.
"""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import Select, exists, or_, select

from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound
from preau.kernel.identity import Identity, ProfileKind
from preau.kernel.rights import require_permission
from preau.socle.directory.models import Group, Membership, Person, Profile, Teaching
from preau.socle.security.accounts import batches
from preau.socle.security.accounts.models import AccountBatch
from preau.socle.security.models import Account

PERMISSION = "security.pupil_codes"


def taught(identity: Identity) -> Select[Group]:
    """The classes and groups that the identity teaches, where the school lets teachers give codes."""
    teaches = exists().where(Teaching.group_id == Group.id, Teaching.person_id == identity.person_id)
    leads = exists().where(
        Membership.group_id == Group.id,
        Membership.person_id == identity.person_id,
        Membership.role == "teacher",
    )
    return (
        select(Group)
        .where(
            Group.structure_id.in_(identity.structures_with(PERMISSION)),
            Group.kind.in_(["class", "teaching"]),
            or_(teaches, leads),
        )
        .order_by(Group.kind, Group.name)
    )


def taught_group(identity: Identity, group_id: int) -> Group:
    """One of them; any other group is not found."""
    group = db.session.scalar(taught(identity).where(Group.id == group_id))
    if group is None or group.structure_id is None:
        raise NotFound(_("Ce n’est pas une de vos classes."))
    require_permission(identity, PERMISSION, group.structure_id)
    return group


def pupils(group: Group) -> Select[Account, Person]:
    """The pupils of a group whose account is open or waits for its code; those who are also something else left out."""
    other = exists().where(Profile.person_id == Person.id, Profile.kind != ProfileKind.PUPIL)
    return (
        select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.group_id == group.id,
            Membership.role == "member",
            Account.state.in_(["pending", "active"]),
            ~other,
        )
        .order_by(Person.last_name, Person.first_name)
    )


def new_codes(identity: Identity, group: Group, person_ids: Collection[int]) -> AccountBatch:
    """Enqueue new sheets for some pupils of a group; their former password or pictures are worth nothing any more."""
    theirs = {account.person_id for account, _person in db.session.execute(pupils(group))}
    chosen = sorted(theirs & set(person_ids))
    if not chosen or group.structure_id is None:
        wrong = _("Cochez au moins un élève.")
        raise Invalid(wrong, {"person": [wrong]})
    return batches.enqueue(identity, "sheets", group.structure_id, chosen, group.name, everybody=True)
