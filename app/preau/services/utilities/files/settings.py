"""What a project or a school chooses about files (UTI-UTL-ESF-07)."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Setting
from preau.kernel.identity import ProfileKind
from preau.services.utilities.files import quotas

LABELS = {
    ProfileKind.PUPIL: _l("Espace d’un élève (Mo)"),
    ProfileKind.GUARDIAN: _l("Espace d’un responsable (Mo)"),
    ProfileKind.TEACHER: _l("Espace d’un enseignant (Mo)"),
    ProfileKind.STAFF: _l("Espace d’un personnel (Mo)"),
    ProfileKind.HEAD: _l("Espace d’une direction (Mo)"),
    ProfileKind.ACADEMIC: _l("Espace d’un personnel académique (Mo)"),
    ProfileKind.AUTHORITY: _l("Espace d’un personnel de collectivité (Mo)"),
    ProfileKind.EXTERNAL: _l("Espace d’un invité (Mo)"),
}
MOST = 1_000_000

SETTINGS = (
    *(
        Setting(f"files.quota_{kind}", LABELS[kind], default, minimum=1, maximum=MOST)
        for kind, default in quotas.DEFAULTS.items()
    ),
    Setting(
        "files.quota_group", _l("Espace d’un groupe (Mo)"), quotas.GROUP_DEFAULT, minimum=1, maximum=MOST
    ),
    Setting(
        "files.warn_percent",
        _l("Prévenir quand l’espace est rempli à (%)"),
        quotas.WARN_PERCENT,
        minimum=10,
        maximum=100,
    ),
    Setting(
        "files.view",
        _l("Affichage des fichiers"),
        "",
        levels=("project", "structure", "person"),
        choices=(("", _l("selon l’âge")), ("liste", _l("en liste")), ("grille", _l("en images"))),
    ),
    Setting("files.versions", _l("Anciennes versions gardées par fichier"), 10, minimum=0, maximum=100),
    Setting(
        "files.trash_days",
        _l("Jours avant de vider la corbeille"),
        30,
        levels=("project",),
        minimum=1,
        maximum=365,
    ),
)
