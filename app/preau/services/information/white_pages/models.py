"""What the white pages add to the directory: who sees whom, and what each person says and keeps back."""

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel import files
from preau.kernel.database import Key, Model, Updated, Words
from preau.kernel.tenancy import InStructure, through


class VisibilityRule(InStructure, Model):
    """What people of a profile see of people of another, in a school; without a row the default holds.

    ``scope``: none, groups (those one shares a class or group with) or school.
    """

    __tablename__ = "visibility_rule"

    id: Mapped[Key]
    viewer: Mapped[str]
    subject: Mapped[str]
    scope: Mapped[str]
    fields: Mapped[Words]

    __table_args__ = (UniqueConstraint("structure_id", "viewer", "subject"),)


class Entry(Model):
    """What a person adds to the directory, and what they keep back: field → kinds of profiles, or "all".

    ``photo`` is the hash of a stored picture.
    """

    __tablename__ = "white_page"
    __wall__ = through("person", "person_id")

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    mail: Mapped[str] = mapped_column(default="", server_default="")
    phone: Mapped[str] = mapped_column(default="", server_default="")
    website: Mapped[str] = mapped_column(default="", server_default="")
    about: Mapped[str] = mapped_column(default="", server_default="")
    photo: Mapped[str | None] = mapped_column(index=True)
    restrictions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    updated_at: Mapped[Updated]


files.refer(Entry.photo)
