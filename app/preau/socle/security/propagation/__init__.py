"""Propagation des informations d’identité (SOC-SEC-PII): one sign-in opens the services of partners."""

from flask_babel import lazy_gettext as _l

from preau.kernel import events
from preau.kernel.contract import EVERYONE, AdminPage, Job, Permission, ProfileKind, Service, Tile
from preau.socle.security.propagation import jobs, models, signing_out, views
from preau.socle.security.propagation.cas import views as cas
from preau.socle.security.propagation.entering import USE


def _listen() -> None:
    events.within("security.sessions_ended", lambda event: signing_out.tell_partners(event.data["ids"]))


service = Service(
    code="SOC-SEC-PII",
    name="partners",
    label=_l("Services extérieurs"),
    description=_l("Entrer dans les services partenaires sans redonner de mot de passe."),
    icon="box-arrow-up-right",
    family="utilities",
    covers=(
        "SOC-SEC-PII-01",
        "SOC-SEC-PII-02",
        "SOC-SEC-PII-03",
        "SOC-SEC-PII-04",
        "SOC-INT-ASE-01",
        "SOC-INT-ASE-03",
        "SOC-INT-ASE-04",
    ),
    blueprints=(cas.blueprint, views.mine, views.registry),
    models=(
        models.Partner,
        models.PartnerOpening,
        models.PartnerLink,
        models.Ticket,
        models.PartnerVisit,
    ),
    permissions=(
        Permission(USE, _l("Entrer dans les services extérieurs"), profiles=EVERYONE),
        Permission(
            "partners.open", _l("Ouvrir les services extérieurs à l’école"), profiles=(ProfileKind.HEAD,)
        ),
        Permission("partners.manage", _l("Enregistrer les services extérieurs"), roles=(), delegable=False),
    ),
    administration=(
        AdminPage(
            "partner_registry.listing",
            _l("Services extérieurs"),
            _l("Ce qu’ils peuvent apprendre, sous quelle convention, à qui l’école les ouvre."),
            "partners.open",
            icon="box-arrow-up-right",
            section="services",
        ),
    ),
    tile=Tile("partners.index", color="slate", order=90, permission=USE),
    jobs=(Job("*/15 * * * *", jobs.forget_tickets),),
    public=cas.PUBLIC,
    needs=("directory", "security"),
    on_ready=(_listen,),
)
