"""What security tidies every night."""

from preau.kernel import jobs
from preau.socle.security.policy import watch


@jobs.task("security.tidy")
def tidy() -> None:
    """Forget alerts, counters and origins whose time is over."""
    watch.forget_old()
