"""Jobs and schedules on PostgreSQL (procrastinate), enqueued in the transaction that needs them.

A task is a function of JSON-able keyword arguments. It runs in an application context, sees every
school (it is the platform acting) and must stand behind an identity's wall when it acts for somebody.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy import text

from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.tenancy import lifted

if TYPE_CHECKING:
    # Only a worker needs the library: pages enqueue by SQL.
    import procrastinate
    from procrastinate.connector import BaseConnector

Task = Callable[..., Any]
_tasks: dict[str, dict[str, Any]] = {}
QUEUES = ("default", "feeds")


def task(
    name: str, *, queue: str = "default", retry: int = 3, lock: str | None = None
) -> Callable[[Task], Task]:
    """Declare a function as a task named ``<service>.<verb>``; ``retry`` counts attempts after a failure."""

    def declare(function: Task) -> Task:
        function.job_name = name  # type: ignore[attr-defined]
        _tasks[name] = {"function": function, "queue": queue, "retry": retry, "lock": lock}
        return function

    return declare


def defer(function: Task, *, at: datetime | None = None, unique: str | None = None, **arguments: Any) -> None:
    """Enqueue a task in the current transaction; ``unique`` drops it when the same one already waits."""
    name = function.job_name  # type: ignore[attr-defined]
    declared = _tasks[name]
    values = {
        "queue": declared["queue"],
        "task": name,
        "lock": declared["lock"],
        "unique": unique,
        "args": json.dumps(arguments),
        "at": at,
    }
    if unique is not None and db.session.scalar(
        text("SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = :unique AND status = 'todo'"), values
    ):
        return
    db.session.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, :unique,"
            " CAST(:args AS jsonb), CAST(:at AS timestamptz))::procrastinate_job_to_defer_v1])"
        ),
        values,
    )


def schema_sql() -> str:
    """The queue's own schema, part of our migrations."""
    from procrastinate.schema import SchemaManager

    return SchemaManager.get_schema()


def build(app: Flask, connector: BaseConnector | None = None, *, scheduled: bool = True) -> procrastinate.App:
    """The queue's application, with every declared task and every schedule of the registry."""
    import procrastinate

    url = str(app.config["SQLALCHEMY_ENGINES"]["default"]).replace("+psycopg", "")
    queue = procrastinate.App(connector=connector or procrastinate.PsycopgConnector(conninfo=url))
    for name, declared in _tasks.items():
        queue.task(
            name=name,
            queue=declared["queue"],
            retry=procrastinate.RetryStrategy(max_attempts=declared["retry"] + 1, exponential_wait=2),
            lock=declared["lock"],
        )(_in_context(app, declared["function"]))
    for job in (job for service in registry for job in service.jobs):
        name = job.task.job_name
        declare = queue.task(name=f"{name}:scheduled", queue="default")
        declared_job = declare(_ignoring_timestamp(_in_context(app, job.task)))
        if scheduled:
            queue.periodic(cron=job.cron, periodic_id=name)(declared_job)
    return queue


def _in_context(app: Flask, function: Task) -> Task:
    @functools.wraps(function)
    def run(**arguments: Any) -> Any:
        with app.app_context(), lifted():
            return function(**arguments)

    return run


def _ignoring_timestamp(function: Task) -> Task:
    @functools.wraps(function)
    def run(timestamp: int) -> Any:
        del timestamp
        return function()

    return run


async def _work(queue: procrastinate.App, *, wait: bool, concurrency: int) -> None:
    async with queue.open_async():
        await queue.run_worker_async(
            wait=wait, concurrency=concurrency, install_signal_handlers=wait, delete_jobs="successful"
        )


def run_worker(app: Flask, *, wait: bool = True, concurrency: int = 2) -> None:
    """Work until stopped, or, without ``wait``, until nothing is left to do.

    A worker that ends starts no schedule: what it would enqueue on its way out would wait for the next one.
    """
    asyncio.run(_work(build(app, scheduled=wait), wait=wait, concurrency=concurrency))


def run_pending() -> None:
    """Do every job that waits, in order, in this process; what they raise is raised."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask offers no other way
    while True:
        db.session.rollback()
        with lifted():
            row = db.session.execute(
                text(
                    "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM"
                    " procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
                    " ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, task_name, args"
                )
            ).first()
            db.session.commit()
        if row is None:
            return
        with app.app_context(), lifted():
            _tasks[row.task_name]["function"](**row.args)
        with lifted():
            db.session.execute(
                text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = :id"), {"id": row.id}
            )
            db.session.commit()
