"""The turn of the day: rights start and end without anybody signing in again."""

from preau.kernel import jobs
from preau.socle.security.authorisation import review as turn


@jobs.task("security.review_rights")
def review() -> None:
    """What starts or ends today moves rights."""
    turn.review()
