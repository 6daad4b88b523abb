"""What the feed and the other services ask of accounts."""

from preau.socle.security.accounts.provisioning import disable_leavers, provision, purge_due

__all__ = ["disable_leavers", "provision", "purge_due"]
