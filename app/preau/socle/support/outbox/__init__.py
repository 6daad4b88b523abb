"""The administrator's outbox: in the demo nothing leaves the machine, and everything can be read here."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, Permission, Service
from preau.socle.support.outbox import views

service = Service(
    code="SOC-SUP",
    name="outbox",
    label=_l("Messages sortants"),
    description=_l("Les courriels, SMS et alertes gardés sur cette machine."),
    icon="mailbox",
    family="socle",
    blueprints=(views.blueprint,),
    permissions=(
        Permission("outbox.read", _l("Lire les messages sortants gardés ici"), roles=(), delegable=False),
    ),
    administration=(
        AdminPage(
            "outbox.index",
            _l("Messages sortants"),
            _l("Ce qui serait parti par courriel, SMS ou alerte."),
            permission="outbox.read",
            icon="mailbox",
            section="watch",
        ),
    ),
    needs=("notifications",),
)
