"""Reading a delivery in: its date, its files, the staging tables, the plan; the directory is only read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select, text, update

from preau.kernel import journal, preferences
from preau.kernel.database import db
from preau.kernel.database import today as current_day
from preau.kernel.identity import Identity
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic

from . import analyse as analysis
from . import plan as planning
from . import storage
from .archive import inspect
from .errors import FeedError, ProblemLog
from .models import Delivery
from .work import Progress, connect
from .worker import save_problems

NATIONAL: Final = ["aaf1d", "aaf2d", "sapia"]
FAMILIES: Final = {"aaf1d": ["aaf2d", "aaf1d"], "aaf2d": ["aaf2d", "aaf1d"]}


def read_in(identity: Identity, delivery: Delivery, address: str, report: Progress) -> None:
    """Stages the delivery and keeps its plan; a delivery that cannot be taken is refused, with `FeedError`."""
    delivery_id = delivery.id
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
    names = names_of(delivery)
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


def is_staged(address: str, delivery: Delivery) -> bool:
    """Whether what was read of a delivery is still there to be applied."""
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


def names_of(delivery: Delivery) -> dict[str, Any]:
    """What the statements need to know of a delivery."""
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
