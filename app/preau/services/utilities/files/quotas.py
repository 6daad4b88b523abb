"""Room: how much a space may hold, a warning before it is full, a clear refusal once it is (UTI-UTL-ESF-07)."""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import update

from preau.kernel import preferences
from preau.kernel.database import db, now
from preau.kernel.i18n import filesize
from preau.kernel.identity import Identity, ProfileKind, system
from preau.kernel.notify import notify
from preau.kernel.tenancy import lifted
from preau.services.utilities.files.errors import Full
from preau.services.utilities.files.models import Space
from preau.services.utilities.files.rules import managers_of

MEGA = 1024**2
DEFAULTS = {
    ProfileKind.PUPIL: 1000,
    ProfileKind.GUARDIAN: 500,
    ProfileKind.TEACHER: 10_000,
    ProfileKind.STAFF: 5000,
    ProfileKind.HEAD: 10_000,
    ProfileKind.ACADEMIC: 5000,
    ProfileKind.AUTHORITY: 5000,
    ProfileKind.EXTERNAL: 500,
}
GROUP_DEFAULT = 5000
WARN_PERCENT = 85


def personal_limits(identity: Identity) -> tuple[int, int]:
    """Quota and warning threshold of a person, in octets: the most generous of their profiles."""
    names = [f"files.quota_{kind}" for kind in sorted(identity.kinds)] or ["files.quota_external"]
    values = preferences.resolve([*names, "files.warn_percent"], identity)
    quota = max(values[name] for name in names) * MEGA
    return quota, quota * values["files.warn_percent"] // 100


def group_limits(identity: Identity, structure_id: int | None) -> tuple[int, int]:
    """The same for a group of that structure."""
    values = preferences.resolve(["files.quota_group", "files.warn_percent"], identity, structure_id)
    quota = values["files.quota_group"] * MEGA
    return quota, quota * values["files.warn_percent"] // 100


def charge(identity: Identity, space_id: uuid.UUID, octets: int) -> None:
    """Take room in a space, or give some back; :class:`Full` when there is not enough left.

    The row stays locked until the end of the transaction: two uploads never both take the last octets.
    """
    if not octets:
        return
    with lifted():  # the room is the owner's, whoever writes in the shared folder
        row = db.session.execute(
            update(Space)
            .where(Space.id == space_id)
            .values(used=Space.used + octets)
            .returning(
                Space.used, Space.quota, Space.warn_at, Space.warned_at, Space.owner_id, Space.group_id
            )
            .execution_options(synchronize_session=False)
        ).one()
    if octets > 0 and row.used > row.quota:
        left = max(row.quota - row.used + octets, 0)
        raise Full(
            _(
                "Il reste %(left)s dans cet espace et il faudrait %(wanted)s. Ce contenu n’a pas été enregistré : "
                "videz la corbeille ou supprimez des fichiers, puis recommencez.",
                left=filesize(left),
                wanted=filesize(octets),
            )
        )
    crossed = row.used >= row.warn_at
    if crossed != (row.warned_at is not None):
        with lifted():  # as above
            db.session.execute(
                update(Space).where(Space.id == space_id).values(warned_at=now() if crossed else None)
            )
        if crossed:
            _warn(identity, row)


def _warn(identity: Identity, row: Any) -> None:
    told = [row.owner_id] if row.owner_id else managers_of(row.group_id)
    percent = row.used * 100 // row.quota if row.quota else 100
    # One is told of what oneself did, too: the platform speaks.
    notify(
        system(identity.name),
        "files.nearly_full",
        [f"person:{each}" for each in told],
        url="/fichiers/",
        percent=percent,
    )
