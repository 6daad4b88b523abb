"""The life of a delivery: receive → analyse → plan → apply. Each step may be called again after a stop.

SOC-INT-IED-01/02/03/16/22/24. Nothing reaches the directory before `apply`; what `apply` wrote stays
whole at every batch, and calling it again ends where an undisturbed run would have ended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from flask_babel import gettext as _
from psycopg.types.json import Json
from sqlalchemy import delete, func, select, text, update

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
from . import plan as planning
from . import storage, teams
from .apply import apply_staged
from .archive import Limits, inspect
from .errors import FeedError, ProblemLog
from .models import AppliedRecord, Delivery, FeedBatch, FeedProblem
from .naming import read_name
from .work import Progress, connect, only_one
from .worker import save_problems

NATIONAL: Final = ["aaf1d", "aaf2d", "sapia"]
PERMISSION: Final = "feeds.manage"
FAMILIES: Final = {"aaf1d": ["aaf2d", "aaf1d"], "aaf2d": ["aaf2d", "aaf1d"]}
# Seconds: a page polls every two.
_REPORT_EVERY: Final = 0.3
# Who is signed in gets at the next page what the import gave, or took.
_RIGHTS_MOVED: Final = """
UPDATE account a SET rights_version = rights_version + 1
FROM (SELECT DISTINCT person_id FROM feed_touched WHERE delivery_id = :id) x
WHERE a.person_id = x.person_id AND EXISTS (SELECT FROM sign_in_session s WHERE s.person_id = x.person_id)
"""
Listener = Callable[[str, int, int], None]


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
        contents = inspect(archive, limits)
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
        return _prepare(identity, delivery_id, address, _reporter(address, delivery_id, progress))


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
        report = _reporter(address, delivery_id, progress)
        delivery = get(delivery_id)
        if delivery.state == "applied":
            return delivery
        if not _is_staged(address, delivery):
            delivery = _prepare(identity, delivery_id, address, report)
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
        apply_staged(address, _names(delivery), actor, report)
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


def _prepare(identity: Identity, delivery_id: int, address: str, report: Progress) -> Delivery:
    delivery = get(delivery_id)
    _refuse_if_another_is_under_way(delivery_id)
    try:
        _check_date(delivery)
        files = _files(delivery, address)
        folder = storage.unpacked(delivery_id)
        if delivery.source == "authority":
            counts = analysis.analyse_tables(address, delivery_id, delivery.uai, files, folder, report)
        else:
            counts = analysis.analyse(
                address, delivery_id, delivery.source, files, folder, delivery.name, report
            )
    except FeedError as error:
        _refuse(identity, delivery_id, error)
        raise
    report("plan", 0, 1)
    names = _names(delivery)
    with connect(address) as connection, connection.transaction():
        names |= planning.reach_of(connection, names)
        said = planning.said_in(connection, names) if names["by_uai"] else []
        planning.find_leavers(connection, names)
        planning.complain(connection, names)
        plan = planning.make_plan(connection, names, preferences.value("feeds.max_departures"))
        plan["said"] = said
    if (wrong := _older_tables(delivery, said)) is not None:
        _refuse(identity, delivery_id, wrong)
        raise wrong
    stale = planning.freshness(delivery.dated, None, current_day())
    if stale is not None:
        plan["stops"].insert(0, {"code": stale[0]})
    report("plan", 1, 1)
    with lifted(), atomic() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(
                counts=counts, plan=plan, state="held" if plan["stops"] else "planned", stage="", progress={}
            )
        )
        totals = plan["totals"]
        journal.record(identity, "feeds.plan", kind="feed_delivery", key=str(delivery_id), **totals)
    return get(delivery_id)


def _files(delivery: Delivery, address: str) -> list[tuple[int, str]]:
    """The unpacked files; those of an analysis that was interrupted are taken up where they are."""
    folder = storage.unpacked(delivery.id)
    with connect(address) as connection:
        rows = connection.execute(
            "SELECT number, name FROM feed_batch WHERE delivery_id = %s AND stage = 'analyse' ORDER BY 1",
            [delivery.id],
        ).fetchall()
        if (
            rows
            and delivery.source != "authority"
            and all((folder / f"{number}.xml").exists() for number, _name in rows)
            and _rows_are_there(connection, delivery.id)
        ):
            return [(number, name) for number, name in rows]
        with connection.transaction():
            connection.execute("DELETE FROM feed_batch")
            connection.execute("DELETE FROM feed_problem WHERE delivery_id = %s", [delivery.id])
            analysis.clear(connection)
    path = Path(delivery.path)
    if not path.exists():
        raise FeedError("PRE-FED-509", delivery.name)
    left = ProblemLog()
    files = analysis.unpack(path, inspect(path), folder, delivery.source, left)
    with connect(address) as connection:
        save_problems(connection, delivery.id, 0, left.kept)
    return files


def _rows_are_there(connection: Any, delivery_id: int) -> bool:
    """Whether the staged rows are those that the finished batches say they wrote."""
    row = connection.execute(
        "SELECT (SELECT coalesce(sum((SELECT sum(value::bigint) FROM jsonb_each_text(result)"
        "   WHERE key IN ('pupil', 'guardian', 'staff', 'unchanged'))), 0)"
        "  FROM feed_batch WHERE delivery_id = %(id)s AND stage = 'analyse' AND done)"
        " = (SELECT count(*) FROM feed_person WHERE delivery_id = %(id)s)"
        " + (SELECT count(*) FROM feed_seen WHERE delivery_id = %(id)s)",
        {"id": delivery_id},
    ).fetchone()
    return bool(row and row[0])


def _is_staged(address: str, delivery: Delivery) -> bool:
    if delivery.state not in ("planned", "held", "approved"):
        return False
    with connect(address) as connection:
        row = connection.execute(
            "SELECT count(*) > 0 AND bool_and(done) FROM feed_batch WHERE delivery_id = %s AND stage = 'analyse'",
            [delivery.id],
        ).fetchone()
        return bool(row and row[0]) and _rows_are_there(connection, delivery.id)


def _refuse_if_another_is_under_way(delivery_id: int) -> None:
    with lifted():
        other = db.session.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(Delivery.state == "approved", Delivery.id != delivery_id)
        )
    if other:
        raise FeedError("PRE-FED-507")


def _check_date(delivery: Delivery) -> None:
    if delivery.source == "authority":
        return
    with lifted():
        last = db.session.scalar(
            select(func.max(Delivery.dated)).where(
                Delivery.source == delivery.source, Delivery.state == "applied"
            )
        )
    wrong = planning.freshness(delivery.dated, last, current_day())
    if wrong is not None and not wrong[1]:
        raise FeedError(wrong[0], delivery.name)


def _older_tables(delivery: Delivery, said: list[str]) -> FeedError | None:
    """The refusal of tables older than those applied of the same schools and profiles: senders are many."""
    with lifted():
        newer = db.session.scalar(
            text(
                "SELECT max(dated) FROM feed_delivery WHERE source = 'authority' AND state = 'applied'"
                " AND jsonb_exists_any(plan->'said', :said)"
            ),
            {"said": said},
        )
    wrong = planning.freshness(delivery.dated, newer, current_day())
    return None if wrong is None or wrong[1] else FeedError(wrong[0], delivery.name)


def _refuse(identity: Identity, delivery_id: int, error: FeedError) -> None:
    with lifted(), atomic() as session:
        refusal = {"code": error.code, "file": error.file, "details": error.details}
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id)
            .values(state="refused", refusal=refusal, stage="")
        )
        journal.record(identity, "feeds.refuse", kind="feed_delivery", key=str(delivery_id), code=error.code)


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


def _names(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery.id,
        "source": delivery.source,
        "sources": FAMILIES.get(delivery.source, [delivery.source]),
        "complet": delivery.mode == "complet",
        "today": delivery.dated,
        "scope": [],
        "said": None,
        "closed": delivery.plan.get("closed", []),
        "suspended": delivery.plan.get("suspended", []),
        "by_uai": delivery.source == "authority",
        "yields_to": NATIONAL if delivery.source == "authority" else [],
    }


def _reporter(address: str, delivery_id: int, listener: Listener | None) -> Progress:
    """Writes the progress where the page polls it, at most three times a second."""
    at, last = 0.0, ""

    def report(stage: str, done: int, total: int) -> None:
        if listener is not None:
            listener(stage, done, total)
        nonlocal at, last
        moment = time.monotonic()
        if stage == last and done < total and moment - at < _REPORT_EVERY:
            return
        at, last = moment, stage
        with connect(address) as connection:
            connection.execute(
                "UPDATE feed_delivery SET stage = %s, progress = %s WHERE id = %s",
                [stage, Json({"done": done, "total": total}), delivery_id],
            )

    return report
