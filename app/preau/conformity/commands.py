"""``preau conformity``: what is proven, by which test, on which topology."""

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

import click

from preau.conformity.documents import project_root
from preau.conformity.exports import as_html, as_json, as_ods
from preau.conformity.grid import Grid, gaps, load
from preau.conformity.summary import provenance, summary
from preau.kernel.contract import Service
from preau.kernel.errors import PreauError

TEXTS: dict[str, Callable[[Grid], str]] = {"summary": summary, "json": as_json, "html": as_html}


@click.command("conformity", short_help="Ce que la solution prouve du SDET, et par quel test.")
@click.option("--summary", "form", flag_value="summary", default=True, help="Tableau par service.")
@click.option("--json", "form", flag_value="json", help="Liste en JSON (docs/formats/conformity.md).")
@click.option("--html", "form", flag_value="html", help="Grille de conformité, page accessible.")
@click.option("--ods", "form", flag_value="ods", help="Grille de conformité, feuille de calcul.")
@click.option(
    "--check", "form", flag_value="check", help="Échoue si un identifiant déclaré n’a pas de preuve."
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Fichier à écrire.")
def conformity(form: str, output: Path | None) -> None:
    """Dire la vérité du dernier « make test » sur chaque identifiant du SDET v6.2."""
    try:
        grid = load(project_root())
        if form == "check":
            _check(grid, _declared_services())
        else:
            _write(form, grid, output)
    except PreauError as error:
        raise click.ClickException(f"{error.code} : {error.message}") from error


def _write(form: str, grid: Grid, output: Path | None) -> None:
    if form in ("json", "html", "ods") and not grid.evidence.results:
        click.echo(provenance(grid), err=True)
    if form == "ods" and output is None and sys.stdout.isatty():
        raise click.UsageError("Une feuille de calcul ne s’affiche pas : donnez un fichier avec --output.")
    data = as_ods(grid) if form == "ods" else TEXTS[form](grid).encode()
    if output is None:
        sys.stdout.buffer.write(data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise click.ClickException(f"{output} n’a pas pu être écrit ({error.strerror}).") from error
    click.echo(f"{output} écrit.")


def _declared_services() -> Iterable[Service]:
    # Only --check needs the whole ENT: the grid itself is imported without it.
    services: tuple[Service, ...] = import_module("preau.services_list").SERVICES
    return services


def _check(grid: Grid, services: Iterable[Service]) -> None:
    declared = {service.name: service.covers for service in services}
    total = sum(len(ids) for ids in declared.values())
    if not total:
        raise click.ClickException("PRE-CON-003 : aucun service ne déclare d’identifiant, rien à vérifier.")
    missing = gaps(grid, declared)
    for service, id_, reason in missing:
        click.echo(f"{service:<20}{id_:<18}{reason}")
    if missing:
        click.echo(f"{len(missing)} identifiants déclarés sur {total} n’ont pas de preuve.", err=True)
        raise SystemExit(1)
    click.echo(f"Les {total} identifiants déclarés par {len(declared)} services ont leur preuve.")
