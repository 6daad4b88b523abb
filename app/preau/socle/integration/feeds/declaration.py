"""What the directory feeds declare to the rest of the house."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, Job, Permission, Service, Setting
from preau.socle.integration.feeds import jobs, models, views
from preau.socle.integration.feeds.commands import feed

service = Service(
    code="SOC-INT-IED",
    name="feeds",
    label=_l("Alimentation de l’annuaire"),
    icon="arrow-down-circle",
    family="socle",
    description=_l("Livraisons AAF, SAPIA et de collectivités : lire, prévoir, appliquer."),
    covers=(
        "SOC-INT-IED-01",
        "SOC-INT-IED-02",
        "SOC-INT-IED-03",
        "SOC-INT-IED-16",
        "SOC-INT-IED-22",
        "SOC-INT-IED-24",
    ),
    models=(models.Delivery, models.AppliedRecord, models.FeedProblem, models.FeedBatch),
    permissions=(Permission("feeds.manage", _l("Alimenter l’annuaire"), roles=(), delegable=False),),
    blueprints=(views.blueprint,),
    commands=(feed,),
    jobs=(Job("30 3 * * *", jobs.purge),),
    administration=(
        AdminPage(
            endpoint="feeds.index",
            label=_l("Alimentation de l’annuaire"),
            description=_l("Déposer une livraison, lire son plan, l’appliquer."),
            permission="feeds.manage",
            icon="arrow-down-circle",
            section="people",
            order=20,
        ),
    ),
    settings=(
        Setting(
            "feeds.max_departures",
            _l("Départs permis sans approbation (pour cent)"),
            10,
            levels=("project",),
            minimum=0,
            maximum=100,
            help=_l(
                "Au-delà, dans un établissement ou en tout, l’application attend qu’on approuve le plan."
            ),
        ),
        Setting(
            "feeds.keep_days",
            _l("Jours de conservation des archives livrées"),
            30,
            levels=("project",),
            minimum=1,
            maximum=365,
            help=_l(
                "Les archives contiennent des données personnelles : elles sont effacées passé ce délai."
            ),
        ),
    ),
)
