"""Service de notification (UTI-UTL-NOT): who is told what, by which medium, how often."""

from flask_babel import lazy_gettext as _l

from preau.kernel import notify_models
from preau.kernel.adapters.mail_embedded import OutgoingMessage
from preau.kernel.contract import Job, Permission, Service, Setting
from preau.kernel.identity import EVERYONE, ProfileKind
from preau.kernel.notify_delivery import deliver_job, purge_job
from preau.services.utilities.notifications import exchange, views

service = Service(
    code="UTI-UTL-NOT",
    name="notifications",
    label=_l("Notifications"),
    description=_l("Être prévenu de ce qui est nouveau, comme on veut et quand on veut."),
    icon="bell",
    family="utilities",
    covers=("UTI-UTL-NOT-01",),
    blueprints=(views.blueprint,),
    models=(
        notify_models.NotificationRow,
        notify_models.NotificationChoice,
        notify_models.NotificationDelivery,
        OutgoingMessage,
    ),
    permissions=(
        Permission("notifications.use", _l("Recevoir des notifications"), profiles=EVERYONE, delegable=False),
        Permission(
            "notifications.propose",
            _l("Choisir les notifications proposées par l’école"),
            profiles=(ProfileKind.HEAD,),
        ),
    ),
    settings=(
        Setting("notifications.defaults", _l("Notifications proposées"), default={}, levels=("structure",)),
        Setting(
            "notifications.summary_hour",
            _l("Heure du résumé du jour"),
            default=18,
            levels=("project",),
            minimum=0,
            maximum=23,
        ),
        Setting(
            "notifications.quiet_from",
            _l("Ni SMS ni alerte sur le téléphone à partir de"),
            default=21,
            levels=("project",),
            minimum=12,
            maximum=24,
        ),
        Setting(
            "notifications.quiet_until",
            _l("et jusqu’à"),
            default=7,
            levels=("project",),
            minimum=0,
            maximum=11,
        ),
    ),
    exchange=exchange.FORMATS,
    jobs=(Job("*/15 * * * *", deliver_job), Job("20 3 * * *", purge_job)),
    across_schools=True,
    needs=("directory",),
)
