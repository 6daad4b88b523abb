"""The world once each service was used a little, by its own operations: what contract tests look at."""

from preau.kernel.identity import Identity
from preau.kernel.search_query import Query
from preau.kernel.tenancy import behind
from preau.kernel.traits.shared import share
from preau.services.communication.news import operations as news
from preau.services.communication.news.schemas import ArticleIn
from preau.services.information.bookmarks import operations as bookmarks
from preau.services.information.bookmarks.schemas import BookmarkIn, FolderIn
from preau.services.information.white_pages import operations as white_pages
from preau.services.information.white_pages.operations import EntryIn
from preau.services.utilities.files import operations as files
from preau.services.utilities.groups import operations as groups
from preau.services.utilities.groups.schemas import GroupIn
from preau.socle.portal.search import operations as searches
from preau.socle.portal.search.operations import SaveIn
from tests.support.world import World


def inhabit(world: World) -> None:
    """Two people of the collège and one of the école use every service."""
    for key in ("teacher", "head", "school_teacher"):
        identity = world.identity(key)
        with behind(identity):
            _bookmarks(identity, world)
            _files(identity)
            _search(identity)
            white_pages.update_entry(identity, EntryIn(phone="05 56 00 00 00", about="Le théâtre"))
    head = world.identity("head")
    with behind(head):
        _news(head, world)
        group = GroupIn(name="Club théâtre", structure_id=world.structures["college"], description="Le jeudi")
        groups.create_group(head, group)


def _bookmarks(identity: Identity, world: World) -> None:
    folder = bookmarks.create_folder(identity, FolderIn(name="Sciences"))
    inner = bookmarks.create_folder(identity, FolderIn(name="Volcans", parent_id=folder.id))
    made = bookmarks.create_bookmark(
        identity, BookmarkIn(title="Étna", url="https://etna.test/", note="Éruption", folder_id=inner.id)
    )
    if identity.uid == world.person("teacher").uid:
        share(identity, made, {f"group:{world.groups['6A']}": "read"})


def _files(identity: Identity) -> None:
    files.save(identity, "bulletin.txt", b"Un trimestre studieux", folder="Bulletins/Trimestre 1")


def _search(identity: Identity) -> None:
    searches.save_search(identity, Query(text="volcan"), SaveIn(name="Volcans"))


def _news(head: Identity, world: World) -> None:
    college = world.structures["college"]
    for level, title in (("information", "Réunion de rentrée"), ("important", "Cross du collège")):
        news.create_article(
            head,
            ArticleIn(
                structure_id=college,
                title=title,
                body="<p>Venez nombreux.</p>",
                level=level,
                principals=[f"structure:{college}"],
            ),
        )
