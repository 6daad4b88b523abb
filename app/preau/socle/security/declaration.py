"""What the security services declare to the rest of the house."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Job, Service
from preau.socle.security import models
from preau.socle.security.accounts import jobs as account_jobs
from preau.socle.security.accounts import models as account_models
from preau.socle.security.authentication import models as authentication_models
from preau.socle.security.policy import models as policy_models
from preau.socle.security.policy.settings import SETTINGS

service = Service(
    code="SOC-SEC",
    name="security",
    label=_l("Sécurité"),
    icon="shield-lock",
    family="socle",
    description=_l("Comptes, connexion, droits et surveillance."),
    models=(
        models.Account,
        models.SignInSession,
        models.PermissionOverride,
        models.Grant,
        models.ProjectRole,
        account_models.AccountBatch,
        account_models.ClassDoor,
        authentication_models.AppPassword,
        authentication_models.RecoveryCode,
        authentication_models.SecondChannelCode,
        authentication_models.Throttle,
        authentication_models.KnownOrigin,
        policy_models.Charter,
        policy_models.CharterAcceptance,
        policy_models.SecurityAlert,
    ),
    settings=SETTINGS,
    jobs=(Job("15 2 * * *", account_jobs.disable_leavers), Job("45 2 * * *", account_jobs.purge_due)),
)
