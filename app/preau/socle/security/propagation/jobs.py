"""What the propagation of identities does by itself."""

from preau.kernel import jobs
from preau.kernel.transaction import atomic
from preau.socle.security.propagation import tickets


@jobs.task("partners.forget_tickets")
def forget_tickets() -> None:
    """Delete the tickets that nobody came for."""
    with atomic():
        tickets.forget_old()
