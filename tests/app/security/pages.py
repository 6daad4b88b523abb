"""Small helpers of the security tests: read a page as a person does, fill and send its forms."""

import re
from html import unescape

from sqlalchemy import select

from preau.kernel.adapters.mail_embedded import OutgoingMessage
from preau.kernel.database import db
from preau.kernel.tenancy import lifted
from preau.socle.security.models import Account


def token_of(client, path: str) -> str:
    """The CSRF token of the page's form."""
    page = client.get(path)
    assert page.status_code == 200, f"{path}: {page.status}"
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)


def send(client, path: str, data: dict, page: str | None = None, **options):
    """Send a form as the page it is on would."""
    return client.post(path, data={"csrf_token": token_of(client, page or path), **data}, **options)


def sign_in(client, login: str, password: str, **data):
    """The sign-in form."""
    return send(client, "/connexion", {"login": login, "password": password, **data})


def words(answer) -> str:
    """The words of a page, without tags."""
    body = re.sub(r"<(script|style).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def account_of(person_id: int) -> Account:
    """The account as it is in the database now."""
    with lifted():
        db.session.rollback()
        return db.session.scalars(
            select(Account).where(Account.person_id == person_id).execution_options(populate_existing=True)
        ).one()


def outbox() -> list[OutgoingMessage]:
    """What would have left, oldest first."""
    with lifted():
        db.session.rollback()
        return list(db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))
