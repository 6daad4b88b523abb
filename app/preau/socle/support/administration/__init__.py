"""Administration: one door to every administration screen that the person's rights open (SOC-SUP-ABO)."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Permission, ProfileKind, Service, Tile
from preau.socle.support.administration import views

service = Service(
    code="SOC-SUP-ABO",
    name="administration",
    label=_l("Administration"),
    description=_l("Comptes, annuaire, droits, apparence et surveillance."),
    icon="gear",
    family="socle",
    blueprints=(views.blueprint,),
    permissions=(
        Permission("administration.use", _l("Ouvrir l’administration"), profiles=(ProfileKind.HEAD,)),
    ),
    tile=Tile("administration.index", color="slate", order=95),
)
