"""`preau db`: the demonstration's own PostgreSQL."""

from __future__ import annotations

import click

from preau.kernel.adapters.postgres import Cluster
from preau.settings import Settings


def cluster() -> Cluster:
    """The cluster of the demonstration, started or not."""
    return Cluster(Settings().data.resolve() / "demo" / "postgres")


@click.group()
def db() -> None:
    """La base embarquée de la démonstration."""


@db.command()
def url() -> None:
    """Affiche son adresse, pour psql ou PREAU_DATABASE."""
    click.echo(cluster().url())


@db.command()
def stop() -> None:
    """L’arrête, qui que ce soit qui s’en serve."""
    cluster().stop()
