"""Settings of the portal: what projects, schools, groups and persons choose of its look and its home.

SOC-POR-PPO-05/06/07, UTI-UTL-PER-01/02. Each level may leave the choice to the next one or keep it.
"""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import Setting

EVERY_LEVEL = ("project", "structure", "group", "person")
SHARED_LEVELS = ("project", "structure", "group")

PALETTES = (
    ("preau", _l("Préau (bleu nuit)")),
    ("tuile", _l("Tuile (rouge)")),
    ("foret", _l("Forêt (vert)")),
    ("lagon", _l("Lagon (bleu-vert)")),
    ("lavande", _l("Lavande (violet)")),
    ("cerise", _l("Cerise (rose)")),
)
FACES = (
    ("", _l("Selon le profil et la classe")),
    ("maternelle", _l("Maternelle : de grandes images, peu de mots")),
    ("elementaire", _l("Élémentaire : des images et des mots simples")),
    ("college-lycee", _l("Collège et lycée")),
    ("adulte", _l("Adulte : dense et sobre")),
)
SIZES = (
    (100, _l("Normale")),
    (112, _l("Un peu plus grande")),
    (125, _l("Grande")),
    (150, _l("Très grande")),
    (175, _l("Énorme")),
    (200, _l("Double")),
)
LOOK = (
    Setting("portal.palette", _l("Couleurs"), "preau", EVERY_LEVEL, PALETTES),
    Setting(
        "portal.scheme",
        _l("Clair ou sombre"),
        "auto",
        EVERY_LEVEL,
        (("auto", _l("Comme mon appareil")), ("light", _l("Clair")), ("dark", _l("Sombre"))),
    ),
    Setting(
        "portal.contrast",
        _l("Contraste"),
        "normal",
        EVERY_LEVEL,
        (("normal", _l("Normal")), ("high", _l("Renforcé"))),
    ),
    Setting(
        "portal.font",
        _l("Police"),
        "default",
        EVERY_LEVEL,
        (
            ("default", _l("Atkinson Hyperlegible, très lisible")),
            ("dyslexic", _l("OpenDyslexic, pour la dyslexie")),
        ),
    ),
    Setting("portal.text_size", _l("Taille du texte"), 100, EVERY_LEVEL, SIZES),
    Setting("portal.face", _l("Présentation"), "", EVERY_LEVEL, FACES),
)
HOME = (
    Setting("portal.order", _l("Ordre des services"), [], EVERY_LEVEL),
    Setting("portal.hidden", _l("Services et rubriques masqués"), [], EVERY_LEVEL),
    Setting("portal.mandatory", _l("Services que chacun garde à l’accueil"), [], ("project", "structure")),
    Setting("portal.home_message", _l("Message d’accueil"), "", SHARED_LEVELS),
)
PROJECT = (
    Setting("portal.academy_name", _l("Nom de l’académie"), "", ("project",)),
    Setting("portal.academy_logo", _l("Logo de l’académie"), "", ("project",)),
    Setting("portal.authority_logos", _l("Logos des collectivités"), [], ("project",)),
    Setting("portal.structure_logo", _l("Logo de l’école"), "", ("structure",)),
)
SETTINGS = (*LOOK, *HOME, *PROJECT)
LOOK_NAMES = tuple(setting.name for setting in LOOK)
# Rubrics of the home that a person may hide; messages of the administrations are not among them.
BLOCKS = (("new", _l("Quoi de neuf")), ("children", _l("Mes enfants")), ("classes", _l("Mes classes")))
