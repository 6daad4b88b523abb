"""News of a group (UTI-UTL-GRP-02)."""

from flask import url_for
from werkzeug.wrappers import Response

from preau.kernel.pages import me, render_page
from preau.kernel.paging import asked_page, paged
from preau.services.communication.news import queries
from preau.services.communication.news.views import PER_PAGE, blueprint
from preau.services.utilities.groups import operations as groups

SERVICE = "news"


@blueprint.get("/groupes/<int:group_id>")
def group(group_id: int) -> Response:
    """What is shown now and addressed to a group."""
    opened = groups.require_level(me(), group_id, SERVICE, "read")
    page = paged(
        queries.displayed(me()).where(queries.addressed_to(f"group:{group_id}")), asked_page(), PER_PAGE
    )
    return render_page(
        "news/group.html",
        group=opened,
        page=page,
        to_confirm=queries.to_confirm(me(), page.items),
        writes=me().can("news.write") and groups.level_of(me(), opened, SERVICE) != "read",
        page_url=lambda number: url_for("news.group", group_id=group_id, page=number),
    )
