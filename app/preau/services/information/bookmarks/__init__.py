"""Gestion des signets (UTI-IDO-GSI): one's bookmarks in folders, shared as one likes."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import EVERYONE, Notification, Permission, Service, Tile
from preau.services.information.bookmarks import (
    api,
    exchange,
    folders,
    group,
    models,
    search,
    sharing,
    views,
)

service = Service(
    code="UTI-IDO-GSI",
    name="bookmarks",
    label=_l("Signets"),
    description=_l("Retrouver les pages utiles, rangées et partagées."),
    icon="bookmark",
    family="information",
    covers=("UTI-IDO-GSI-01", "UTI-IDO-GSI-02"),
    blueprints=(views.blueprint, api.blueprint),
    models=(models.Folder, models.Bookmark),
    access={models.Folder: models.ACCESS, models.Bookmark: models.ACCESS},
    permissions=(Permission("bookmarks.use", _l("Gérer ses signets"), profiles=EVERYONE),),
    notifications=(
        Notification(
            "bookmarks.shared",
            _l("On partage des signets avec vous"),
            title=_l("{actor} partage des signets avec vous"),
            body=_l(
                "{actor} vous a ouvert « {name} » : voyez la rubrique « Partagés avec moi » de vos signets."
            ),
            short=_l("{actor} partage « {name} » avec vous dans vos signets."),
        ),
    ),
    search=search.SEARCHABLE,
    exchange=exchange.FORMATS,
    tile=Tile("bookmarks.index", color="honey", order=40),
    across_schools=True,
    group_tool=True,
    group_endpoint="bookmarks.group",
    needs=("directory", "groups"),
    on_ready=(sharing.listen,),
)

__all__ = ["folders", "group", "service"]
