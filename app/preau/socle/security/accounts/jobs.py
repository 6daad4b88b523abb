"""The life of accounts as jobs: after a feed, and every night."""

from preau.kernel import jobs
from preau.socle.security.accounts import provisioning


@jobs.task("security.provision")
def provision(person_ids: list[int] | None = None) -> None:
    """Open the accounts that are missing, and welcome back who had left."""
    provisioning.provision(person_ids)


@jobs.task("security.disable_leavers")
def disable_leavers(person_ids: list[int] | None = None) -> None:
    """Disable the accounts of people who have no profile left."""
    provisioning.disable_leavers(person_ids)


@jobs.task("security.purge_due")
def purge_due() -> None:
    """Erase what must be erased today, by batches until nothing is left."""
    while provisioning.purge_due():
        pass
