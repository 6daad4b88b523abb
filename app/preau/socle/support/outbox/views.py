"""What would have left the machine: mail, SMS and push that the embedded adapter keeps."""

from flask import Response, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from preau.kernel import journal
from preau.kernel.adapters.mail_embedded import OutgoingMessage
from preau.kernel.database import db
from preau.kernel.pages import me, pages, render_page
from preau.kernel.paging import asked_page
from preau.kernel.ports.mail_out import mail_out
from preau.kernel.rights import require_permission
from preau.kernel.tenancy import lifted
from preau.kernel.transaction import atomic

blueprint = pages("outbox", __name__, "/administration/messages-sortants")
PERMISSION = "outbox.read"
MEDIUM_NAMES = {"mail": _l("Courriels"), "sms": _l("SMS"), "push": _l("Alertes sur téléphone")}
PER_PAGE = 30


@blueprint.get("")
def index() -> Response:
    """The messages, last first. Whoever reads them is in the journal: some open accounts."""
    require_permission(me(), PERMISSION)
    medium = request.args.get("support", "")
    wanted = [OutgoingMessage.medium == medium] if medium in MEDIUM_NAMES else []
    number = asked_page()
    with lifted():  # only administrators of the project pass the check above
        total = db.session.scalar(select(func.count()).select_from(OutgoingMessage).where(*wanted)) or 0
        messages = db.session.scalars(
            select(OutgoingMessage)
            .where(*wanted)
            .order_by(OutgoingMessage.id.desc())
            .limit(PER_PAGE)
            .offset((number - 1) * PER_PAGE)
        ).all()
    with atomic():
        journal.record(me(), "outbox.read", kind="outgoing_message", count=len(messages))
    return render_page(
        "outbox/index.html",
        messages=messages,
        media=MEDIUM_NAMES,
        medium=medium,
        leaves=mail_out().leaves,
        address=lambda other: url_for("outbox.index", page=other, support=medium or None),
        page={"number": number, "pages": -(-total // PER_PAGE), "total": total},
    )
