"""`preau demo generate`: the invented academy, delivered as an academy delivers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from .aaf import write_delivery
from .academy import PEOPLE, SEED, build_academy
from .export import requests


def generate(folder: Path, people: int = PEOPLE, seed: int = SEED, day: date | None = None) -> list[Path]:
    """Writes the two deliveries (first and second degree) of an academy and returns their paths."""
    academy = build_academy(seed, people)
    delivered = day or date.today()  # noqa: DTZ011 - a delivery is dated by its sender's calendar
    return [
        write_delivery(folder, requests(academy, degree), degree=degree, day=delivered)
        for degree in ("1D", "2D")
    ]


@click.group(name="demo")
def demo() -> None:
    """L’académie de démonstration."""


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
