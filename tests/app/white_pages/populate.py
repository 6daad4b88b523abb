"""Rules of two schools and entries of several people."""

from preau.kernel.tenancy import behind
from preau.services.information.white_pages import operations
from preau.services.information.white_pages.operations import EntryIn
from preau.services.information.white_pages.visibility import View


def populate(world):
    for key, school in (("head", "college"), ("school_head", "ecole")):
        identity = world.identity(key)
        with behind(identity):
            operations.set_view(
                identity, world.structures[school], "pupil", "teacher", View("groups", ("mail",))
            )
            operations.set_view(
                identity, world.structures[school], "guardian", "guardian", View("groups", ())
            )
    for key in ("teacher", "school_teacher", "guardian"):
        identity = world.identity(key)
        with behind(identity):
            hidden = {"name": ["teacher"], "mail": ["guardian"]}
            operations.update_entry(identity, EntryIn(mail=f"{key}@exemple.fr", restrictions=hidden))
