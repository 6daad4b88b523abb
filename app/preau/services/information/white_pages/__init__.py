"""Pages blanches (UTI-IDO-PBL): who is in the school, as far as each one may see."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import EVERYONE, AdminPage, Permission, ProfileKind, Service, Tile
from preau.kernel.rights import Access, Holds, Nobody
from preau.services.information.white_pages import administration, exchange, models, search, views
from preau.services.information.white_pages.visibility import MANAGE, VISIBLE
from preau.socle.directory.models import Profile

INSIDE = tuple(kind for kind in EVERYONE if kind is not ProfileKind.EXTERNAL)

service = Service(
    code="UTI-IDO-PBL",
    name="white_pages",
    label=_l("Annuaire"),
    description=_l("Trouver une personne, une classe, un professeur."),
    icon="person-lines-fill",
    family="information",
    covers=(
        "UTI-IDO-PBL-01",
        "UTI-IDO-PBL-02",
        "UTI-IDO-PBL-03",
        "UTI-IDO-PBL-04",
        "UTI-IDO-PBL-05",
        "UTI-IDO-PBL-06",
        "UTI-IDO-PBL-07",
        "UTI-IDO-PBL-08",
    ),
    blueprints=(views.blueprint,),
    models=(models.VisibilityRule, models.Entry),
    access={
        Profile: Access(read=VISIBLE, write=Nobody()),
        models.VisibilityRule: Access(read=Holds(MANAGE), write=Holds(MANAGE)),
    },
    permissions=(
        Permission("white_pages.use", _l("Consulter l’annuaire"), profiles=INSIDE),
        Permission("white_pages.update", _l("Mettre à jour sa fiche d’annuaire"), profiles=EVERYONE),
        Permission("white_pages.export", _l("Exporter l’annuaire"), profiles=(ProfileKind.HEAD,)),
        Permission(MANAGE, _l("Régler et importer l’annuaire"), profiles=(ProfileKind.HEAD,)),
    ),
    search=search.SEARCH,
    exchange=exchange.FORMATS,
    tile=Tile("white_pages.index", color="teal", picture="directory", order=30),
    administration=(
        AdminPage(
            "white_pages.visibility_index",
            _l("Qui voit qui dans l’annuaire"),
            _l("Ce que chaque profil voit des autres, école par école."),
            permission=MANAGE,
            icon="eye",
            section="people",
            order=40,
        ),
    ),
    across_schools=True,
    needs=("directory",),
)

__all__ = ["administration", "service"]
