"""Periodic work of news."""

from preau.kernel import jobs
from preau.services.communication.news import operations


@jobs.task("news.purge")
def purge() -> None:
    """Delete what has been in the trash for thirty days."""
    operations.purge_trash()
