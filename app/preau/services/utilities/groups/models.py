"""What a group has beyond the directory's row: how one joins, its tools, and rights on them.

The group itself and its members are the directory's (``Group``, ``Membership``): every service that shares
with a group reads those.
"""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Model, Moment
from preau.kernel.tenancy import ME, through

JOINING = ("closed", "request", "code")
LEVELS = ("none", "read", "write", "manage")


class GroupSheet(Model):
    """How one joins a group, and where its life stands. ``ended_on`` is its end before it was closed."""

    __tablename__ = "group_sheet"
    __wall__ = through("grouping", "group_id")

    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), primary_key=True)
    joining: Mapped[str] = mapped_column(default="closed", server_default="closed")
    code: Mapped[str | None] = mapped_column(unique=True)
    reminded_for: Mapped[date | None]
    closed_at: Mapped[Moment | None]
    ended_on: Mapped[date | None]

    __table_args__ = (CheckConstraint(f"joining IN {JOINING}", name="joining"),)


class GroupTool(Model):
    """A service that a group uses: what its members may do there, and a quota in octets."""

    __tablename__ = "group_tool"
    __wall__ = through("grouping", "group_id")

    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(default="write", server_default="write")
    quota: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (CheckConstraint(f"level IN {LEVELS[1:]}", name="level"),)


class GroupToolRight(Model):
    """What one member may do with one tool, where that differs from the others."""

    __tablename__ = "group_tool_right"
    __wall__ = through("grouping", "group_id")

    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[str]

    __table_args__ = (CheckConstraint(f"level IN {LEVELS}", name="level"),)


class JoinRequest(Model):
    """Somebody asks to join."""

    __tablename__ = "group_join_request"
    __wall__ = f"person_id = {ME} OR {through('grouping', 'group_id')}"

    group_id: Mapped[int] = mapped_column(ForeignKey("grouping.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    message: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Created]
