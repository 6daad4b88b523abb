"""Something told, something chosen."""

from preau.kernel.notify import notify
from preau.kernel.tenancy import behind
from preau.kernel.transaction import atomic
from preau.services.utilities.notifications import operations

EVENT = "bookmarks.shared"


def populate(world):
    for key, group in (("teacher", "6A"), ("school_teacher", "CP")):
        identity = world.identity(key)
        with behind(identity), atomic():
            notify(
                identity,
                EVENT,
                [f"group:{world.groups[group]}"],
                url="/signets/",
                actor=identity.name,
                name="Volcans",
            )
    for key in ("pupil", "child"):
        identity = world.identity(key)
        with behind(identity):
            operations.choose(identity, {(EVENT, "mail"): "daily"})
