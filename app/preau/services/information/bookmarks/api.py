"""``/api/v1/bookmarks``."""

import uuid
from typing import Any

from flask.wrappers import Response
from pydantic import BaseModel

from preau.kernel import rights
from preau.kernel.api import answers, endpoints, spec
from preau.kernel.database import db
from preau.kernel.pages import me
from preau.services.information.bookmarks import operations
from preau.services.information.bookmarks.models import Bookmark
from preau.services.information.bookmarks.schemas import BookmarkIn, BookmarkOut

blueprint = endpoints("bookmarks", __name__, "bookmarks")


class BookmarkList(BaseModel):
    """Own bookmarks and those shared with the caller."""

    items: list[BookmarkOut]


def _out(bookmark: Bookmark) -> dict[str, Any]:
    return BookmarkOut.model_validate(bookmark).model_dump(mode="json")


@blueprint.get("")
@spec.validate(resp=answers(HTTP_200=BookmarkList), tags=["bookmarks"])
def list_bookmarks() -> dict[str, Any]:
    """Bookmarks that the caller may read."""
    readable = rights.allowed(me(), Bookmark).order_by(Bookmark.created_at)
    return {"items": [_out(bookmark) for bookmark in db.session.scalars(readable)]}


@blueprint.post("")
@spec.validate(json=BookmarkIn, resp=answers(HTTP_201=BookmarkOut), tags=["bookmarks"])
def create_bookmark(json: BookmarkIn) -> tuple[dict[str, Any], int]:
    """Create a bookmark."""
    return _out(operations.create_bookmark(me(), json)), 201


@blueprint.get("/<uuid:bookmark_id>")
@spec.validate(resp=answers(HTTP_200=BookmarkOut), tags=["bookmarks"])
def show_bookmark(bookmark_id: uuid.UUID) -> dict[str, Any]:
    """One bookmark."""
    return _out(rights.fetch(me(), Bookmark, bookmark_id))


@blueprint.put("/<uuid:bookmark_id>")
@spec.validate(json=BookmarkIn, resp=answers(HTTP_200=BookmarkOut), tags=["bookmarks"])
def change_bookmark(bookmark_id: uuid.UUID, json: BookmarkIn) -> dict[str, Any]:
    """Change a bookmark."""
    bookmark = rights.fetch(me(), Bookmark, bookmark_id)
    operations.change_bookmark(me(), bookmark, json)
    return _out(bookmark)


@blueprint.delete("/<uuid:bookmark_id>")
@spec.validate(resp=answers(HTTP_204=None), tags=["bookmarks"])
def delete_bookmark(bookmark_id: uuid.UUID) -> Response:
    """Delete a bookmark."""
    operations.delete_bookmark(me(), rights.fetch(me(), Bookmark, bookmark_id))
    return Response(status=204)
