"""Assistance aux utilisateurs (SOC-SUP-ASU): reporting an incident to level 1 and following it."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, Notification, Permission, Service
from preau.kernel.identity import ADULTS
from preau.socle.support.assistance import models, views

service = Service(
    code="SOC-SUP-ASU",
    name="assistance",
    label=_l("Assistance"),
    description=_l("Signaler un problème et suivre la réponse."),
    icon="life-preserver",
    family="socle",
    covers=("SOC-SUP-ASU-02", "SOC-SUP-ASU-04"),
    blueprints=(views.blueprint,),
    models=(models.Incident,),
    access={models.Incident: models.ACCESS},
    permissions=(
        Permission("assistance.report", _l("Signaler un incident"), profiles=ADULTS),
        Permission(models.HANDLE, _l("Traiter les incidents de l’école")),
    ),
    notifications=(
        Notification(
            "assistance.reported",
            _l("Un incident est signalé dans votre école"),
            title=_l("Incident signalé : {subject}"),
            body=_l("{actor} signale un incident : « {subject} »."),
            short=_l("Incident signalé par {actor} : {subject}"),
            default_media=("portal", "mail"),
        ),
        Notification(
            "assistance.answered",
            _l("On répond à votre signalement"),
            title=_l("Réponse à votre signalement : {subject}"),
            body=_l("{actor} a répondu à votre signalement « {subject} »."),
            short=_l("Réponse à votre signalement « {subject} »."),
            default_media=("portal", "mail"),
        ),
    ),
    administration=(
        AdminPage(
            "assistance.index",
            _l("Incidents"),
            _l("Ce que l’école signale, à prendre en charge et à résoudre."),
            permission=models.HANDLE,
            icon="life-preserver",
            section="watch",
            order=60,
        ),
    ),
    needs=("directory",),
)
