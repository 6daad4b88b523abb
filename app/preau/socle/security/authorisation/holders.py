"""The other way round: who holds a permission in a school, as principals that can be told something."""

from sqlalchemy import select

from preau.kernel.contract import registry
from preau.kernel.database import db, today
from preau.kernel.identity import EVERYONE
from preau.kernel.tenancy import lifted
from preau.socle.security.authorisation.flatten import current
from preau.socle.security.models import Grant, PermissionOverride


def principals_holding(permission: str, structure_id: int) -> list[str]:
    """Principals behind which everybody holds the permission in the structure."""
    declared = registry.permissions()[permission]
    with lifted():  # an author may not read the grants of others, but those who hold them are to be told
        overrides = {
            row.profile: row.allowed
            for row in db.session.scalars(
                select(PermissionOverride).where(
                    PermissionOverride.structure_id == structure_id,
                    PermissionOverride.permission == permission,
                )
            )
        }
        granted = db.session.scalars(
            select(Grant.principal).where(
                Grant.permission == permission,
                Grant.structure_id == structure_id,
                ~Grant.suspended,
                current(Grant, today()),
            )
        ).all()
    found = [
        f"profile:{structure_id}:{kind}"
        for kind in EVERYONE
        if overrides.get(kind, kind in declared.profiles)
    ]
    found += [f"role:{structure_id}:{name}" for name in declared.roles]
    return list(dict.fromkeys([*found, *granted]))
