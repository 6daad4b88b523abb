"""Incidents reported to the first level of support."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel.database import Created, Key, Model, Moment, Updated
from preau.kernel.rights import Access, Holds, Owner
from preau.kernel.tenancy import InStructure

HANDLE = "assistance.handle"
STATES = {"open": _l("À traiter"), "taken": _l("En cours"), "closed": _l("Résolu")}
SEVERITIES = {
    "blocking": _l("Bloquant : nous ne pouvons plus travailler"),
    "annoying": _l("Gênant : il y a un moyen de faire autrement"),
    "question": _l("Question"),
}


class Incident(InStructure, Model):
    """What somebody reports, in their school; ``answer`` is what they are told."""

    __tablename__ = "incident"

    id: Mapped[Key]
    reported_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    title: Mapped[str]
    body: Mapped[str]
    severity: Mapped[str]
    page: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]
    closed_at: Mapped[Moment | None]


ACCESS = Access(read=Owner("reported_by_id") | Holds(HANDLE), write=Holds(HANDLE))
