"""Import / export de données (SOC-INT-IED): open archives of everything that services declare."""

from flask_babel import lazy_gettext as _l

from preau.kernel import files
from preau.kernel.contract import AdminPage, Job, Notification, Permission, Service, Tile
from preau.kernel.identity import EVERYONE
from preau.kernel.rights import Access, Owner
from preau.socle.integration.exchange import api, commands, models, programs, views
from preau.socle.integration.exchange.jobs import purge_job

service = Service(
    code="SOC-INT-IED",
    name="exchange",
    label=_l("Mes données"),
    description=_l("Emporter ce que j’ai écrit, et le remettre ici ou ailleurs."),
    icon="box-seam",
    family="utilities",
    covers=(
        "SOC-INT-IED-04", "SOC-INT-IED-05", "SOC-INT-IED-06", "SOC-INT-IED-07", "SOC-INT-IED-08", "SOC-INT-IED-09",
        "SOC-INT-IED-10", "SOC-INT-IED-11", "SOC-INT-IED-12", "SOC-INT-IED-13", "SOC-INT-IED-14", "SOC-INT-IED-15",
        "SOC-INT-IED-16", "SOC-INT-IED-17", "SOC-INT-IED-18", "SOC-INT-IED-19", "SOC-INT-IED-20", "SOC-INT-IED-21",
        "SOC-INT-IED-22", "SOC-INT-IED-23", "SOC-SUP-HEB-06",
    ),
    blueprints=(views.blueprint, api.blueprint),
    models=(models.ExchangeRun,),
    access={models.ExchangeRun: Access(read=Owner(), write=Owner())},
    permissions=(
        Permission("exchange.use", _l("Exporter et importer ses données"), profiles=EVERYONE, delegable=False),
        Permission("exchange.school", _l("Exporter et importer les données de l’école")),
        Permission("exchange.everything", _l("Exporter et importer toute l’instance"), roles=(), delegable=False),
    ),
    notifications=(
        Notification(
            "exchange.exported",
            _l("Un export est prêt"),
            title=_l("Votre export est prêt"),
            body=_l("Il contient {count} objets. Téléchargez-le dans les sept jours."),
            short=_l("Votre export est prêt dans votre ENT."),
        ),
        Notification(
            "exchange.imported",
            _l("Un import est terminé"),
            title=_l("Votre import est terminé"),
            body=_l("L’archive « {name} » a été importée. Le compte rendu est dans « Mes données »."),
            short=_l("Votre import est terminé dans votre ENT."),
        ),
        Notification(
            "exchange.failed",
            _l("Un échange n’a pas abouti"),
            title=_l("Votre export ou import n’a pas abouti"),
            body=_l("{why}"),
            short=_l("Un export ou import n’a pas abouti dans votre ENT."),
            mandatory=True,
        ),
    ),
    tile=Tile("exchange.mine", color="slate", order=90),
    administration=(
        AdminPage(
            "exchange.school",
            _l("Exports et imports"),
            _l("Emporter ou remettre les données d’une école, ou de toute l’instance."),
            permission="exchange.school",
            icon="box-seam",
            section="watch",
        ),
    ),
    public=frozenset(
        {
            "exchange.published", "exchange.schema",
            "exchange_api.list_formats", "exchange_api.list_objects", "exchange_api.read_file",
        }
    ),
    jobs=(Job("40 3 * * *", purge_job),),
    commands=(commands.export, commands.import_),
    across_schools=True,
    needs=("directory", "security", "notifications"),
    on_ready=(lambda: files.refer(models.ExchangeRun.blob),),
)  # fmt: skip

__all__ = ["programs", "service"]
