"""Keeping statistics for as long as they are useful."""

from datetime import timedelta

from sqlalchemy import delete

from preau.kernel import jobs
from preau.kernel.database import now
from preau.kernel.statistics import UsageHour
from preau.kernel.transaction import atomic

KEPT = timedelta(days=3 * 366)


@jobs.task("statistics.purge")
def purge_job() -> None:
    """Forget counts after three years."""
    with atomic() as session:
        session.execute(
            delete(UsageHour)
            .where(UsageHour.hour < now() - KEPT)
            .execution_options(synchronize_session=False)
        )
