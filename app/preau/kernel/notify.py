"""Notifications: who is told what, by which medium, how often (UTI-UTL-NOT).

    notify(identity, "news.published", structures_or_people, url="/actualites/…", title=article.title)

``name`` is declared by the service's contract (its wording per medium); ``recipients`` are principals
("group:9:guardian", "profile:3:teacher", "person:12"); ``data`` fills the wording's placeholders. The
rows are written in the caller's transaction by one statement, whatever the number of people; mail, SMS
and push leave by jobs of the same transaction, each person's own choices applied.
"""

from collections.abc import Collection
from typing import Any

from preau.kernel.identity import Identity
from preau.kernel.notify_fanout import fan_out


def notify(
    identity: Identity, name: str, recipients: Collection[str], /, *, url: str = "", **data: Any
) -> None:
    """Tell the people behind the principals, except the actor; joins the current transaction."""
    fan_out(identity, name, recipients, url, data)
