"""`preau demo generate`: the invented academy, delivered as an academy delivers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from preau.kernel.database import today

from .aaf import write_delivery
from .academy import PEOPLE, SEED, build_academy
from .export import requests


def generate(folder: Path, people: int = PEOPLE, seed: int = SEED, day: date | None = None) -> list[Path]:
    """Writes the two deliveries (first and second degree) of an academy and returns their paths."""
    academy = build_academy(seed, people)
    delivered = day or today()
    return [
        write_delivery(folder, requests(academy, degree), degree=degree, day=delivered)
        for degree in ("1D", "2D")
    ]


@click.group(name="demo", invoke_without_command=True)
@click.option("--port", default=8080, show_default=True, help="Port où le site répond.")
@click.option(
    "--feed",
    type=click.Path(exists=True, path_type=Path),
    help="Votre archive AAF, à la place de l’académie inventée.",
)
@click.pass_context
def demo(context: click.Context, port: int, feed: Path | None) -> None:
    """Lance l’ENT avec une académie inventée (ou la vôtre), sur un seul port."""
    if context.invoked_subcommand is None:
        from preau.demo.run import run

        run(port, feed)


@demo.command(name="generate")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="Dossier."
)
@click.option(
    "--people", default=PEOPLE, show_default=True, type=click.IntRange(200, 60_000), help="Personnes."
)
@click.option("--seed", default=SEED, show_default=True, help="Graine : la même donne les mêmes personnes.")
def generate_command(folder: Path, people: int, seed: int) -> None:
    """Écrit une petite académie sous forme de livraisons AAF, 1D et 2D."""
    for path in generate(folder, people, seed):
        click.echo(path)
