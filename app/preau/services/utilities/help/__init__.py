"""Aide (UTI-UTL-AID): the user guide, and the help of the page one is on."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AuthenticationLevel, Service, Tile
from preau.services.utilities.help import search, views

service = Service(
    code="UTI-UTL-AID",
    name="help",
    label=_l("Aide"),
    description=_l("Le guide, page par page, et les réponses aux questions fréquentes."),
    icon="question-circle",
    family="utilities",
    covers=("UTI-UTL-AID-01", "UTI-UTL-AID-02"),
    blueprints=(views.blueprint,),
    search=search.SEARCHABLE,
    tile=Tile("help.index", color="slate", order=90),
    level=AuthenticationLevel.PICTURE,
    public=frozenset({"help.index", "help.chapter", "help.find"}),
    across_schools=True,
)
