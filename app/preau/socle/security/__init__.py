"""Services Sécurité (SOC-SEC): accounts, sign-in, authorisation, policy."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Service
from preau.socle.security import models

service = Service(
    code="SOC-SEC",
    name="security",
    label=_l("Sécurité"),
    icon="shield-lock",
    family="socle",
    models=(
        models.Account,
        models.SignInSession,
        models.PermissionOverride,
        models.Grant,
        models.ProjectRole,
    ),
)
