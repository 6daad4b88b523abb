"""Espace de stockage et de partage de fichiers (UTI-UTL-ESF): spaces, sharing, lockers, WebDAV."""

from flask_babel import lazy_gettext as _l

from preau.kernel import files as contents
from preau.kernel.contract import EVERYONE, Counter, Job, Permission, Service, Tile
from preau.kernel.identity import SCHOOL_STAFF
from preau.services.utilities.files import (
    api,
    exchange,
    lockers,
    models,
    notifications,
    rules,
    scanning,
    search,
    settings,
    sharing,
    spaces,
    trash,
    views,
)
from preau.services.utilities.files.dav.application import application
from preau.services.utilities.files.dav.places import PREFIX

service = Service(
    code="UTI-UTL-ESF",
    name="files",
    label=_l("Fichiers"),
    description=_l("Garder, ranger, partager et rendre ses documents."),
    icon="folder",
    family="utilities",
    covers=(
        "UTI-UTL-ESF-01",
        "UTI-UTL-ESF-02",
        "UTI-UTL-ESF-03a",
        "UTI-UTL-ESF-03b",
        "UTI-UTL-ESF-04",
        "UTI-UTL-ESF-05",
        "UTI-UTL-ESF-06",
        "UTI-UTL-ESF-07",
        "UTI-UTL-ESF-08",
        "UTI-UTL-ESF-09",
        "UTI-UTL-ESF-10",
        "UTI-UTL-ESF-11",
    ),
    blueprints=(views.blueprint, api.blueprint),
    models=(
        models.Space,
        models.Node,
        models.Version,
        models.Lock,
        models.Locker,
        models.HandIn,
        models.HandInFile,
    ),
    access=rules.GUARDED,
    permissions=(
        Permission("files.use", _l("Utiliser son espace de fichiers"), profiles=EVERYONE),
        Permission("files.lockers", _l("Ouvrir des casiers à une classe"), profiles=SCHOOL_STAFF),
    ),
    notifications=notifications.NOTIFICATIONS,
    search=search.SEARCHABLE,
    exchange=exchange.FORMATS,
    counters=(
        Counter("files.put", _l("Fichiers enregistrés")),
        Counter("files.handed_in", _l("Travaux rendus")),
    ),
    tile=Tile("files.index", color="blue", order=30),
    settings=settings.SETTINGS,
    jobs=(
        Job("17 3 * * *", trash.purge_trash),
        Job("47 3 * * *", contents.collect_garbage),
        Job("* * * * *", contents.prepare),
        Job("* * * * *", search.index_new),
        Job("23 * * * *", lockers.remind),
    ),
    group_tool=True,
    group_endpoint="files.group",
    across_schools=True,
    needs=("directory", "groups"),
    on_ready=(sharing.listen, scanning.listen, spaces.listen),
    mounts=((PREFIX, application),),
)
