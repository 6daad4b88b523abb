"""The directory in an archive: with it, a whole school goes into an empty instance (SOC-SUP-HEB-06)."""

from flask_babel import lazy_gettext as _l

from preau.kernel.exchange import Exchangeable
from preau.kernel.exchange_import import keep
from preau.socle.directory.exchange import reading, schemas, writing, writing_people
from preau.socle.directory.models import Group, Mef, Person, Structure, Subject

SCHOOLS = ("structure", "everything")
WITH_GROUPS = ("group", "structure", "everything")

FORMATS = (
    Exchangeable(
        "structure", 1, schemas.StructureV1, reading.structures, writing.import_structure, model=Structure,
        find=writing.find_structure, link=writing.link_structure, remove=keep, scopes=SCHOOLS, project_only=True,
        label=_l("Écoles et établissements"),
    ),
    Exchangeable(
        "subject", 1, schemas.NomenclatureV1, reading.subjects, writing.import_subject, model=Subject,
        find=writing.find_subject, remove=keep, scopes=SCHOOLS, project_only=True, label=_l("Disciplines"),
    ),
    Exchangeable(
        "mef", 1, schemas.NomenclatureV1, reading.mefs, writing.import_mef, model=Mef,
        find=writing.find_mef, remove=keep, scopes=SCHOOLS, project_only=True, label=_l("Formations (MEF)"),
    ),
    Exchangeable(
        "directory-group", 1, schemas.GroupV1, reading.groups, writing.import_group, model=Group,
        find=writing.find_group, remove=keep, scopes=WITH_GROUPS, project_only=True, ordered=True,
        label=_l("Classes et groupes"),
    ),
    Exchangeable(
        "person", 1, schemas.PersonV1, reading.people, writing_people.import_person, model=Person,
        find=writing_people.find_person, link=writing_people.link_person, remove=keep, ordered=True, project_only=True,
        label=_l("Personnes"),
    ),
    Exchangeable(
        "group-people", 1, schemas.GroupPeopleV1, reading.group_people, writing.import_group_people, model=Group,
        find=writing.find_group_people, remove=keep, scopes=WITH_GROUPS, project_only=True, ordered=True,
        label=_l("Membres des groupes et enseignements"),
    ),
)  # fmt: skip
