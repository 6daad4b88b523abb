"""Reporting an incident to level 1, and following it (SOC-SUP-ASU-02)."""

from typing import Literal

from flask_babel import gettext as _
from pydantic import BaseModel, Field
from sqlalchemy import Select

from preau.kernel import events, journal
from preau.kernel.database import now
from preau.kernel.errors import Refused
from preau.kernel.identity import Identity
from preau.kernel.notify import notify
from preau.kernel.rights import allowed, require, require_permission
from preau.kernel.transaction import atomic
from preau.socle.support.assistance.models import Incident


class IncidentIn(BaseModel):
    """What the form posts; the page and the device come with it."""

    title: str = Field(min_length=1, max_length=150)
    body: str = Field(min_length=1, max_length=5000)
    severity: Literal["blocking", "annoying", "question"] = "annoying"
    page: str = Field(default="", max_length=300)


class AnswerIn(BaseModel):
    """What level 1 answers."""

    state: Literal["open", "taken", "closed"]
    answer: str = Field(default="", max_length=5000)


def report(identity: Identity, data: IncidentIn, device: str = "") -> Incident:
    """Write an incident and tell those who look after the school's ENT."""
    require_permission(identity, "assistance.report", identity.structure_id)
    if identity.structure_id is None:
        raise Refused(_("Choisissez d’abord une école dans le bandeau."))
    with atomic() as session:
        incident = Incident(
            structure_id=identity.structure_id,
            reported_by_id=identity.person_id,
            device=device[:300],
            **data.model_dump(),
        )
        session.add(incident)
        session.flush()
        journal.record(identity, "assistance.report", incident, severity=data.severity)
        notify(
            identity,
            "assistance.reported",
            [f"role:{identity.structure_id}:functional_admin"],
            url=f"/assistance/{incident.id}",
            subject=incident.title,
            actor=identity.name,
        )
        events.publish("assistance.reported", identity, incident)
    return incident


def answer(identity: Identity, incident: Incident, data: AnswerIn) -> None:
    """Take charge, answer or close; who reported it is told."""
    require(identity, "write", incident)
    with atomic():
        incident.state, incident.answer = data.state, data.answer
        incident.closed_at = now() if data.state == "closed" else None
        journal.record(identity, "assistance.answer", incident, state=data.state)
        if incident.reported_by_id:
            notify(
                identity,
                "assistance.answered",
                [f"person:{incident.reported_by_id}"],
                url=f"/assistance/{incident.id}",
                subject=incident.title,
                actor=identity.name,
            )


def incidents(identity: Identity, *, closed: bool = False) -> Select[tuple[Incident]]:
    """Incidents that the person reported or handles, the blocking ones first."""
    statement = allowed(identity, Incident)
    statement = statement.where((Incident.state == "closed") == closed)
    return statement.order_by((Incident.severity == "blocking").desc(), Incident.created_at.desc())


__all__ = ["AnswerIn", "IncidentIn", "answer", "incidents", "report"]
