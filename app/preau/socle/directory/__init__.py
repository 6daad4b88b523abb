"""Annuaire ENT (SDET, chapter 9): who is who, where, and tied to whom."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Service
from preau.kernel.ports.addresses import provide as provide_addresses
from preau.kernel.ports.principals import provide
from preau.socle.directory import models, picker
from preau.socle.directory.addresses import DirectoryAddresses
from preau.socle.directory.exchange import FORMATS
from preau.socle.directory.principals import DirectoryPrincipals

service = Service(
    code="SOC-DIR",
    name="directory",
    label=_l("Annuaire"),
    icon="people",
    family="socle",
    blueprints=(picker.blueprint,),
    on_ready=(lambda: provide(DirectoryPrincipals()), lambda: provide_addresses(DirectoryAddresses())),
    exchange=FORMATS,
    models=(
        models.Structure,
        models.StructureLink,
        models.Person,
        models.SourceKey,
        models.Profile,
        models.Role,
        models.Group,
        models.Membership,
        models.Relation,
        models.Subject,
        models.Mef,
        models.Teaching,
    ),
)
