"""Espace de stockage et de partage de fichiers (UTI-UTL-ESF): spaces, sharing, lockers, WebDAV."""

from flask_babel import lazy_gettext as _l

from preau.kernel import files as contents
from preau.kernel.contract import EVERYONE, Job, Permission, Service
from preau.kernel.identity import SCHOOL_STAFF
from preau.services.utilities.files.dav.application import application
from preau.services.utilities.files.dav.places import PREFIX
from preau.services.utilities.files import models, rules, search, settings, sharing, trash

service = Service(
    code="UTI-UTL-ESF",
    name="files",
    label=_l("Fichiers"),
    description=_l("Garder, ranger, partager et rendre ses documents."),
    icon="folder",
    family="utilities",
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
    search=search.SEARCHABLE,
    settings=settings.SETTINGS,
    jobs=(Job("17 3 * * *", trash.purge_trash), Job("47 3 * * *", contents.collect_garbage)),
    across_schools=True,
    needs=("directory",),
    on_ready=(sharing.listen,),
    mounts=((PREFIX, application),),
)
