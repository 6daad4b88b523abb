"""`preau feed`: what the pages do, from a terminal or a timer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from preau.kernel.identity import system

from . import operations
from .archive import discover
from .errors import FeedError, message
from .models import Delivery
from .naming import is_table
from .progress import Listener
from .words import STATE_LABELS, stage_label

_OUT = Console()
_IDENTITY = system("ligne de commande")
_UAI = click.option("--uai", default="", help="Établissement d’un CSV qui ne dit pas le sien.")
_PATH = click.argument("path", type=click.Path(exists=True, path_type=Path))


@click.group(name="feed")
def feed() -> None:
    """L’alimentation de l’annuaire."""


@feed.command()
@_PATH
@click.option(
    "--date", "dated", type=click.DateTime(["%Y-%m-%d"]), help="Date de la livraison, si son nom la tait."
)
@_UAI
@with_appcontext
def plan(path: Path, dated: datetime | None, uai: str) -> None:
    """Lit une livraison et dit ce qu’elle changerait, sans rien écrire dans l’annuaire."""
    for archive in discover(path):
        with _told(archive.name) as listener:
            delivery = _receive(archive, dated, uai)
            delivery = operations.prepare(_IDENTITY, delivery.id, listener)
        _show(delivery)


@feed.command()
@click.argument("what")
@click.option("--approve", is_flag=True, help="Appliquer même si un seuil est dépassé.")
@click.option(
    "--date", "dated", type=click.DateTime(["%Y-%m-%d"]), help="Date de la livraison, si son nom la tait."
)
@_UAI
@with_appcontext
def apply(what: str, dated: datetime | None, uai: str, *, approve: bool) -> None:
    """Applique une livraison : son numéro, ou le chemin d’une archive ; reprend celle qui s’est arrêtée."""
    for delivery_id, name in _deliveries(what, dated, uai):
        with _told(name) as listener:
            delivery = operations.apply(_IDENTITY, delivery_id, approve=approve, progress=listener)
        _show(delivery)


@feed.command()
@click.argument("delivery_id", type=int)
@with_appcontext
def replay(delivery_id: int) -> None:
    """Relit et réapplique une livraison depuis son archive."""
    with _told(str(delivery_id)) as listener:
        delivery = operations.replay(_IDENTITY, delivery_id, listener)
    _show(delivery)


@feed.command()
@click.option("--limit", default=10, show_default=True, help="Livraisons montrées.")
@with_appcontext
def status(limit: int) -> None:
    """Montre les dernières livraisons et où en est chacune."""
    table = Table("N°", "Livraison", "Source", "Du", "État", "Étape", "Changements")
    for each in operations.history(limit):
        changed = sum((each.counts.get("applied") or {}).values())
        step = f"{stage_label(each.stage)} {each.progress.get('done', '')}/{each.progress.get('total', '')}"
        table.add_row(
            str(each.id),
            each.name,
            each.source,
            f"{each.dated:%d/%m/%Y}",
            str(STATE_LABELS[each.state]),
            step if each.stage else "",
            str(changed) if each.state == "applied" else "",
        )
    _OUT.print(table)


def _receive(archive: Path, dated: datetime | None, uai: str) -> Delivery:
    return operations.receive(_IDENTITY, archive, dated=dated.date() if dated else None, uai=uai)


def _deliveries(what: str, dated: datetime | None, uai: str) -> Iterator[tuple[int, str]]:
    if what.isdecimal() and not Path(what).exists():
        yield int(what), what
        return
    if not Path(what).exists():
        raise click.ClickException(f"Rien à cet endroit : {what}")
    for archive in discover(Path(what)):
        try:
            delivery = _receive(archive, dated, uai)
        except FeedError as error:
            raise click.ClickException(str(error)) from error
        yield delivery.id, archive.name


@contextmanager
def _told(name: str) -> Iterator[Listener]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=_OUT, transient=True) as bar:
        task = bar.add_task(name)

        def listener(stage: str, done: int, total: int) -> None:
            bar.update(
                task, description=f"{name} · {stage_label(stage)}", completed=done, total=max(total, 1)
            )

        try:
            yield listener
        except FeedError as error:
            raise click.ClickException(str(error)) from error


def _show(delivery: Delivery) -> None:
    _OUT.print(f"[bold]{delivery.name}[/bold] (n° {delivery.id}) : {STATE_LABELS[delivery.state]}")
    table = Table("Établissement", "UAI", "Arrivées", "Modifiés", "Départs", "Effectif")
    for row in delivery.plan.get("structures", []):
        kinds: list[dict[str, Any]] = list(row["kinds"].values())
        sums = [sum(kind[figure] for kind in kinds) for figure in ("arrive", "change", "leave", "current")]
        table.add_row(row["name"], row["uai"], *map(str, sums))
    if table.row_count:
        _OUT.print(table)
    for stop in delivery.plan.get("stops", []):
        _OUT.print(f"[yellow]{stop['code']}[/yellow] {message(stop['code'], stop)}")
    found = operations.problems(delivery.id, limit=20)
    for problem in found:
        word = "ligne" if is_table(problem.file) else "n°"
        where = f"{problem.file} {word} {problem.position}" if problem.file else problem.structure_key
        _OUT.print(
            f"[dim]{problem.code}[/dim] {where} {problem.key} : {message(problem.code, problem.details)}"
        )
    total = delivery.counts.get("problems", 0)
    if total > len(found):
        _OUT.print(f"… {total - len(found)} autres remarques : voir la page de la livraison.")
    for name, value in (delivery.counts.get("applied") or {}).items():
        _OUT.print(f"{name} : {value}")
