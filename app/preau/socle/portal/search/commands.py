"""``preau search``: the index from the command line."""

import click

from preau.kernel import search_follow


@click.group("search")
def group() -> None:
    """Index de recherche."""


@group.command("reindex")
@click.argument("kinds", nargs=-1)
def reindex(kinds: tuple[str, ...]) -> None:
    """Relit tout ce qui se cherche, ou les types nommés, et oublie ce qui n’existe plus."""
    known = search_follow.searchables()
    if unknown := set(kinds) - set(known):
        raise click.UsageError(f"PRE-REC-001 types inconnus : {', '.join(sorted(unknown))}")
    for name in kinds or sorted(known):
        click.echo(f"{name} : {search_follow.reindex(name)}")
