"""Who may do what: a school's choices by profile, grants, delegations, roles. All visible, dated, revocable.

Nobody gives what they do not hold there, nor what they only hold by delegation. When rights move, the
people concerned are flattened again at their next request. SOC-SEC-AUT-03, SOC-SUP-ABO-04.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import events, journal, preferences
from preau.kernel.contract import Permission, registry
from preau.kernel.database import db, today
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import principals
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Profile
from preau.socle.security.authorisation.flatten import flatten
from preau.socle.security.models import Account, Grant

PERMISSION = "security.rights"


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both included; either may be open."""

    starts_on: date | None = None
    ends_on: date | None = None

    def require_sound(self) -> None:
        """Raise :class:`Invalid` when it ends before it starts or is already over."""
        if self.ends_on is not None and self.ends_on < max(self.starts_on or today(), today()):
            wrong = _("La date de fin est passée, ou avant la date de début.")
            raise Invalid(wrong, {"ends_on": [wrong]})


def rights_moved_for(keys: Collection[str]) -> None:
    """Flatten again, at their next request, everybody behind these principals."""
    with lifted():
        db.session.flush()
        db.session.execute(
            update(Account)
            .where(Account.person_id.in_(principals().members(list(keys))))
            .values(rights_version=Account.rights_version + 1)
            .execution_options(synchronize_session=False)
        )


def by_right(identity: Identity) -> Identity:
    """The identity with what it holds by itself, without what others lent it."""
    return identity if identity.everywhere else flatten(identity.person_id, loans=False)


def givable(identity: Identity, structure_id: int) -> dict[str, Permission]:
    """The permissions that the identity may give in a school: held there by right, and delegable."""
    held = by_right(identity)
    return {
        name: permission
        for name, permission in registry.permissions().items()
        if permission.delegable and held.can(name, structure_id)
    }


def require_givable(identity: Identity, structure_id: int, names: Collection[str]) -> None:
    """Raise :class:`Refused` unless all may be given."""
    held = givable(identity, structure_id)
    missing = [name for name in names if name not in held]
    if missing:
        labels = ", ".join(
            str(registry.permissions()[name].label) if name in registry.permissions() else name
            for name in missing
        )
        raise Refused(
            _("Vous ne pouvez pas donner un droit que vous n’avez pas vous-même : %(labels)s.", labels=labels)
        )


def give(
    identity: Identity, structure_id: int, permissions: Collection[str], keys: Collection[str], period: Period
) -> int:
    """Give permissions to principals in a school for a time; return how many grants stand."""
    require_permission(identity, PERMISSION, structure_id)
    _not_to_oneself(identity, keys)
    return _give(identity, structure_id, permissions, keys, period, "security.grant", None)


def delegate(
    identity: Identity, structure_id: int, permissions: Collection[str], person_id: int, period: Period
) -> int:
    """Lend some of one's own rights to a colleague of the same school, until a date. SOC-SUP-ABO-04."""
    _require_short(identity, structure_id, period)
    if person_id == identity.person_id:
        wrong = _("Choisissez quelqu’un d’autre que vous.")
        raise Invalid(wrong, {"person": [wrong]})
    place = select(Profile.id).where(
        Profile.person_id == person_id,
        Profile.structure_id == structure_id,
        Profile.left_on.is_(None),
        Profile.kind != "pupil",
        Profile.kind != "guardian",
    )
    if db.session.scalar(place.limit(1)) is None:
        wrong = _("On ne délègue qu’à un membre du personnel de la même école.")
        raise Invalid(wrong, {"person": [wrong]})
    keys = [f"person:{person_id}"]
    return _give(identity, structure_id, permissions, keys, period, "security.delegate", identity.person_id)


def _not_to_oneself(identity: Identity, keys: Collection[str]) -> None:
    """A right that ends some day must not outlive itself by a gift to oneself."""
    if f"person:{identity.person_id}" in keys and not identity.everywhere:
        wrong = _("Choisissez quelqu’un d’autre que vous.")
        raise Invalid(wrong, {"principals": [wrong]})


