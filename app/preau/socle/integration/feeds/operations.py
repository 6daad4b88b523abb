"""The life of a delivery: receive → analyse → plan → apply. Each step may be called again after a stop.

SOC-INT-IED-01/02/03/16/22/24. Nothing reaches the directory before `apply`; what `apply` wrote stays
whole at every batch, and calling it again ends where an undisturbed run would have ended.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import delete, select, text, update

from preau.kernel import events, jobs, journal, preferences
from preau.kernel.database import db, now
from preau.kernel.database import today as current_day
from preau.kernel.errors import NotFound
from preau.kernel.identity import Identity
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic
from preau.socle.security.accounts import jobs as account_jobs

from . import analyse as analysis
from . import storage, teams
from .apply import apply_staged
from .archive import Contents, Limits, inspect
from .errors import FeedError
from .models import AppliedRecord, Delivery, FeedBatch, FeedProblem
from .naming import read_name
from .preparation import is_staged, names_of, read_in
from .progress import Listener, reporter
from .work import connect, only_one

PERMISSION: Final = "feeds.manage"
# Who is signed in gets at the next page what the import gave, or took.
_RIGHTS_MOVED: Final = """
UPDATE account a SET rights_version = rights_version + 1
FROM (SELECT DISTINCT person_id FROM feed_touched WHERE delivery_id = :id) x
WHERE a.person_id = x.person_id AND EXISTS (SELECT FROM sign_in_session s WHERE s.person_id = x.person_id)
"""


def receive(
    identity: Identity,
    path: Path,
    *,
    name: str = "",
    dated: date | None = None,
    uai: str = "",
    limits: Limits | None = None,
) -> Delivery:
    """Takes a delivery in once it was walked whole within its limits; refuses it with `FeedError`.

    A lone CSV is a delivery too, of today unless it says otherwise; `uai` is the school of its lines when
    nothing in it tells.
    """
    require_permission(identity, PERMISSION)
    name = name or path.name
    with storage.archived(path, name) as archive:
        contents = _inspected(archive, name, limits)
        named = read_name(name, list(contents.sizes))
        day = dated or named.dated or (current_day() if named.source == "authority" else None)
        if day is None:
            raise FeedError("PRE-FED-506", name)
        kept, digest, size = storage.keep(archive, limits or Limits())
    with lifted(), atomic() as session:
        delivery = Delivery(
            name=name,
            sha256=digest,
            size=size,
            source=named.source,
            mode=named.mode,
            dated=day,
            path=str(kept),
            uai=uai.strip().upper()[:8],
            received_by=identity.name,
            counts={},
            plan={},
            progress={},
            refusal={},
        )
        session.add(delivery)
        session.flush()
        journal.record(
            identity,
            "feeds.receive",
            kind="feed_delivery",
            key=str(delivery.id),
            name=name,
            sha256=digest,
            size=size,
        )
    return delivery


def _inspected(archive: Path, name: str, limits: Limits | None) -> Contents:
    """What the archive holds; a refusal speaks of it by the name that its sender gave it."""
    try:
        return inspect(archive, limits)
    except FeedError as refusal:
        if refusal.file != archive.name:
            raise
        raise FeedError(refusal.code, name, **refusal.details) from refusal


def get(delivery_id: int) -> Delivery:
    """A delivery by its number."""
    with lifted():
        found = db.session.get(Delivery, delivery_id, populate_existing=True)
    if found is None:
        raise NotFound(_("Cette livraison n’existe pas."))
    return found


def history(limit: int = 50) -> list[Delivery]:
    """The deliveries, newest first."""
    with lifted():
        return list(db.session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(limit)))


def problems(delivery_id: int, structure_key: str | None = None, limit: int = 500) -> list[FeedProblem]:
    """What was wrong in a delivery, by file and position."""
    query = select(FeedProblem).where(FeedProblem.delivery_id == delivery_id)
    if structure_key is not None:
        query = query.where(FeedProblem.structure_key == structure_key)
    with lifted():
        return list(db.session.scalars(query.order_by(FeedProblem.file, FeedProblem.position).limit(limit)))


def prepare(identity: Identity, delivery_id: int, progress: Listener | None = None) -> Delivery:
    """Analyses the delivery and makes its plan; the directory is only read."""
    require_permission(identity, PERMISSION)
    address = storage.database()
    with only_one(address) as alone:
        if not alone:
            raise FeedError("PRE-FED-507")
        read_in(identity, get(delivery_id), address, reporter(address, delivery_id, progress))
    return get(delivery_id)


def apply(
    identity: Identity, delivery_id: int, *, approve: bool = False, progress: Listener | None = None
) -> Delivery:
    """Writes the delivery into the directory, from where it stopped if it had begun.

    A plan beyond its thresholds waits for `approve`; an applied delivery is left alone.
    """
    require_permission(identity, PERMISSION)
    address = storage.database()
    with only_one(address) as alone:
        if not alone:
            raise FeedError("PRE-FED-507")
        report = reporter(address, delivery_id, progress)
        delivery = get(delivery_id)
        if delivery.state == "applied":
            return delivery
        if not is_staged(address, delivery):
            read_in(identity, delivery, address, report)
            delivery = get(delivery_id)
        if delivery.state == "refused":
            raise FeedError(delivery.refusal["code"], delivery.name, **delivery.refusal.get("details", {}))
        if delivery.state == "held" and not approve:
            raise FeedError("PRE-FED-508", delivery.name)
        if delivery.state != "approved":
            _approve(identity, delivery_id)
        actor = {
            "actor_id": identity.person_id,
            "actor": identity.name if identity.is_system else identity.uid,
            "origin": identity.origin,
        }
        apply_staged(address, names_of(delivery), actor, report)
        _finish(identity, delivery_id)
        with connect(address) as connection:
            analysis.clear(connection)
        storage.forget("", delivery_id)
    return get(delivery_id)


def replay(identity: Identity, delivery_id: int, progress: Listener | None = None) -> Delivery:
    """Reads and applies a delivery again from its archive, as if nothing of it were known."""
    require_permission(identity, PERMISSION)
    delivery = get(delivery_id)
    if not Path(delivery.path).exists():
        raise FeedError("PRE-FED-509", delivery.name)
    with lifted(), atomic() as session:
        session.execute(
            update(AppliedRecord)
            .where(AppliedRecord.source == delivery.source, AppliedRecord.delivery_id == delivery_id)
            .values(head=None)
        )
        session.execute(delete(FeedBatch).where(FeedBatch.delivery_id == delivery_id))
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(state="received"))
        journal.record(identity, "feeds.replay", kind="feed_delivery", key=str(delivery_id))
    return apply(identity, delivery_id, approve=True, progress=progress)


def say(delivery_id: int, stage: str, *, waiting: bool = False) -> None:
    """Shows a step before a worker takes it up."""
    with lifted(), atomic() as session:
        progress = {"done": 0, "total": 0, "waiting": waiting}
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state != "applied")
            .values(stage=stage, progress=progress)
        )


def purge(today: date | None = None) -> int:
    """Removes what holds names in deliveries older than `feeds.keep_days`: archives, files, remarks."""
    limit = (today or current_day()) - timedelta(days=preferences.value("feeds.keep_days"))
    with lifted(), atomic() as session:
        old = session.scalars(
            select(Delivery).where(
                Delivery.received_at < limit, Delivery.path != "", Delivery.state != "approved"
            )
        ).all()
        kept = set(
            session.scalars(select(Delivery.path).where(Delivery.id.not_in([each.id for each in old])))
        )
        for each in old:
            storage.forget("" if each.path in kept else each.path, each.id)
            each.path = ""
        session.execute(delete(FeedProblem).where(FeedProblem.delivery_id.in_([each.id for each in old])))
        return len(old)


def _approve(identity: Identity, delivery_id: int) -> None:
    with lifted(), atomic() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(state="approved", approved_by=identity.name)
        )
        journal.record(identity, "feeds.approve", kind="feed_delivery", key=str(delivery_id))


def _finish(identity: Identity, delivery_id: int) -> None:
    """The last transaction: the delivery is applied, and what follows from it is enqueued with it."""
    with lifted(), atomic() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(state="applied", applied_at=now(), stage="", progress={})
        )
        rows = session.execute(
            text(
                "SELECT e.key, sum(e.value::bigint)::bigint FROM feed_batch b, jsonb_each_text(b.result) e"
                " WHERE b.delivery_id = :id AND b.stage <> 'analyse' GROUP BY 1 ORDER BY 1"
            ),
            {"id": delivery_id},
        ).all()
        counts = {key: int(value) for key, value in rows if value}
        session.execute(
            text(
                "UPDATE feed_delivery SET counts = counts || jsonb_build_object('applied', CAST(:counts AS jsonb))"
                " WHERE id = :id"
            ),
            {"id": delivery_id, "counts": json.dumps(counts)},
        )
        session.execute(delete(FeedBatch).where(FeedBatch.delivery_id == delivery_id))
        journal.record(identity, "feeds.apply", kind="feed_delivery", key=str(delivery_id), **counts)
        if counts:
            jobs.defer(account_jobs.provision, unique="feeds.provision")
            jobs.defer(account_jobs.disable_leavers, unique="feeds.disable_leavers")
            jobs.defer(teams.follow_directory, unique="feeds.teams")
            session.execute(text(_RIGHTS_MOVED), {"id": delivery_id})
        events.publish("feeds.applied", identity, delivery_id=delivery_id, counts=counts)
