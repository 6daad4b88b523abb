"""What each profile may do in a school, against what services propose. SOC-SEC-AUT-03."""

from sqlalchemy import delete, select

from preau.kernel import journal
from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.identity import EVERYONE, Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.security.authorisation.operations import PERMISSION, require_givable, rights_moved_for
from preau.socle.security.models import PermissionOverride


def choose_permissions(identity: Identity, structure_id: int, wanted: dict[tuple[str, str], bool]) -> int:
    """What each profile may do in a school, by (permission, profile); return how many choices changed."""
    require_permission(identity, PERMISSION, structure_id)
    declared, moved = registry.permissions(), 0
    with atomic() as session:
        present = chosen_permissions(structure_id)
        changes = {
            key: value for key, value in wanted.items() if present.get(key) != value and key[0] in declared
        }
        require_givable(identity, structure_id, {permission for permission, _profile in changes})
        for (permission, profile), allowed in changes.items():
            where = (
                PermissionOverride.structure_id == structure_id,
                PermissionOverride.permission == permission,
                PermissionOverride.profile == profile,
            )
            session.execute(delete(PermissionOverride).where(*where))
            if allowed != (profile in declared[permission].profiles):
                session.add(
                    PermissionOverride(
                        structure_id=structure_id, permission=permission, profile=profile, allowed=allowed
                    )
                )
            journal.record(
                identity,
                "security.permission_chosen",
                kind="permission",
                key=permission,
                structure_id=structure_id,
                profile=profile,
                allowed=allowed,
            )
            moved += 1
        if moved:
            rights_moved_for([f"structure:{structure_id}"])
    return moved


def chosen_permissions(structure_id: int) -> dict[tuple[str, str], bool]:
    """What holds now in a school, for each permission and profile."""
    held = {
        (name, str(profile)): profile in permission.profiles
        for name, permission in registry.permissions().items()
        for profile in EVERYONE
    }
    rows = db.session.scalars(
        select(PermissionOverride).where(PermissionOverride.structure_id == structure_id)
    )
    return held | {(row.permission, row.profile): row.allowed for row in rows}
