"""The five categories of third-party services, by what leaves the ENT (SOC-INT-ASE-04).

The category bounds what may be released: a partner of category 3 cannot be given a name by a slip of a form.
"""

from flask_babel import lazy_gettext as _l

NOTHING, SCHOOL, OPAQUE, SCHOOLING, PERSONAL = 1, 2, 3, 4, 5
CATEGORIES = {
    NOTHING: _l("1 – Aucune donnée : un simple lien"),
    SCHOOL: _l("2 – L’école et le profil, sans reconnaître la personne"),
    OPAQUE: _l("3 – Un identifiant opaque, propre à ce service"),
    SCHOOLING: _l("4 – Identifiant opaque, classes et enseignements"),
    PERSONAL: _l("5 – Données nominatives, sous convention de service"),
}
