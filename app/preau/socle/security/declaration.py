"""What the security services declare to the rest of the house."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, Job, Notification, Permission, Service
from preau.kernel.identity import ProfileKind
from preau.socle.security import models
from preau.socle.security.accounts import batches
from preau.socle.security.accounts import jobs as account_jobs
from preau.socle.security.accounts import models as account_models
from preau.socle.security.accounts import views as accounts
from preau.socle.security.accounts import views_own_pupils as own_pupils
from preau.socle.security.authentication import models as authentication_models
from preau.socle.security.authentication import views as sign_in
from preau.socle.security.authentication import views_account as my_account
from preau.socle.security.authorisation import jobs as rights_jobs
from preau.socle.security.authorisation import views as rights
from preau.socle.security.policy import jobs as policy_jobs
from preau.socle.security.policy import models as policy_models
from preau.socle.security.policy import views as watch
from preau.socle.security.policy.settings import SETTINGS

service = Service(
    code="SOC-SEC",
    name="security",
    label=_l("Sécurité"),
    icon="shield-lock",
    family="socle",
    covers=(
        *(f"SOC-SEC-IAU-{number:02d}" for number in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)),
        *("SOC-SEC-AUT-01", "SOC-SEC-AUT-02", "SOC-SEC-AUT-03"),
        *("SOC-SEC-APS-01", "SOC-SEC-APS-02", "SOC-SEC-APS-03", "SOC-SEC-APS-04", "SOC-SEC-DVS-01"),
        *("SOC-SUP-ABO-01", "SOC-SUP-ABO-02", "SOC-SUP-ABO-03", "SOC-SUP-ABO-04"),
    ),
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
    blueprints=(
        sign_in.pages,
        my_account.pages,
        my_account.short,
        accounts.pages,
        own_pupils.pages,
        rights.pages,
        watch.pages,
    ),
    permissions=(
        Permission("security.accounts", _l("Gérer les comptes"), profiles=(ProfileKind.HEAD,)),
        Permission(
            "security.pupil_codes",
            _l("Donner de nouveaux codes à ses propres élèves"),
            profiles=(ProfileKind.TEACHER,),
            roles=(),
        ),
        Permission("security.rights", _l("Gérer les droits"), profiles=(ProfileKind.HEAD,)),
        Permission(
            "security.journal",
            _l("Lire les alertes et le journal d’authentification"),
            profiles=(ProfileKind.HEAD,),
        ),
        Permission("security.policy", _l("Régler la politique de sécurité"), profiles=(ProfileKind.HEAD,)),
    ),
    administration=(
        AdminPage(
            "accounts.index",
            _l("Comptes"),
            _l("Fiches de première connexion, nouveaux codes, suspension, invités."),
            "security.accounts",
            icon="person-badge",
            section="people",
            order=20,
        ),
        AdminPage(
            "rights.matrix",
            _l("Droits"),
            _l("Ce que chaque profil peut faire, attributions, délégations, rôles."),
            "security.rights",
            icon="key",
            section="people",
            order=30,
        ),
        AdminPage(
            "security.alerts",
            _l("Surveillance"),
            _l("Alertes de sécurité et journal d’authentification."),
            "security.journal",
            icon="shield-exclamation",
            section="watch",
            order=10,
        ),
        AdminPage(
            "security.policy",
            _l("Politique de sécurité"),
            _l("Mots de passe, sessions, charte ; la page à imprimer."),
            "security.policy",
            icon="shield-check",
            section="watch",
            order=20,
        ),
    ),
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
                "Votre compte vient d’être ouvert depuis un lieu et un appareil nouveaux ({device}). "
                "Si ce n’est pas vous, déconnectez-le et changez de mot de passe."
            ),
            short=_l(
                "Connexion inhabituelle à votre compte ({device}). Ce n’est pas vous ? Changez de mot de passe."
            ),
            default_media=("portal", "mail"),
            mandatory=True,
        ),
    ),
    settings=SETTINGS,
    jobs=(
        Job("5 0 * * *", rights_jobs.review),
        Job("15 2 * * *", account_jobs.disable_leavers),
        Job("45 2 * * *", account_jobs.purge_due),
        Job("*/5 * * * *", policy_jobs.seal),
        Job("*/10 * * * *", policy_jobs.close_stale),
        Job("10 3 * * *", policy_jobs.tidy),
        Job("20 * * * *", batches.forget_sheets),
    ),
)
