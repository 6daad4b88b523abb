"""The ``preau`` command."""

from importlib import import_module
from typing import Any

import click
from flask import current_app
from flask.cli import FlaskGroup, ScriptInfo

# Commands that need no application are imported only when they are asked for: a help page must be instant.
ALONE = {
    "demo": "preau.demo.commands:demo",
    "db": "preau.demo.database:db",
    "conformity": "preau.conformity.commands:conformity",
}


def _create_app() -> Any:
    from preau.app import create_app

    return create_app()


class Commands(FlaskGroup):
    """Commands of the platform, and those that services declare in their contract."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted({*ALONE, *self._of_services(), "worker", "migrate", "journal", "serve"})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name."""
        if cmd_name in ALONE:
            module, _, name = ALONE[cmd_name].partition(":")
            command: click.Command = getattr(import_module(module), name)
            return command
        if cmd_name in self.commands:
            return self.commands[cmd_name]
        return self._of_services().get(cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A service's command runs inside the application: without it no school or service is known."""
        name, command, rest = super().resolve_command(ctx, args)
        if name in self._of_services() and "--help" not in rest and not current_app:
            ctx.with_resource(ctx.ensure_object(ScriptInfo).load_app().app_context())
        return name, command, rest

    def _of_services(self) -> dict[str, click.Command]:
        from preau.services_list import SERVICES

        return {str(command.name): command for service in SERVICES for command in service.commands}


main = Commands(
    name="preau",
    create_app=_create_app,
    add_default_commands=False,
    add_version_option=False,
    help="Préau : un ENT libre et sa plateforme d’hébergement.",
)


@main.command()
@click.option("--concurrency", default=2, show_default=True, help="Travaux simultanés.")
def worker(concurrency: int) -> None:
    """Exécute les travaux en file et les travaux périodiques, jusqu’à l’arrêt."""
    from flask import current_app

    from preau.kernel import jobs

    jobs.run_worker(current_app._get_current_object(), concurrency=concurrency)  # type: ignore[attr-defined]  # noqa: SLF001


@main.command()
def migrate() -> None:
    """Met la base au niveau de cette version."""
    from preau.kernel.migrate import upgrade

    for revision in upgrade():
        click.echo(revision)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option("--workers", default=1, show_default=True)
@click.option("--threads", default=4, show_default=True)
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Sert les pages (WSGI)."""
    from preau.kernel.serving import serve as run

    run(host, port, workers, threads)


@main.group()
def journal() -> None:
    """Journal des actions."""


@journal.command("verify")
def journal_verify() -> None:
    """Vérifie la chaîne du journal ; code de sortie 1 si une ligne a été touchée."""
    from preau.kernel import journal_seals

    journal_seals.seal()
    verdict = journal_seals.verify()
    for sequence, fault in verdict.faults:
        click.echo(f"PRE-JOU-002 ligne {sequence} : {FAULTS[fault]}", err=True)
    if verdict.purged:
        click.echo(f"Lignes 1 à {verdict.purged} effacées au terme de leur conservation.")
    click.echo(f"{verdict.lines} lignes, empreinte {verdict.head[:16]}…")
    if not verdict.intact:
        raise SystemExit(1)
    click.echo("Journal intact.")


FAULTS = {"missing": "il manque des lignes avant celle-ci", "removed": "retirée", "altered": "modifiée"}
