"""News in every state, for the pages and the walls to be looked at."""

import io
from types import SimpleNamespace

from PIL import Image

from preau.kernel.database import db
from preau.kernel.tenancy import behind
from preau.services.communication.news import operations, readings, workflow
from preau.services.communication.news.schemas import ArticleIn
from tests.support.world import World

NEWS = (
    # author, level, title, text, send, more
    ("head", "alert", "Collège fermé vendredi matin", "Une **alerte météo** : restez chez vous.", {}),
    ("head", "important", "Réunion de rentrée", "Mardi à 18 h, en salle 2.\n\n- ordre du jour\n- votes",
     {"ask_receipt": True}),
    ("head", "information", "Le potager a donné", "Venez cueillir les **tomates**.", {"public": True}),
    ("teacher", "information", "Sortie au musée", "La classe part jeudi. Prévoir un pique-nique.", {}),
    ("school_head", "information", "La chorale répète", "Tous les midis, sous le préau.", {"pinned": True}),
)  # fmt: skip


def populate(world: World) -> None:
    """Five articles, one of which waits, one of which is in the notebooks of a class."""
    for author, level, title, body, more in NEWS:
        identity = world.identity(author)
        school = world.structures["ecole" if author == "school_head" else "college"]
        data = ArticleIn(
            structure_id=school,
            title=title,
            body=body,
            level=level,
            principals=[f"structure:{school}"],
            picture_alt="Un panier de tomates" if "potager" in title else "",
            **more,
        )
        with behind(identity):
            article = operations.create_article(identity, data, _picture() if data.picture_alt else None)
            workflow.submit_article(identity, article)
            if "Réunion" in title:
                readings.send_to_notebooks(identity, article, [world.groups["6A"]])
            db.session.commit()


def _picture() -> object:
    made = io.BytesIO()
    Image.new("RGB", (1200, 700), "#c8553d").save(made, "PNG")
    made.seek(0)
    return SimpleNamespace(filename="tomates.png", stream=made)
