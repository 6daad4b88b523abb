"""What is read of news: lists already filtered, each in one query."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from preau.kernel import rights
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.rights import Addressed
from preau.kernel.tenancy import lifted
from preau.services.communication.news.models import (
    DISPLAYED,
    LEVELS,
    Article,
    Attachment,
    NotebookNotice,
    Reading,
)
from preau.socle.directory.models import Relation

_ORDER = (
    Article.pinned.desc(),
    case({level: rank for rank, level in enumerate(LEVELS)}, value=Article.level),
    Article.starts_at.desc(),
    Article.published_at.desc(),
    Article.id,
)


def displayed(identity: Identity, level: str | None = None, structure_id: int | None = None) -> Select[Any]:
    """Articles shown to the identity now: pinned first, then alerts, then the newest."""
    statement = select(Article).where(
        Addressed().where(identity, Article) | (Article.owner_id == identity.person_id),
        DISPLAYED.where(identity, Article),
    )
    if level:
        statement = statement.where(Article.level == level)
    if structure_id:
        statement = statement.where(Article.structure_id == structure_id)
    return statement.order_by(*_ORDER)


def latest(identity: Identity, limit: int = 5) -> list[Article]:
    """The first articles of :func:`displayed`, for the home page: one query."""
    return list(db.session.scalars(displayed(identity).limit(limit)))


def public_news(structure_id: int | None = None, limit: int = 6) -> list[Article]:
    """What anybody may read, signed in or not: one query. Pictures are at :func:`url` of the public page."""
    statement = select(Article).where(Article.public, _shown_to_all())
    if structure_id is not None:
        statement = statement.where(Article.structure_id == structure_id)
    with lifted():  # nobody is signed in on the public page, and `public` is what its school decided
        return list(db.session.scalars(statement.order_by(*_ORDER).limit(limit)))


def public_article(key: Any) -> Article | None:
    """One article that anybody may read."""
    with lifted():  # as public_news
        return db.session.scalar(select(Article).where(Article.id == key, Article.public, _shown_to_all()))


def _shown_to_all() -> Any:
    at = func.clock_timestamp()
    return and_(
        Article.state == "published",
        Article.trashed_at.is_(None),
        Article.starts_at <= at,
        Article.ends_at > at,
    )


def mine(identity: Identity, *, trashed: bool = False) -> Select[Any]:
    """The identity's own articles, whatever their state, newest first; or those in the trash."""
    thrown = Article.trashed_at.is_not(None) if trashed else Article.trashed_at.is_(None)
    return (
        select(Article)
        .where(Article.owner_id == identity.person_id, thrown)
        .order_by(Article.updated_at.desc())
    )


def queue(identity: Identity) -> Select[Any]:
    """What waits for the identity's approval, the oldest first."""
    return (
        rights.allowed(identity, Article, "write")
        .where(
            Article.state == "submitted",
            Article.trashed_at.is_(None),
            Article.structure_id.in_(identity.structures_with("news.approve")),
        )
        .order_by(Article.submitted_at)
    )


def waiting(identity: Identity) -> int:
    """How many articles wait for the identity's approval."""
    if not identity.can("news.approve"):
        return 0
    return db.session.scalar(select(func.count()).select_from(queue(identity).order_by(None).subquery())) or 0


def archives(identity: Identity, text: str = "", since: datetime | None = None) -> Select[Any]:
    """Articles that are no longer shown, for those who wrote or answer for them, by words of theirs."""
    statement = rights.allowed(identity, Article, "write").where(
        Article.trashed_at.is_(None),
        or_(
            Article.state == "archived",
            and_(Article.state == "published", Article.ends_at <= func.clock_timestamp()),
        ),
    )
    for word in text.split()[:6]:
        pattern = "%" + word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        statement = statement.where(Article.title.ilike(pattern) | Article.body.ilike(pattern))
    if since is not None:
        statement = statement.where(Article.starts_at >= since)
    return statement.order_by(Article.ends_at.desc(), Article.id)


def to_confirm(identity: Identity, articles: list[Article]) -> set[Any]:
    """Keys of those articles that ask the identity for a confirmation it has not given."""
    asked = [each.id for each in articles if each.ask_receipt and each.owner_id != identity.person_id]
    given = set(
        db.session.scalars(
            select(Reading.article_id).where(
                Reading.article_id.in_(asked),
                Reading.person_id == identity.person_id,
                Reading.confirmed_at.is_not(None),
            )
        )
    )
    return set(asked) - given


def unread(identity: Identity) -> int:
    """How many shown articles the identity has not opened."""
    shown = displayed(identity).order_by(None).subquery()
    opened = (
        select(Reading.article_id)
        .where(Reading.article_id == shown.c.id, Reading.person_id == identity.person_id)
        .exists()
    )
    mine_ = shown.c.owner_id == identity.person_id
    return db.session.scalar(select(func.count()).select_from(shown).where(~opened, ~mine_)) or 0


def to_sign(identity: Identity) -> Select[Any]:
    """Notices of the identity's children's notebooks that nobody has signed yet, with their articles."""
    return (
        select(Article, NotebookNotice)
        .join(NotebookNotice, NotebookNotice.article_id == Article.id)
        .join(Relation, Relation.pupil_id == NotebookNotice.pupil_id)
        .where(
            Relation.guardian_id == identity.person_id,
            Relation.legal > 0,
            NotebookNotice.signed_at.is_(None),
            DISPLAYED.where(identity, Article),
        )
        .order_by(NotebookNotice.sent_at)
    )


def public_attachments(article: Article) -> list[Attachment]:
    """What is attached to an article that anybody may read."""
    with lifted():  # as public_news
        statement = select(Attachment).where(Attachment.article_id == article.id)
        return list(db.session.scalars(statement.order_by(Attachment.created_at)))


def addressed_to(principal: str) -> Any:
    """Whether an article names that principal among its readers."""
    return Article.audience.contains([principal])
