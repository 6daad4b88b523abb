"""Roles given by hand in a school, for a time. SOC-SEC-AUT-03."""

from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import journal
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.models import Role
from preau.socle.security.authorisation.operations import PERMISSION, Period, by_right, rights_moved_for

GIVEN_ROLES = ("functional_admin", "referent", "form_teacher")


def require_may_name(identity: Identity, structure_id: int, name: str) -> None:
    """Raise :class:`Refused` for who would name, or dismiss, somebody who can do more than oneself.

    A role carries rights: what was lent, or granted apart, does not open it.
    """
    if identity.everywhere or name != "functional_admin":
        return
    peers = {f"profile:{structure_id}:head", f"role:{structure_id}:functional_admin"}
    if not (peers & identity.principals) or not by_right(identity).can(PERMISSION, structure_id):
        raise Refused(_("Seul un administrateur peut en nommer un autre."))


def give_role(identity: Identity, structure_id: int, name: str, person_id: int, period: Period) -> None:
    """Give a role in a school for a time."""
    require_permission(identity, PERMISSION, structure_id)
    period.require_sound()
    if name not in GIVEN_ROLES:
        raise Invalid(_("Choisissez un rôle."))
    require_may_name(identity, structure_id, name)
    with atomic() as session:
        statement = insert(Role).values(
            person_id=person_id,
            structure_id=structure_id,
            name=name,
            source="manual",
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            delegated_by_id=identity.person_id,
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["person_id", "structure_id", "name", "group_id"],
                set_={"starts_on": period.starts_on, "ends_on": period.ends_on},
            )
        )
        journal.record(
            identity,
            "security.role_given",
            kind="role",
            key=name,
            structure_id=structure_id,
            person=person_id,
        )
        rights_moved_for([f"person:{person_id}"])


def withdraw_role(identity: Identity, role_id: int) -> None:
    """Take a role back."""
    with atomic() as session:
        role = session.get(Role, role_id)
        if role is None:
            raise NotFound(_("Ce rôle n’existe plus."))
        require_permission(identity, PERMISSION, role.structure_id)
        require_may_name(identity, role.structure_id, role.name)
        journal.record(
            identity,
            "security.role_withdrawn",
            kind="role",
            key=role.name,
            structure_id=role.structure_id,
            person=role.person_id,
        )
        session.delete(role)
        session.flush()
        rights_moved_for([f"person:{role.person_id}"])
