"""Making exports and doing imports, with how far they are, for the person who asked."""

import io
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from time import monotonic
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, text

from preau.kernel import files, jobs, journal
from preau.kernel.database import db, now
from preau.kernel.errors import PreauError
from preau.kernel.exchange_export import export_archive
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import Identity
from preau.kernel.notify import notify
from preau.kernel.tenancy import SYSTEM_ROLE
from preau.kernel.transaction import atomic
from preau.socle.integration.exchange import operations
from preau.socle.integration.exchange.models import ExchangeRun
from preau.socle.integration.exchange.operations import ScopeIn
from preau.socle.security.authorisation.flatten import flatten

KEPT = timedelta(days=7)
EVERY = 0.5
SPOOLED = 8 * 1024**2


@jobs.task("exchange.export", retry=0)
def export_job(run: str) -> None:
    """Make an archive, keep it for a week, say that it is there."""
    _attempt(run, _export)


@jobs.task("exchange.import", retry=0, lock="exchange.import")
def import_job(run: str, dry_run: bool) -> None:  # noqa: FBT001 - the arguments of a job are JSON
    """Rehearse an import, or do it."""
    _attempt(run, lambda run_, identity: _import(run_, identity, dry_run=dry_run))


def _attempt(key: str, work: Callable[[ExchangeRun, Identity], None]) -> None:
    run = db.session.get(ExchangeRun, key)
    if run is None or run.state not in operations.BUSY:
        return
    identity = flatten(run.owner_id)
    with atomic():
        run.state = "running"
    try:
        work(run, identity)
    except PreauError as error:
        db.session.rollback()
        run = db.session.get_one(ExchangeRun, key)
        with atomic():
            run.state, run.error, run.finished_at = "failed", error.message, now()
            journal.record(identity, f"exchange.{run.kind}_failed", run, code=error.code)
            notify(
                _platform(),
                "exchange.failed",
                [f"person:{run.owner_id}"],
                url=_address(run),
                why=error.message,
            )


def _platform() -> Identity:
    from preau.kernel.identity import system

    return system("échanges")


def _address(run: ExchangeRun) -> str:
    return f"/mes-donnees/{run.id}"


def _export(run: ExchangeRun, identity: Identity) -> None:
    scope = operations.scope_of(identity, ScopeIn(**run.request["scope"]))
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as target:
        manifest = export_archive(
            identity, scope, target, only=run.request["only"], versions=run.request["versions"],
            progress=_progress(run),
        )  # fmt: skip
        target.seek(0)
        with atomic():
            stored = files.store(target, operations.LARGEST)
            run.blob, run.size = stored.sha256, stored.size
            run.name = f"preau-{manifest.scope.kind}-{manifest.exported_at:%Y-%m-%d}.zip"
            run.report = {
                "parts": [
                    {"label": each.title, "name": each.name, "created": each.count} for each in manifest.parts
                ]
            }
            run.state, run.finished_at, run.done = "done", now(), sum(part.count for part in manifest.parts)
            journal.record(identity, "exchange.export", run, objects=run.done, scope=scope.kind)
            notify(
                _platform(),
                "exchange.exported",
                [f"person:{run.owner_id}"],
                url=_address(run),
                count=run.done,
            )


def _import(run: ExchangeRun, identity: Identity, *, dry_run: bool) -> None:
    scope = operations.scope_of(identity, ScopeIn(**run.request["scope"]))
    if run.blob is None:
        raise PreauError(_("L’archive n’est plus là : envoyez-la de nouveau."))
    key, blob, request = run.id, run.blob, run.request
    with files.opened(blob) as source:
        report = import_archive(
            identity, scope, _seekable(source), policy=request["policy"], only=request["only"], dry_run=dry_run,
            progress=_progress(run),
        )  # fmt: skip
    run = db.session.get_one(ExchangeRun, key)
    with atomic():
        run.report = {**asdict(report), "possible": report.possible}
        run.state, run.finished_at = ("ready" if dry_run else "done"), now()
        if not dry_run:
            notify(
                _platform(), "exchange.imported", [f"person:{run.owner_id}"], url=_address(run), name=run.name
            )


def _seekable(source: Any) -> Any:
    return source if source.seekable() else io.BytesIO(source.read())


def _progress(run: ExchangeRun) -> Callable[[int], None]:
    """Says how far the work is, from a connection of its own: the work's transaction shows nothing yet."""
    key, last = run.id, monotonic()

    def tell(done: int) -> None:
        nonlocal last
        if monotonic() - last < EVERY:
            return
        last = monotonic()
        with db.engine.begin() as connection:
            connection.execute(text(f"SET LOCAL ROLE {SYSTEM_ROLE}"))
            connection.execute(
                text("UPDATE exchange_run SET done = :done WHERE id = :key"), {"done": done, "key": key}
            )

    return tell


@jobs.task("exchange.purge")
def purge_job() -> None:
    """Forget runs, and with them their archives, after a week."""
    with atomic() as session:
        session.execute(
            delete(ExchangeRun)
            .where(ExchangeRun.created_at < now() - KEPT)
            .execution_options(synchronize_session=False)
        )
