"""Spaces: one for each person, one for each group (UTI-UTL-ESF-01, UTI-UTL-ESF-08), made when first opened."""

import uuid

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from preau.kernel import events, journal, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid, NotFound, Refused
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.traits.nested import reopen
from preau.kernel.traits.shared import LEVELS, Share, unshare
from preau.kernel.transaction import atomic
from preau.services.utilities.files import quotas
from preau.services.utilities.files.models import Node, Space
from preau.services.utilities.files.rules import groups_of, managed_groups
from preau.services.utilities.groups import operations as tools_of_group
from preau.socle.directory.models import Group, Membership

MEMBERS_LEVELS = ("none", "read", "write")
# In a class the teachers publish; in the other groups everybody works.
READ_ONLY_KINDS = ("class",)


def own_root(identity: Identity) -> Node:
    """The top of the identity's own space."""
    space = db.session.scalar(select(Space).where(Space.owner_id == identity.person_id))
    if space is None:
        quota, warn_at = quotas.personal_limits(identity)
        space_id = _insert(owner_id=identity.person_id, quota=quota, warn_at=warn_at)
        space = db.session.get_one(Space, space_id)
    return db.session.get_one(Node, space.id)


def own_space(identity: Identity) -> Space:
    """The identity's own space, its quota as the settings now say."""
    space = db.session.get_one(Space, own_root(identity).space_id)
    refresh(identity, space)
    return space


def group_root(identity: Identity, group_id: int) -> Node:
    """The top of a group's space, for its members and managers."""
    if group_id not in groups_of(identity):
        raise NotFound(_("Ce groupe n’existe pas ou ne vous est pas ouvert."))
    root = root_of_group(identity, group_id)
    if not rights.may(identity, "read", root):
        raise Refused(_("Les responsables de ce groupe n’ont pas ouvert son espace de fichiers."))
    return root


def root_of_group(identity: Identity, group_id: int) -> Node:
    """The top of a group's space, made if need be; the caller has checked the right to it."""
    space = db.session.scalar(select(Space).where(Space.group_id == group_id))
    if space is None:
        group = db.session.get_one(Group, group_id)
        quota, warn_at = quotas.group_limits(identity, group.structure_id)
        level = _given_level(group)
        values = {"quota": quota, "warn_at": warn_at, "members_level": level, "open_to": group.open_to}
        with lifted():  # the share on the root is the platform's, not the visitor's
            space_id = _insert(group_id=group_id, **values)
        space = db.session.get_one(Space, space_id)
    return db.session.get_one(Node, space.id)


def _given_level(group: Group) -> str:
    """What the members of a group may do: what its manager gave them, in a group made by hand."""
    if group.kind != "free":
        return "read" if group.kind in READ_ONLY_KINDS else "write"
    tool = tools_of_group.chosen(group).get("files")
    return "none" if tool is None else ("read" if tool.level == "read" else "write")


def _follow(event: events.Event) -> None:
    """Keep an existing space what the group's manager and members make of it (UTI-UTL-GRP-02, GRP-04)."""
    with lifted():  # the manager may not see every row below the root
        space = db.session.scalar(select(Space).where(Space.group_id == event.obj.id))
        if space is None:
            return
        space.open_to = event.obj.open_to
        if event.name == "groups.tools_changed":
            tool = tools_of_group.chosen(event.obj).get("files")
            space.members_level = _given_level(event.obj)
            space.quota_set = tool.quota if tool else None
        open_to_members(space)


def listen() -> None:
    """Follow groups in the transactions that change them."""
    for name in ("groups.tools_changed", "groups.members_added", "groups.joined"):
        events.within(name, _follow)


def _insert(**values: object) -> uuid.UUID:
    column = "owner_id" if "owner_id" in values else "group_id"
    with atomic() as session:
        made = session.scalar(
            insert(Space)
            .values(id=uuid.uuid4(), **values)
            .on_conflict_do_nothing(index_elements=[column])
            .returning(Space.id)
        )
        if made is None:  # somebody else's request made it meanwhile
            found = session.scalar(select(Space.id).where(getattr(Space, column) == values[column]))
            assert found is not None  # noqa: S101 - the conflict says so
            return found
        session.add(
            Node(
                id=made,
                space_id=made,
                owner_id=values.get("owner_id"),
                name="",
                is_folder=True,
                path=[made],
                open_to=values.get("open_to", []),
            )
        )
        session.flush()
        if column == "group_id":
            open_to_members(session.get_one(Space, made))
    return made


def refresh(identity: Identity, space: Space) -> None:
    """Bring the quota to what the settings, or a decision about this space, now say."""
    if space.owner_id:
        quota, warn_at = quotas.personal_limits(identity)
    else:
        structure_id = db.session.scalar(select(Group.structure_id).where(Group.id == space.group_id))
        quota, warn_at = quotas.group_limits(identity, structure_id)
    if space.quota_set is not None:
        quota, warn_at = space.quota_set, space.quota_set * warn_at // max(quota, 1)
    if (space.quota, space.warn_at) != (quota, warn_at):
        with atomic():
            space.quota, space.warn_at = quota, warn_at


def open_to_members(space: Space) -> None:
    """Make the root's sharing what ``members_level`` says."""
    root = db.session.get_one(Node, space.id)
    with atomic() as session:
        unshare(root)
        session.add(
            Share(
                object_id=root.id,
                principal=f"group:{space.group_id}",
                kind=Node.__tablename__,
                # Level 0 opens nothing, but keeps the rows within the managers' wall.
                level=LEVELS.get(space.members_level, 0),
                shared_by_id=0,
                structures=space.open_to,
            )
        )
        session.flush()
        reopen(Node, root.id)


def manages(identity: Identity, space: Space) -> bool:
    """Whether the identity manages the group whose space it is."""
    managed = managed_groups(identity).where(Membership.group_id == space.group_id)
    return db.session.scalar(managed) is not None


def configure(identity: Identity, space: Space, members_level: str, quota_mega: int | None) -> None:
    """What a group's manager decides: what members may do, and a quota within the school's (UTI-UTL-ESF-08)."""
    if not manages(identity, space):
        raise Refused(_("Seuls les responsables du groupe règlent son espace."))
    if members_level not in MEMBERS_LEVELS:
        raise Invalid(_("Choisissez ce que les membres peuvent faire."))
    structure_id = db.session.scalar(select(Group.structure_id).where(Group.id == space.group_id))
    limit, _warn_at = quotas.group_limits(identity, structure_id)
    if quota_mega is not None and not 0 < quota_mega * quotas.MEGA <= limit:
        message = _("Indiquez entre 1 et %(limit)s Mo.", limit=limit // quotas.MEGA)
        raise Invalid(message, {"quota": [message]})
    with atomic():
        space.members_level = members_level
        space.quota_set = quota_mega * quotas.MEGA if quota_mega else None
        refresh(identity, space)
        open_to_members(space)
        journal.record(identity, "files.configure_group", kind="file_space", key=str(space.id))


def groups(identity: Identity) -> list[Group]:
    """The identity's groups, by name."""
    statement = select(Group).where(Group.id.in_(groups_of(identity)))
    return list(db.session.scalars(statement.order_by(func.lower(Group.name), Group.id)))


def title(root: Node) -> str:
    """What people call a space."""
    if root.owner_id is not None:
        return _("Mes fichiers")
    space = db.session.get_one(Space, root.space_id)
    return db.session.scalar(select(Group.name).where(Group.id == space.group_id)) or _("Groupe")
