"""``preau export`` and ``preau import``: the same archives from the command line."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from preau.kernel.errors import PreauError
from preau.kernel.exchange import POLICIES
from preau.kernel.exchange_context import References, Scope
from preau.kernel.exchange_export import export_archive
from preau.kernel.exchange_import import import_archive
from preau.kernel.identity import system

SCOPES = (
    click.option("--personne", "person", metavar="UID", help="Les données d’une personne."),
    click.option("--etablissement", "structure", metavar="UAI", help="Toute une école ou un établissement."),
    click.option("--groupe", "group", metavar="UID", help="Les données d’un groupe."),
    click.option("--tout", "everything", is_flag=True, help="Tout ce que contient cette instance."),
)


def _scope(person: str | None, structure: str | None, group: str | None, *, everything: bool) -> Scope:
    asked = [("person", person), ("structure", structure), ("group", group)]
    given = [(kind, key) for kind, key in asked if key]
    if len(given) + everything != 1:
        raise click.UsageError(
            "Indiquez une seule étendue : --personne, --etablissement, --groupe ou --tout."
        )
    if everything:
        return Scope("everything")
    kind, key = given[0]
    local = References().local(f"{kind}:{key}")
    if local is None:
        raise click.ClickException(f"PRE-ECH-030 « {key} » n’existe pas ici.")
    place: dict[str, Any] = {f"{kind}_id": int(local.split(":")[1])}
    return Scope(kind, **place)


def _with_scopes(function: click.Command) -> click.Command:
    for option in reversed(SCOPES):
        function = option(function)
    return function


@click.command("export")
@click.argument("target", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "only", multiple=True, help="Seulement ce format ; peut être répété.")
@_with_scopes  # type: ignore[arg-type]
def export(
    target: Path, only: tuple[str, ...], person: str | None, structure: str | None, group: str | None,
    everything: bool,  # noqa: FBT001 - click's
) -> None:  # fmt: skip
    """Exporte des données dans une archive ZIP décrite par MANIFEST.json."""
    scope = _scope(person, structure, group, everything=everything)
    try:
        manifest = export_archive(system("ligne de commande"), scope, target, only=only or None)
    except PreauError as error:
        raise click.ClickException(f"{error.code} {error.message}") from None
    for part in manifest.parts:
        click.echo(f"{part.title} : {part.count}")


@click.command("import")
@click.argument("source", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--politique", "policy", type=click.Choice(POLICIES), default="refuse", show_default=True)
@click.option("--essai", "dry_run", is_flag=True, help="Dit ce qui serait fait, et ne fait rien.")
@click.option("--format", "only", multiple=True, help="Seulement ce format ; peut être répété.")
@_with_scopes  # type: ignore[arg-type]
def import_(
    source: Path, policy: str, dry_run: bool, only: tuple[str, ...], person: str | None, structure: str | None,  # noqa: FBT001
    group: str | None, everything: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Importe une archive : tout, ou rien si quelque chose ne va pas."""
    scope = _scope(person, structure, group, everything=everything)
    try:
        report = import_archive(
            system("ligne de commande"), scope, source, policy=policy, only=only or None, dry_run=dry_run
        )
    except PreauError as error:
        raise click.ClickException(f"{error.code} {error.message}") from None
    for part in report.parts:
        counts = {name: value for name, value in asdict(part).items() if isinstance(value, int) and value}
        click.echo(
            f"{part.label} : " + (", ".join(f"{name} {value}" for name, value in counts.items()) or "rien")
        )
    for reference in report.absent:
        click.echo(f"Référence inconnue ici : {reference}")
    if report.unsupported:
        click.echo("Formats non pris en charge : " + ", ".join(report.unsupported))
    if not report.possible:
        raise SystemExit(1)
