"""Moteurs de recherche (SOC-POR-MDR) and Service de recherche (UTI-IDO-REC): find what one may read."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Counter, Permission, Service, Setting, Tile
from preau.kernel.identity import EVERYONE
from preau.kernel.rights import Access, Owner
from preau.kernel.search_follow import follow_registry
from preau.kernel.search_index import SearchDocument, SearchText
from preau.socle.portal.search import commands, exchange, models, views

service = Service(
    code="UTI-IDO-REC",
    name="search",
    label=_l("Recherche"),
    description=_l("Retrouver un texte, un fichier ou une personne parmi tout ce qui vous est ouvert."),
    icon="search",
    family="information",
    covers=(
        "SOC-POR-MDR-01", "SOC-POR-MDR-02", "SOC-POR-MDR-03", "SOC-POR-MDR-04", "SOC-POR-MDR-05", "SOC-POR-MDR-06",
        "SOC-POR-MDR-07", "UTI-IDO-REC-01", "UTI-IDO-REC-02", "UTI-IDO-REC-04", "UTI-IDO-REC-05", "UTI-IDO-REC-06",
    ),
    blueprints=(views.blueprint,),
    models=(SearchDocument, SearchText, models.SearchHistory, models.SavedSearch),
    access={models.SavedSearch: Access(read=Owner(), write=Owner())},
    permissions=(Permission("search.use", _l("Rechercher"), profiles=EVERYONE, delegable=False),),
    exchange=exchange.FORMATS,
    counters=(Counter("search.asked", _l("Recherches")),),
    tile=Tile("search.index", color="teal", order=45),
    settings=(
        Setting(
            "search.history",
            _l("Garder l’historique de mes recherches"),
            default=True,
            levels=("project", "structure", "person"),
        ),
    ),
    commands=(commands.group,),
    across_schools=True,
    needs=("directory",),
    on_ready=(follow_registry,),
)  # fmt: skip
