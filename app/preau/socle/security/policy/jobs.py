"""What security does by itself: seal the journal, and every night forget what is over."""

from preau.kernel import jobs, journal_seals, preferences
from preau.socle.security.authentication import sessions
from preau.socle.security.policy import watch


@jobs.task("security.seal", lock="security.seal")
def seal() -> None:
    """Seal the lines of the journal that wait, until none does."""
    while journal_seals.seal():
        pass


@jobs.task("security.close_stale", lock="security.close_stale")
def close_stale() -> None:
    """Close the sessions whose time is over, so that partners hear of it too."""
    sessions.close_stale()


@jobs.task("security.tidy")
def tidy() -> None:
    """Forget alerts, counters, origins and lines of the journal whose time is over."""
    watch.forget_old()
    days = preferences.value("security.journal_days")
    while journal_seals.purge(days):
        pass
