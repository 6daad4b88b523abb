"""Gestion de l’annuaire (SOC-SUP-ABO): people and schools by hand, merges, change of year, leavers."""

from flask_babel import lazy_gettext as _l

from preau.kernel.contract import AdminPage, Permission, ProfileKind, Service
from preau.socle.support.people import models, views
from preau.socle.support.people.scope import MANAGE, PROJECT

service = Service(
    code="SOC-SUP-ABO",
    name="people",
    label=_l("Gestion de l’annuaire"),
    description=_l("Écoles, personnes, classes, doublons, changement d’année et départs."),
    icon="people",
    family="socle",
    covers=("SOC-SUP-ABO-01", "SOC-SUP-ABO-02"),
    blueprints=(views.blueprint,),
    models=(models.Merge, models.YearChange),
    permissions=(
        Permission(MANAGE, _l("Gérer l’annuaire de l’école"), profiles=(ProfileKind.HEAD,)),
        Permission(PROJECT, _l("Gérer l’annuaire du projet"), roles=(), delegable=False),
    ),
    administration=(
        AdminPage(
            "people.index",
            _l("Écoles et personnes"),
            _l("Fiches, classes, chiffres, créations à la main."),
            permission=MANAGE,
            icon="people",
            section="people",
            order=10,
        ),
        AdminPage(
            "people.externals",
            _l("Personnes extérieures"),
            _l("Intervenants et partenaires, avec leur date de fin."),
            permission=MANAGE,
            icon="door-open",
            section="people",
            order=20,
        ),
        AdminPage(
            "people.duplicates",
            _l("Doublons"),
            _l("Réunir deux fiches d’une même personne, ou défaire."),
            permission=MANAGE,
            icon="person-check",
            section="people",
            order=30,
        ),
        AdminPage(
            "people.leavers",
            _l("Départs"),
            _l("Comptes désactivés et jour de leur effacement."),
            permission=MANAGE,
            icon="person-dash",
            section="people",
            order=50,
        ),
    ),
    needs=("directory", "security"),
)
