"""Something chosen by a person, and by a school; neither shows on the pages that others look at."""

from preau.kernel import preferences
from preau.kernel.tenancy import behind


def populate(world):
    head, guardian = world.identity("head"), world.identity("guardian")
    with behind(guardian):
        preferences.choose(guardian, "portal.order", "person", guardian.person_id, ["news", "white_pages"])
    with behind(head):
        preferences.choose(head, "news.approval", "structure", world.structures["college"], "always")
