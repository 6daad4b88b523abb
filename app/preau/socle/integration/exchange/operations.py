"""Asking for exports and imports, one's own or a school's (SOC-INT-IED-04, -14, -21)."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from pydantic import BaseModel, Field
from sqlalchemy import Select, select

from preau.kernel import files, jobs, journal
from preau.kernel.contract import Service
from preau.kernel.database import db
from preau.kernel.errors import Conflict, Invalid
from preau.kernel.exchange import POLICIES, Exchangeable
from preau.kernel.exchange_context import References, Scope
from preau.kernel.exchange_manifest import formats
from preau.kernel.identity import Identity
from preau.kernel.ports.blobs import Readable
from preau.kernel.rights import fetch, require_permission
from preau.kernel.transaction import atomic
from preau.socle.integration.exchange.models import ExchangeRun

LARGEST = 2 * 1024**3
MOST_UNDER_WAY = 5
BUSY = ("waiting", "running")
PERMISSION = "exchange.school"


class ScopeIn(BaseModel):
    """What an export or import is about; the portable key of the group or structure goes with it."""

    kind: str = Field(default="person", pattern="^(person|group|structure|everything)$")
    key: str = Field(default="", max_length=300)


def scope_of(identity: Identity, wanted: ScopeIn) -> Scope:
    """The scope, if the identity may act on it: one's own data, a school one administers, or everything."""
    if wanted.kind == "person":
        return Scope("person", person_id=identity.person_id)
    if wanted.kind == "everything":
        require_permission(identity, "exchange.everything")
        return Scope("everything")
    local = References().local(f"{wanted.kind}:{wanted.key}")
    number = int(local.split(":")[1]) if local else None
    if number is None:
        raise Invalid(_("« %(key)s » n’existe pas ici.", key=wanted.key))
    if wanted.kind == "group":
        structure_id = group_structure(number)
        require_school(identity, structure_id)
        return Scope("group", group_id=number, structure_id=structure_id)
    require_school(identity, number)
    return Scope("structure", structure_id=number)


def group_structure(group_id: int) -> int | None:
    """The structure of a group."""
    from preau.kernel.tenancy import lifted
    from preau.socle.directory.models import Group

    with lifted():  # the right is checked on what is read
        return db.session.scalar(select(Group.structure_id).where(Group.id == group_id))


def require_school(identity: Identity, structure_id: int | None) -> None:
    """The right to exchange a school's data; without a school, the project's."""
    if not identity.everywhere or structure_id is None:
        require_permission(identity, PERMISSION if structure_id else "exchange.everything", structure_id)


def choices(scope_kind: str) -> list[tuple[Service, list[Exchangeable]]]:
    """What can be chosen in a scope, by service."""
    found: dict[str, tuple[Service, list[Exchangeable]]] = {}
    for service, each in formats():
        if scope_kind in each.scopes:
            found.setdefault(service.name, (service, []))[1].append(each)
    return list(found.values())


def runs(identity: Identity) -> Select[ExchangeRun]:
    """The person's exports and imports, last first."""
    mine = ExchangeRun.owner_id == identity.person_id
    return select(ExchangeRun).where(mine).order_by(ExchangeRun.created_at.desc()).limit(30)


def _room(identity: Identity) -> None:
    busy = db.session.scalars(runs(identity).where(ExchangeRun.state.in_(BUSY))).all()
    if len(busy) >= MOST_UNDER_WAY:
        raise Conflict(
            _("Vous avez déjà %(count)s échanges en cours. Attendez qu’ils finissent.", count=len(busy))
        )


def ask_export(
    identity: Identity, wanted: ScopeIn, only: Collection[str], versions: Mapping[str, int] | None = None
) -> ExchangeRun:
    """Have an export made by a job; a notification says when it can be downloaded."""
    from preau.socle.integration.exchange.jobs import export_job

    scope_of(identity, wanted)
    known = {each.name for _service, own in choices(wanted.kind) for each in own}
    if not only or set(only) - known:
        raise Invalid(
            _("Choisissez au moins un type de données à exporter."), {"only": [_("Cochez une case.")]}
        )
    _room(identity)
    with atomic() as session:
        run = ExchangeRun(
            owner_id=identity.person_id,
            kind="export",
            request={"scope": wanted.model_dump(), "only": sorted(only), "versions": dict(versions or {})},
        )
        session.add(run)
        session.flush()
        journal.record(identity, "exchange.ask_export", run, scope=wanted.kind, formats=len(only))
        jobs.defer(export_job, run=str(run.id))
    return run


def receive(identity: Identity, wanted: ScopeIn, stream: Readable, name: str, policy: str) -> ExchangeRun:
    """Take an archive and have its import rehearsed; nothing is written before :func:`confirm`."""
    from preau.socle.integration.exchange.jobs import import_job

    scope_of(identity, wanted)
    if policy not in POLICIES:
        raise Invalid(_("Choisissez ce qu’il faut faire des données existantes."))
    _room(identity)
    with atomic() as session:
        stored = files.store(stream, LARGEST)
        run = ExchangeRun(
            owner_id=identity.person_id, kind="import", blob=stored.sha256, size=stored.size, name=name[:200],
            request={"scope": wanted.model_dump(), "policy": policy, "only": None},
        )  # fmt: skip
        session.add(run)
        session.flush()
        journal.record(identity, "exchange.receive", run, scope=wanted.kind, size=stored.size)
        jobs.defer(import_job, run=str(run.id), dry_run=True)
    return run


def confirm(identity: Identity, key: uuid.UUID, policy: str, only: Collection[str]) -> ExchangeRun:
    """Do a rehearsed import, or rehearse it again when the policy or the choice changed."""
    from preau.socle.integration.exchange.jobs import import_job

    run = fetch(identity, ExchangeRun, key, "write")
    if run.kind != "import" or run.state not in ("ready", "failed") or policy not in POLICIES:
        raise Conflict(_("Cet import n’attend pas de décision."))
    scope_of(identity, ScopeIn(**run.request["scope"]))
    found = {part["name"] for part in run.report.get("parts", [])}
    if found and not found & set(only):
        raise Invalid(_("Choisissez au moins un type de données à importer."))
    # A choice of everything that the rehearsal showed is no choice.
    earlier = run.request["only"]
    chosen = earlier if found <= set(only) else sorted(found & set(only))
    rehearsed = run.request["policy"] == policy and run.request["only"] == chosen and run.state == "ready"
    with atomic():
        run.request = {**run.request, "policy": policy, "only": chosen}
        run.state, run.error, run.done = "waiting", "", 0
        journal.record(identity, "exchange.confirm", run, policy=policy)
        jobs.defer(import_job, run=str(run.id), dry_run=not rehearsed or not run.report.get("possible", True))
    return run


def forget(identity: Identity, key: uuid.UUID) -> ExchangeRun:
    """Drop a run and its archive."""
    run = fetch(identity, ExchangeRun, key, "delete")
    with atomic() as session:
        session.delete(run)
        journal.record(identity, "exchange.forget", run)
    return run


def report_lines(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a report that say something."""
    return [
        part
        for part in report.get("parts", [])
        if any(isinstance(each, int) and each for each in part.values())
    ]
