"""What the security services declare to the rest of the house."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Job, Notification, Service
from preau.socle.security import models
from preau.socle.security.accounts import jobs as account_jobs
from preau.socle.security.accounts import models as account_models
from preau.socle.security.authentication import models as authentication_models
from preau.socle.security.authentication import views as sign_in
from preau.socle.security.authentication import views_account as my_account
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
    blueprints=(sign_in.pages, my_account.pages, my_account.short),
    public=frozenset(f"authentication.{name}" for name in sign_in.PUBLIC) | {"authentication.sign_out"},
    notifications=(
        Notification(
            "security.locked",
            _l("Compte bloqué après trop d’essais"),
            title=_l("Compte bloqué : {name}"),
            body=_l(
                "Le compte {login} a été bloqué quelques minutes après trop d’essais. Voyez avec la personne."
            ),
            short=_l("Compte {login} bloqué après trop d’essais."),
            mandatory=True,
        ),
        Notification(
            "security.spraying",
            _l("Une adresse essaie beaucoup de comptes"),
            title=_l("Tentatives sur de nombreux comptes"),
            body=_l(
                "L’adresse {origin} a essayé sans succès beaucoup de comptes. Elle est bloquée dix minutes."
            ),
            short=_l("{origin} essaie beaucoup de comptes : adresse bloquée dix minutes."),
            default_media=("portal", "mail"),
            mandatory=True,
        ),
        Notification(
            "security.unusual_origin",
            _l("Connexion inhabituelle à mon compte"),
            title=_l("Une connexion inhabituelle à votre compte"),
            body=_l(
                "Votre compte vient d’être ouvert depuis un lieu et un appareil nouveaux ({device}). Si ce n’est pas vous, déconnectez-le et changez de mot de passe."
            ),
            short=_l(
                "Connexion inhabituelle à votre compte ({device}). Ce n’est pas vous ? Changez de mot de passe."
            ),
            default_media=("portal", "mail"),
            mandatory=True,
        ),
    ),
    settings=SETTINGS,
    jobs=(Job("15 2 * * *", account_jobs.disable_leavers), Job("45 2 * * *", account_jobs.purge_due)),
)
