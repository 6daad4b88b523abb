"""Gestion de groupes d'usagers (UTI-UTL-GRP): groups made by hand, with their tools, for a time."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import (
    EVERYONE,
    AdminPage,
    Counter,
    Job,
    Notification,
    Permission,
    ProfileKind,
    Service,
    Tile,
)
from preau.services.utilities.groups import api, exchange, jobs, limits, models, rules, running, views
from preau.socle.directory.models import Group

MAKERS = (ProfileKind.TEACHER, ProfileKind.STAFF, ProfileKind.HEAD, ProfileKind.ACADEMIC)
HEADS = (ProfileKind.HEAD,)

service = Service(
    code="UTI-UTL-GRP",
    name="groups",
    label=_l("Groupes"),
    description=_l("Travailler à plusieurs, dans un établissement ou entre établissements."),
    icon="people",
    family="utilities",
    covers=tuple(f"UTI-UTL-GRP-0{number}" for number in range(1, 8)),
    blueprints=(views.blueprint, api.blueprint),
    models=(models.GroupSheet, models.GroupTool, models.GroupToolRight, models.JoinRequest),
    access={Group: rules.ACCESS},
    permissions=(
        Permission("groups.use", _l("Voir ses groupes"), profiles=EVERYONE),
        Permission("groups.create", _l("Créer des groupes dans son établissement"), profiles=MAKERS),
        Permission("groups.across", _l("Créer des groupes entre établissements"), profiles=MAKERS),
        Permission("groups.administer", _l("Administrer tous les groupes"), profiles=HEADS),
        Permission("groups.configure", _l("Régler les groupes"), profiles=HEADS),
    ),
    settings=limits.SETTINGS,
    notifications=(
        Notification(
            "groups.added",
            _l("On vous ajoute à un groupe"),
            title=_l("Vous êtes dans le groupe « {name} »"),
            body=_l(
                "{actor} vous a ajouté au groupe « {name} ». Vous y trouverez ses outils et ses membres."
            ),
            short=_l("{actor} vous a ajouté au groupe « {name} »."),
        ),
        Notification(
            "groups.asked",
            _l("On demande à rejoindre un de vos groupes"),
            title=_l("{actor} demande à rejoindre « {name} »"),
            body=_l("{actor} demande à rejoindre « {name} ». Acceptez ou déclinez sur la page du groupe."),
            short=_l("{actor} demande à rejoindre « {name} »."),
        ),
        Notification(
            "groups.end_near",
            _l("Un de vos groupes va se terminer"),
            title=_l("Le groupe « {name} » se termine le {date}"),
            body=_l("Le groupe « {name} » se fermera après le {date}. Prolongez-le si vous en avez besoin."),
            short=_l("Le groupe « {name} » se termine le {date}."),
            default_media=("portal", "mail"),
        ),
    ),
    exchange=exchange.FORMATS,
    counters=(Counter("groups.created", _l("Groupes créés")),),
    tile=Tile("groups.index", color="green", order=30),
    administration=(
        AdminPage(
            "groups.administration",
            _l("Groupes"),
            _l("Tous les groupes créés à la main, et leurs responsables."),
            permission="groups.administer",
            icon="people",
            section="people",
        ),
        AdminPage(
            "groups.settings",
            _l("Réglages des groupes"),
            _l("Combien de groupes, quels outils et quel espace, par profil."),
            permission="groups.configure",
            icon="sliders",
            section="services",
        ),
    ),
    jobs=(Job("5 4 * * *", jobs.follow_lifetimes),),
    across_schools=True,
    needs=("directory", "security"),
)

__all__ = ["running", "service"]