def _require_short(identity: Identity, structure_id: int, period: Period) -> None:
    """Raise :class:`Invalid` unless a delegation ends soon enough."""
    longest = timedelta(days=preferences.value("security.delegation_days", identity, structure_id))
    start = max(period.starts_on or today(), today())
    if period.ends_on is None or period.ends_on > start + longest:
        wrong = _("Donnez une date de fin, au plus %(days)s jours après le début.", days=longest.days)
        raise Invalid(wrong, {"ends_on": [wrong]})


def _give(
    identity: Identity,
    structure_id: int,
    permissions: Collection[str],
    keys: Collection[str],
    period: Period,
    action: str,
    by: int | None,
) -> int:
    if not permissions or not keys:
        wrong = _("Choisissez au moins un droit et un destinataire.")
        raise Invalid(wrong, {"permissions": [wrong]})
    period.require_sound()
    require_givable(identity, structure_id, permissions)
    unknown = set(keys) - set(principals().describe(keys))
    if unknown:
        wrong = _("Un des destinataires n’existe plus.")
        raise Invalid(wrong, {"principals": [wrong]})
    with atomic() as session:
        for permission in permissions:
            for key in keys:
                values: dict[str, Any] = {
                    "starts_on": period.starts_on,
                    "ends_on": period.ends_on,
                    "suspended": False,
                }
                values |= {"delegated_by_id": by}
                statement = insert(Grant).values(
                    id=uuid.uuid4(), structure_id=structure_id, permission=permission, principal=key, **values
                )
                # A loan does not put an end to what the colleague already holds for good.
                session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["structure_id", "permission", "principal"],
                        set_=values,
                        where=Grant.delegated_by_id.is_not(None) if by else None,
                    )
                )
                journal.record(
                    identity,
                    action,
                    kind="permission_grant",
                    key=permission,
                    structure_id=structure_id,
                    principal=key,
                    until=period.ends_on.isoformat() if period.ends_on else None,
                )
        rights_moved_for(keys)
        events.publish("security.rights_moved", identity, principals=list(keys))
    return len(permissions) * len(keys)


def find_grant(identity: Identity, key: object) -> Grant:
    """A grant that the identity may change: of a school where it administers rights, or lent by itself."""
    grant = db.session.get(Grant, key, populate_existing=True)
    if grant is None or not (
        identity.can(PERMISSION, grant.structure_id)
        or identity.everywhere
        or grant.delegated_by_id == identity.person_id
    ):
        raise NotFound(_("Ce droit n’existe plus."))
    return grant


def change_grant(identity: Identity, grant: Grant, period: Period, *, suspended: bool) -> None:
    """Change the dates of a grant, suspend it or bring it back.

    Suspending takes away; anything else gives, and only who may give the right does it, to somebody else.
    """
    period.require_sound()
    if not suspended:
        require_givable(identity, grant.structure_id, [grant.permission])
        _not_to_oneself(identity, [grant.principal])
    if grant.delegated_by_id is not None and (period.starts_on, period.ends_on) != (
        grant.starts_on,
        grant.ends_on,
    ):
        _require_short(identity, grant.structure_id, period)
    with atomic():
        grant.starts_on, grant.ends_on, grant.suspended = period.starts_on, period.ends_on, suspended
        journal.record(
            identity,
            "security.grant_changed",
            grant,
            principal=grant.principal,
            suspended=suspended,
            until=period.ends_on.isoformat() if period.ends_on else None,
        )
        rights_moved_for([grant.principal])


def withdraw(identity: Identity, grant: Grant) -> None:
    """Take a grant back."""
    with atomic() as session:
        journal.record(
            identity,
            "security.grant_withdrawn",
            grant,
            principal=grant.principal,
            permission=grant.permission,
        )
        rights_moved_for([grant.principal])
        session.delete(grant)
