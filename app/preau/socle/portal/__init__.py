"""Services Portail (SOC-POR): presentation and personalisation of the ENT."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import EVERYONE, AdminPage, Permission, ProfileKind, Service
from preau.socle.portal import exchange, look, models, whats_new
from preau.socle.portal.settings import SETTINGS
from preau.socle.portal.views import appearance, preferences, public
from preau.socle.portal.views import home as home_pages

public.blueprint.before_app_request(look.frame)

service = Service(
    code="SOC-POR",
    name="portal",
    label=_l("Portail"),
    description=_l("L’accueil, l’apparence et les pages publiques."),
    icon="house-door",
    family="socle",
    covers=(
        "SOC-POR-PRE-01",
        "SOC-POR-PRE-02",
        "SOC-POR-PRE-03",
        "SOC-POR-PPO-01",
        "SOC-POR-PPO-02",
        "SOC-POR-PPO-03",
        "SOC-POR-PPO-04",
        "SOC-POR-PPO-05",
        "SOC-POR-PPO-06",
        "SOC-POR-PPO-07",
        "SOC-POR-PPO-08",
        "UTI-UTL-PER-01",
        "UTI-UTL-PER-02",
    ),
    blueprints=(public.blueprint, home_pages.blueprint, preferences.blueprint, appearance.blueprint),
    models=(models.PortalText, models.PortalMessage, models.PortalLogo),
    permissions=(
        Permission("portal.personalise", _l("Choisir l’apparence de son ENT"), profiles=EVERYONE),
        Permission(
            "portal.group",
            _l("Choisir l’apparence de ses classes et groupes"),
            profiles=(ProfileKind.TEACHER,),
        ),
        Permission("portal.appearance", _l("Choisir l’apparence de l’école"), profiles=(ProfileKind.HEAD,)),
        Permission("portal.project", _l("Choisir l’apparence du projet"), roles=(), delegable=False),
    ),
    settings=SETTINGS,
    exchange=exchange.FORMATS,
    administration=(
        AdminPage(
            "appearance.index",
            _l("Apparence et accueil"),
            _l("Couleurs, logos, messages, services montrés à l’accueil, textes publics."),
            permission="portal.appearance",
            icon="palette",
            section="look",
            order=10,
        ),
    ),
    public=frozenset({"portal.index", "portal.legal", "portal.site_map", "portal.logo"}),
    needs=("directory", "security"),
    on_ready=(look.listen, whats_new.listen),
)
