"""The security policy as settings: a first-year pupil is not a head teacher.

Passwords never expire and may hold any character; their length and variety depend on who the person is
(ASVS 6.2, CNIL 2022). SOC-SEC-APS-01/02, SOC-SEC-IAU-05, SOC-SEC-IAU-11.
"""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Setting
from preau.kernel.identity import ProfileKind

PROFILE_NAMES = {
    ProfileKind.PUPIL: _l("Élève"),
    ProfileKind.GUARDIAN: _l("Parent"),
    ProfileKind.TEACHER: _l("Enseignant"),
    ProfileKind.STAFF: _l("Personnel"),
    ProfileKind.HEAD: _l("Direction"),
    ProfileKind.ACADEMIC: _l("Académie"),
    ProfileKind.AUTHORITY: _l("Collectivité"),
    ProfileKind.EXTERNAL: _l("Invité"),
}
# tier: (label, length, variety, strength); the strength is zxcvbn's score, 0 to 4.
TIERS = {
    "young": (_l("Élève d’école"), 6, 1, 0),
    "pupil": (_l("Élève de collège ou de lycée"), 8, 2, 1),
    "adult": (_l("Adulte"), 10, 2, 2),
    "trusted": (_l("Direction et administration"), 12, 2, 3),
}
IDLE = {
    ProfileKind.PUPIL: 45,
    ProfileKind.GUARDIAN: 60,
    ProfileKind.TEACHER: 60,
    ProfileKind.STAFF: 60,
    ProfileKind.HEAD: 45,
    ProfileKind.ACADEMIC: 30,
    ProfileKind.AUTHORITY: 30,
    ProfileKind.EXTERNAL: 30,
}
IDLE_CHOICES = (0, 15, 30, 60, 90, 120, 180, 240)


def _passwords() -> tuple[Setting, ...]:
    settings: list[Setting] = []
    for tier, (label, length, variety, strength) in TIERS.items():
        settings += [
            Setting(
                f"security.password_length_{tier}",
                _l("%(who)s : longueur minimale du mot de passe", who=label),
                length,
                minimum=6 if tier == "young" else 8,
                maximum=64,
            ),
            Setting(
                f"security.password_variety_{tier}",
                _l("%(who)s : sortes de caractères exigées", who=label),
                variety,
                minimum=1,
                maximum=4,
                help=_l("Parmi : minuscules, majuscules, chiffres, autres signes."),
            ),
            Setting(
                f"security.password_strength_{tier}",
                _l("%(who)s : résistance aux essais", who=label),
                strength,
                minimum=0,
                maximum=4,
                help=_l("De 0 (seuls les mots de passe trop connus sont refusés) à 4 (très solide)."),
            ),
        ]
    return tuple(settings)


def _idle() -> tuple[Setting, ...]:
    return tuple(
        Setting(
            f"security.idle_{kind}",
            _l("%(who)s : minutes d’inactivité avant déconnexion", who=PROFILE_NAMES[kind]),
            minutes,
            minimum=5,
            maximum=240,
        )
        for kind, minutes in IDLE.items()
    )


SETTINGS = (
    *_passwords(),
    *_idle(),
    Setting(
        "security.idle_limit",
        _l("Inactivité : durée la plus longue qu’une personne peut choisir (minutes)"),
        120,
        minimum=15,
        maximum=240,
    ),
    Setting(
        "security.idle_mine",
        _l("Ma durée d’inactivité avant déconnexion"),
        0,
        levels=("person",),
        choices=tuple((minutes, str(minutes)) for minutes in IDLE_CHOICES),
    ),
    Setting(
        "security.session_hours",
        _l("Durée la plus longue d’une session (heures)"),
        12,
        minimum=1,
        maximum=72,
    ),
    Setting(
        "security.pictures",
        _l("Mot de passe en images pour les élèves de maternelle et d’élémentaire"),
        default=True,
    ),
    Setting(
        "security.class_doors",
        _l("Page de connexion par classe (l’enfant touche son prénom puis ses images)"),
        default=False,
    ),
    Setting(
        "security.lock_after",
        _l("Échecs avant blocage d’un compte"),
        8,
        levels=("project",),
        minimum=3,
        maximum=20,
    ),
    Setting(
        "security.lock_minutes",
        _l("Durée du premier blocage (minutes)"),
        5,
        levels=("project",),
        minimum=1,
        maximum=60,
    ),
    Setting(
        "security.origin_limit",
        _l("Comptes différents en échec depuis une même adresse, en dix minutes, avant blocage de l’adresse"),
        60,
        levels=("project",),
        minimum=5,
        maximum=1000,
    ),
    Setting(
        "security.admin_level",
        _l("Niveau demandé pour les écrans d’administration"),
        20,
        levels=("project",),
        choices=((20, _l("Mot de passe")), (30, _l("Double vérification"))),
    ),
    Setting("security.code_days", _l("Validité d’un code d’activation (jours)"), 60, minimum=1, maximum=365),
    Setting(
        "security.purge_days",
        _l("Jours entre la désactivation d’un compte et sa suppression"),
        60,
        levels=("project",),
        minimum=1,
        maximum=90,
    ),
    Setting(
        "security.delegation_days",
        _l("Durée la plus longue d’une délégation (jours)"),
        90,
        minimum=1,
        maximum=366,
    ),
    Setting(
        "security.alert_days",
        _l("Conservation des alertes de sécurité (jours)"),
        365,
        levels=("project",),
        minimum=180,
        maximum=365,
    ),
)
