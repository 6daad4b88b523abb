"""Two partners, each opened by one school, and people who went in."""

from preau.kernel.tenancy import behind, lifted
from preau.kernel.transaction import atomic
from preau.socle.security.propagation import registering
from preau.socle.security.propagation.schemas import PartnerIn
from preau.socle.security.propagation.subjects import opaque_of

NAME = {"name": "ENTPersonNom", "reason": "Afficher le nom sur les copies"}


def partner_in(**changes):
    """What an administrator types of a partner that learns a name."""
    values = {
        "name": "Copies",
        "owner": "Éditeur de copies",
        "category": 5,
        "agreement": "Convention du 1er septembre 2026",
        "landing": "https://copies.exemple.fr/",
        "addresses": ["https://copies.exemple.fr/"],
        "released": [NAME],
    }
    return PartnerIn(**values | changes)


def populate(world):
    admin = world.identity("admin")
    for name, school, key in (("Copies", "college", "teacher"), ("Comptines", "ecole", "school_teacher")):
        with behind(admin):
            partner = registering.register_partner(
                admin, partner_in(name=name, addresses=[f"https://{name.lower()}.exemple.fr/"])
            )
            registering.open_partner(admin, partner, world.structures[school], ["teacher", "pupil"])
        with lifted(), atomic():
            opaque_of(world.people[key], partner, ["ENTPersonNom"])
