"""Bookmarks in folders; a folder shared opens what it holds."""

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Model
from preau.kernel.rights import Access, Owner
from preau.kernel.traits.nested import Nested, SharedAbove


class Folder(Nested, Model):
    """A folder of one person."""

    __tablename__ = "bookmark_folder"

    name: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("bookmark_folder.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    __table_args__ = (Index(None, "path", postgresql_using="gin"),)


class Bookmark(Nested, Model):
    """A page somebody wants to find again."""

    __tablename__ = "bookmark"

    title: Mapped[str]
    url: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    folder_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("bookmark_folder.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    __table_args__ = (Index(None, "path", postgresql_using="gin"),)


ACCESS = Access(
    read=Owner() | SharedAbove("read"),
    write=Owner() | SharedAbove("write"),
    delete=Owner() | SharedAbove("manage"),
)
