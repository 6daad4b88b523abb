"""Usage statistics: by service, profile and hour, without anybody in them."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, Job, Permission, ProfileKind, Service
from preau.kernel.statistics import UsageHour
from preau.socle.support.statistics import views
from preau.socle.support.statistics.jobs import purge_job

service = Service(
    code="SOC-SUP",
    name="statistics",
    label=_l("Statistiques"),
    description=_l("Combien l’ENT sert, à qui et quand, sans suivre personne."),
    icon="bar-chart",
    family="socle",
    covers=("SOC-POR-GMC-01", "SOC-POR-GMC-02"),
    blueprints=(views.blueprint,),
    models=(UsageHour,),
    permissions=(
        Permission("statistics.read", _l("Lire les statistiques d’usage"), profiles=(ProfileKind.HEAD,)),
    ),
    administration=(
        AdminPage(
            "statistics.index",
            _l("Statistiques"),
            _l("Pages vues par service, profil, heure et appareil."),
            permission="statistics.read",
            icon="bar-chart",
            section="watch",
        ),
    ),
    jobs=(Job("10 4 1 * *", purge_job),),
    needs=("directory",),
)
