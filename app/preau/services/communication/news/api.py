"""``/api/v1/news``."""

import uuid
from typing import Any

from flask.wrappers import Response
from pydantic import BaseModel

from preau.kernel import rights
from preau.kernel.api import answers, endpoints, spec
from preau.kernel.database import db
from preau.kernel.pages import me, opening
from preau.services.communication.news import operations, queries, readings, workflow
from preau.services.communication.news.models import Article
from preau.services.communication.news.schemas import ArticleIn, ArticleOut

blueprint = endpoints("news", __name__, "news")
MOST = 100

blueprint.before_request(opening("news"))


class ArticleList(BaseModel):
    """Articles shown to the caller now, in their order."""

    items: list[ArticleOut]


def _out(article: Article) -> dict[str, Any]:
    return ArticleOut.model_validate(article).model_dump(mode="json")


@blueprint.get("")
@spec.validate(resp=answers(HTTP_200=ArticleList), tags=["news"])
def list_articles() -> dict[str, Any]:
    """The hundred first articles shown to the caller."""
    shown = queries.displayed(me()).limit(MOST)
    return {"items": [_out(article) for article in db.session.scalars(shown)]}


@blueprint.post("")
@spec.validate(json=ArticleIn, resp=answers(HTTP_201=ArticleOut), tags=["news"])
def create_article(json: ArticleIn) -> tuple[dict[str, Any], int]:
    """Create a draft."""
    return _out(operations.create_article(me(), json)), 201


@blueprint.get("/<uuid:article_id>")
@spec.validate(resp=answers(HTTP_200=ArticleOut), tags=["news"])
def show_article(article_id: uuid.UUID) -> dict[str, Any]:
    """One article."""
    return _out(rights.fetch(me(), Article, article_id))


@blueprint.put("/<uuid:article_id>")
@spec.validate(json=ArticleIn, resp=answers(HTTP_200=ArticleOut), tags=["news"])
def change_article(article_id: uuid.UUID, json: ArticleIn) -> dict[str, Any]:
    """Change an article; it waits for approval again when it has to."""
    article = rights.fetch(me(), Article, article_id, "write")
    operations.change_article(me(), article, json)
    return _out(article)


@blueprint.post("/<uuid:article_id>/submission")
@spec.validate(resp=answers(HTTP_200=ArticleOut), tags=["news"])
def submit_article(article_id: uuid.UUID) -> dict[str, Any]:
    """Send a draft for approval, or publish it when nobody has to approve."""
    article = rights.fetch(me(), Article, article_id, "write")
    workflow.submit_article(me(), article)
    return _out(article)


@blueprint.post("/<uuid:article_id>/receipt")
@spec.validate(resp=answers(HTTP_204=None), tags=["news"])
def confirm_reading(article_id: uuid.UUID) -> Response:
    """«J’ai lu»."""
    readings.confirm_reading(me(), rights.fetch(me(), Article, article_id))
    return Response(status=204)


@blueprint.delete("/<uuid:article_id>")
@spec.validate(resp=answers(HTTP_204=None), tags=["news"])
def trash_article(article_id: uuid.UUID) -> Response:
    """Put an article in its author's trash."""
    operations.trash_article(me(), rights.fetch(me(), Article, article_id, "delete"))
    return Response(status=204)
