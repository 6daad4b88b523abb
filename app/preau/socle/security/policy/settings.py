"""The security policy as settings: a first-year pupil is not a head teacher.

Passwords never expire and may hold any character; their length and variety depend on who the person is
(ASVS 6.2, CNIL 2022). SOC-SEC-APS-01/02, SOC-SEC-IAU-05, SOC-SEC-IAU-11.
"""

from collections.abc import Iterator
from typing import Any

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


def _figure(name: str, label: Any, default: int, low: int, high: int, **more: Any) -> Setting:
    """A number between two others."""
    return Setting(f"security.{name}", label, default, minimum=low, maximum=high, **more)


def _passwords() -> Iterator[Setting]:
    for tier, (label, length, variety, strength) in TIERS.items():
        least = 6 if tier == "young" else 8
        yield _figure(
            f"password_length_{tier}",
            _l("%(who)s : longueur minimale du mot de passe", who=label),
            length,
            least,
            64,
        )
        yield _figure(
            f"password_variety_{tier}",
            _l("%(who)s : sortes de caractères exigées", who=label),
            variety,
            1,
            4,
            help=_l("Parmi : minuscules, majuscules, chiffres, autres signes."),
        )
        yield _figure(
            f"password_strength_{tier}",
            _l("%(who)s : résistance aux essais", who=label),
            strength,
            0,
            4,
            help=_l("De 0 (seuls les mots de passe trop connus sont refusés) à 4 (très solide)."),
        )


def _idle() -> Iterator[Setting]:
    for kind, minutes in IDLE.items():
        label = _l("%(who)s : minutes d’inactivité avant déconnexion", who=PROFILE_NAMES[kind])
        yield _figure(f"idle_{kind}", label, minutes, 5, 240)
    longest = _l("Inactivité : durée la plus longue qu’une personne peut choisir (minutes)")
    yield _figure("idle_limit", longest, 120, 15, 240)
    yield Setting(
        "security.idle_mine",
        _l("Ma durée d’inactivité avant déconnexion"),
        0,
        levels=("person",),
        choices=tuple((minutes, str(minutes)) for minutes in IDLE_CHOICES),
    )


PROJECT = {"levels": ("project",)}
SETTINGS = (
    *_passwords(),
    *_idle(),
    _figure("session_hours", _l("Durée la plus longue d’une session (heures)"), 12, 1, 72),
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
    _figure("lock_after", _l("Échecs avant blocage d’un compte"), 8, 3, 20, **PROJECT),
    _figure("lock_minutes", _l("Durée du premier blocage (minutes)"), 5, 1, 60, **PROJECT),
    _figure(
        "origin_limit",
        _l("Comptes différents en échec depuis une même adresse, en dix minutes, avant blocage de l’adresse"),
        60,
        5,
        1000,
        **PROJECT,
    ),
    Setting(
        "security.admin_level",
        _l("Niveau demandé pour les écrans d’administration"),
        20,
        levels=("project",),
        choices=((20, _l("Mot de passe")), (30, _l("Double vérification"))),
    ),
    _figure("code_days", _l("Validité d’un code d’activation (jours)"), 60, 1, 365),
    _figure(
        "purge_days",
        _l("Jours entre la désactivation d’un compte et sa suppression"),
        60,
        1,
        90,
        **PROJECT,
    ),
    _figure("delegation_days", _l("Durée la plus longue d’une délégation (jours)"), 90, 1, 366),
    _figure("alert_days", _l("Conservation des alertes de sécurité (jours)"), 365, 180, 365, **PROJECT),
    _figure(
        "journal_days",
        _l("Conservation du journal des actions (jours)"),
        365,
        180,
        1095,
        help=_l("La CNIL recommande de six mois à un an ; au-delà, notez pourquoi."),
        **PROJECT,
    ),
)
