"""Spaces, and the tree of folders and files that each holds."""

import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel import files
from preau.kernel.database import Created, Key, Model, Moment, Updated
from preau.kernel.tenancy import Personal, through
from preau.kernel.traits.nested import Nested


class Space(Personal, Model):
    """The space of a person or of a group. Its id is also that of its root node. Sizes in octets.

    ``quota`` and ``warn_at`` are what the settings gave when it was last opened; ``quota_set`` is what an
    administrator or the group's manager decided for this one.
    """

    __tablename__ = "file_space"

    id: Mapped[Key]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)  # type: ignore[assignment]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), unique=True)
    used: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    quota: Mapped[int] = mapped_column(BigInteger)
    warn_at: Mapped[int] = mapped_column(BigInteger)
    quota_set: Mapped[int | None] = mapped_column(BigInteger)
    warned_at: Mapped[Moment | None]
    members_level: Mapped[str] = mapped_column(default="write", server_default="write")  # none, read, write

    __table_args__ = (CheckConstraint("num_nonnulls(owner_id, group_id) = 1", name="whose"),)


class Node(Nested, Model):
    """A folder or a file. What lies in a group's space has no owner.

    ``properties`` are WebDAV's dead properties. ``trash_id`` is the node that was thrown away with this
    one: itself, or a folder above it.
    """

    __tablename__ = "file_node"

    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)  # type: ignore[assignment]
    space_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_space.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("file_node.id", ondelete="CASCADE"))
    name: Mapped[str]
    is_folder: Mapped[bool] = mapped_column(default=False, server_default="false")
    blob: Mapped[str | None] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    media_type: Mapped[str] = mapped_column(default="", server_default="")
    properties: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    updated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]
    trashed_at: Mapped[Moment | None]
    trash_id: Mapped[uuid.UUID | None]

    __table_args__ = (
        Index(
            "uq_file_node_parent_id_name",
            "parent_id",
            "name",
            unique=True,
            postgresql_where=text("trashed_at IS NULL"),
        ),
        Index("ix_file_node_created_at", "created_at"),
        Index("ix_file_node_path", "path", postgresql_using="gin"),
        Index("ix_file_node_trash", "trash_id", postgresql_where=text("trash_id IS NOT NULL")),
    )

    @property
    def is_root(self) -> bool:
        """Whether it is the top of a space."""
        return self.parent_id is None

    @property
    def etag(self) -> str:
        """What changes with the content of a file (RFC 9110, without the quotes)."""
        return (self.blob or "")[:32]


class Version(Model):
    """A former content of a file."""

    __tablename__ = "file_version"
    __wall__ = through("file_node", "node_id")

    id: Mapped[Key]
    node_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_node.id", ondelete="CASCADE"), index=True)
    blob: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    written_at: Mapped[Moment]


class Lock(Model):
    """A WebDAV lock (RFC 4918 section 6). ``deep``: it covers what the folder holds."""

    __tablename__ = "file_lock"
    __wall__ = through("file_node", "node_id")

    token: Mapped[str] = mapped_column(primary_key=True)
    node_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_node.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_space.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    exclusive: Mapped[bool]
    deep: Mapped[bool]
    owner: Mapped[str] = mapped_column(default="", server_default="")
    expires_at: Mapped[Moment] = mapped_column(index=True)
    created_at: Mapped[Created]


class Locker(Personal, Model):
    """A hand-in locker («casier»): what the pupils of a group hand in to the person who opened it."""

    __tablename__ = "file_locker"

    id: Mapped[Key]
    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    instructions: Mapped[str] = mapped_column(default="", server_default="")
    due_at: Mapped[Moment]
    late_accepted: Mapped[bool] = mapped_column(default=True, server_default="true")
    closed_at: Mapped[Moment | None]
    reminded_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]


class HandIn(Personal, Model):
    """What one pupil handed in to a locker; the owner is the pupil."""

    __tablename__ = "file_hand_in"

    id: Mapped[Key]
    locker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("file_locker.id", ondelete="CASCADE"))
    handed_at: Mapped[Created]
    late: Mapped[bool] = mapped_column(default=False, server_default="false")
    comment: Mapped[str] = mapped_column(default="", server_default="")
    returned_at: Mapped[Moment | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (UniqueConstraint("locker_id", "owner_id"),)


class HandInFile(Model):
    """A file of a hand-in: handed in by the pupil, or ``returned`` annotated."""

    __tablename__ = "file_hand_in_file"
    __wall__ = through("file_hand_in", "hand_in_id")

    id: Mapped[Key]
    hand_in_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("file_hand_in.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    blob: Mapped[str] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    returned: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_at: Mapped[Created]


files.refer(Node.blob, Version.blob, HandInFile.blob)  # type: ignore[arg-type]
