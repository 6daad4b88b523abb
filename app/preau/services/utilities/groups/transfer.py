"""Members as a file that any spreadsheet opens (UTI-UTL-GRP-06): CSV, semicolons, UTF-8 with its mark."""

import csv
import io
from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy import func, select

from preau.kernel import journal, rights
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.services.utilities.groups import members
from preau.socle.directory.models import Group, Membership, Person

COLUMNS = ("identifiant", "nom", "prenom", "role")
ROLES = {"": "member", "membre": "member", "responsable": "manager"}
MOST_BYTES = 1024**2
MOST_ERRORS = 20


def export_members(identity: Identity, group: Group) -> str:
    """The members, for whoever may read the group."""
    rights.require(identity, "read", group)
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for person, role in members.page_of(group, 1, members.MOST_MEMBERS).items:
        word = "membre" if role == "member" else "responsable"
        writer.writerow([_inert(each) for each in (person.uid, person.last_name, person.first_name, word)])
    return "\ufeff" + made.getvalue()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def import_members(identity: Identity, group: Group, content: bytes) -> int:
    """Add what the file lists: by identifier, or by last and first name; all of it or nothing."""
    rights.require(identity, "write", group)
    found: dict[int, str] = {}
    errors: list[str] = []
    for number, row in _rows(content):
        role = ROLES.get(row["role"].strip().lower())
        person_id = _find(row)
        name = f"{row['prenom']} {row['nom']}".strip() or row["identifiant"]
        if role is None:
            errors.append(_("Ligne %(n)s : le rôle est « membre » ou « responsable ».", n=number))
        elif person_id is None:
            errors.append(_("Ligne %(n)s : « %(name)s » n’est pas à votre portée.", n=number, name=name))
        elif person_id == 0:
            message = _("Ligne %(n)s : plusieurs personnes s’appellent « %(name)s ».", n=number, name=name)
            errors.append(message + " " + _("Indiquez l’identifiant."))
        else:
            found[person_id] = role
    if errors:
        raise Invalid(_("Rien n’a été ajouté."), {"file": errors[:MOST_ERRORS]})
    return _add(identity, group, found)


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > MOST_BYTES:
        raise Invalid(
            "", {"file": [_("Ce fichier dépasse 1 Mo : ce n’est sans doute pas une liste de membres.")]}
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-15")
    first = text.partition("\n")[0].lower()
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",", restval="")
    reader.fieldnames = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if not {"identifiant"} <= set(reader.fieldnames) and not {"nom", "prenom"} <= set(reader.fieldnames):
        message = _("La première ligne doit nommer les colonnes : identifiant, ou nom et prenom, et role.")
        raise Invalid(message, {"file": [message]})
    try:
        for number, row in enumerate(reader, start=2):
            yield number, {name: str(row.get(name) or "").strip().lstrip("'") for name in COLUMNS}
    except csv.Error:
        message = _("Ce fichier n’est pas une liste de membres. Enregistrez-la au format CSV.")
        raise Invalid(message, {"file": [message]}) from None


def _find(row: dict[str, str]) -> int | None:
    """The person whom the identity may see; 0 when several bear that name."""
    if row["identifiant"]:
        return db.session.scalar(select(Person.id).where(Person.uid == row["identifiant"]))
    if not row["nom"]:
        return None
    named = select(Person.id).where(
        func.lower(Person.last_name) == row["nom"].lower(),
        func.lower(Person.first_name) == row["prenom"].lower(),
    )
    people = db.session.scalars(named.limit(2)).all()
    return people[0] if len(people) == 1 else (0 if people else None)


def _add(identity: Identity, group: Group, found: dict[int, str]) -> int:
    if not found:
        raise Invalid("", {"file": [_("Aucun membre dans ce fichier.")]})
    with atomic() as session:
        count = members.add_members(identity, group, [f"person:{each}" for each in found])
        here = set(session.scalars(select(Membership.person_id).where(Membership.group_id == group.id)))
        if missing := len(found.keys() - here):
            message = _("%(count)s personnes ne sont pas de l’établissement du groupe.", count=missing)
            raise Invalid(message, {"file": [message]})
        for person_id, role in found.items():
            if role == "manager":
                members.set_role(identity, group, person_id, role)
        journal.record(identity, "groups.import_members", group, count=count)
    return count
