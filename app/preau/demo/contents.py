"""What an academy has after a few weeks, made through the operations of each service, as its people would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from preau.demo.documents import DOCUMENTS
from preau.kernel.database import db, today
from preau.kernel.identity import Identity
from preau.kernel.tenancy import behind, lifted
from preau.services.communication.news import operations as news
from preau.services.communication.news import workflow
from preau.services.communication.news.schemas import ArticleIn
from preau.services.information.bookmarks import operations as bookmarks
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn
from preau.services.utilities.files import lockers, sharing, spaces, tree
from preau.services.utilities.files import operations as files
from preau.services.utilities.files.schemas import LockerIn
from preau.socle.directory.models import Group, Membership, Profile, Structure
from preau.socle.security.authorisation.flatten import flatten

NEWS = (
    ("Réunion de rentrée : merci à tous", "information", True),
    ("Grève des transports jeudi", "alert", False),
    ("Semaine du livre", "important", False),
)
BODIES = {
    "information": """Vous avez été très nombreux à venir rencontrer les équipes.
Les **supports de présentation** sont dans l’espace de fichiers de l’établissement.

Bonne année à toutes et à tous !""",
    "alert": "Les cars du matin circuleront avec **un passage sur deux**. Les retards seront excusés.",
    "important": """Chaque classe présente un livre qu’elle a aimé :

- lundi : les contes
- mardi : les aventures
- jeudi : les sciences

Les familles sont invitées vendredi à 16 h 30.""",
}
LINKS = (
    ("Gallica, la bibliothèque numérique", "https://gallica.bnf.fr", "Livres, cartes et journaux anciens."),
    ("Géoportail", "https://www.geoportail.gouv.fr", "Cartes de France pour les exposés."),
    ("Vikidia", "https://fr.vikidia.org", "L’encyclopédie des 8-13 ans."),
)
SCHOOLS = ("ecole", "college", "lycee")


def write() -> None:
    """News of each school, a class's bookmarks, files and locker."""
    for structure, head, teacher, group in _schools():
        with behind(head):
            _publish(head, structure)
        with behind(teacher):
            _share_bookmarks(teacher, group)
            _share_files(teacher, group)


def _schools() -> Iterator[tuple[Structure, Identity, Identity, Group]]:
    with lifted():  # the demonstration acts for people of every school
        for structure in db.session.scalars(select(Structure).where(Structure.kind.in_(SCHOOLS))).all():
            head = db.session.scalar(
                select(Profile.person_id).where(Profile.structure_id == structure.id, Profile.kind == "head")
            )
            taught = db.session.execute(
                select(Membership.person_id, Group)
                .join(Group, Group.id == Membership.group_id)
                .where(
                    Group.structure_id == structure.id, Group.kind == "class", Membership.role == "teacher"
                )
                .order_by(Group.name, Membership.person_id)
                .limit(1)
            ).first()
            if head and taught:
                yield structure, flatten(head), flatten(taught[0]), taught[1]


def _publish(head: Identity, structure: Structure) -> None:
    for title, level, pinned in NEWS:
        article = news.create_article(
            head,
            ArticleIn.model_validate(
                {
                    "structure_id": structure.id,
                    "title": title,
                    "body": BODIES[level],
                    "level": level,
                    "pinned": pinned,
                    "duration": "30",
                    "principals": [f"structure:{structure.id}"],
                }
            ),
        )
        workflow.submit_article(head, article)


def _share_bookmarks(teacher: Identity, group: Group) -> None:
    folder = bookmarks.create_folder(teacher, FolderIn(name="Pour vos recherches"))
    for title, url, note in LINKS:
        bookmarks.create_bookmark(teacher, BookmarkIn(title=title, url=url, note=note, folder_id=folder.id))
    bookmarks.share(teacher, folder, {f"group:{group.id}": "read", f"group:{group.id}:guardian": "read"})


def _share_files(teacher: Identity, group: Group) -> None:
    folder = tree.create_folder(teacher, spaces.own_root(teacher), "Pour la classe")
    for name, content in DOCUMENTS.items():
        files.save(teacher, name, content, folder="Pour la classe")
    sharing.share(teacher, folder, {f"group:{group.id}": "read"})
    due = today() + timedelta(days=7)
    lockers.open_locker(
        teacher,
        LockerIn.model_validate(
            {
                "title": "Mon exposé",
                "instructions": "Déposez votre exposé en un seul fichier.",
                "group_id": group.id,
                "due_at": f"{due.isoformat()}T18:00",
            }
        ),
    )
