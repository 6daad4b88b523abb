"""Information and alerts, who has read them, their former texts, and what went to the liaison notebooks."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, and_, func
from sqlalchemy.orm import Mapped, mapped_column

from preau.kernel import files
from preau.kernel.database import Created, Key, Model, Moment, Updated, Words, now
from preau.kernel.rights import Access, Addressed, Holds, Owner, When
from preau.kernel.tenancy import Personal, through

LEVELS = ("alert", "important", "information")
STATES = ("draft", "submitted", "published", "refused", "archived")


class Article(Personal, Model):
    """A piece of information. ``structure_id`` is the school that answers for it (UTI-CCO-AIN-04).

    ``audience`` holds principals; ``body`` is Markdown; ``picture`` the hash of a stored file. It is shown
    from ``starts_at`` until ``ends_at`` excluded, once published.
    """

    __tablename__ = "news_article"

    id: Mapped[Key]
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id", ondelete="CASCADE"), index=True)
    level: Mapped[str] = mapped_column(default="information", server_default="information")
    title: Mapped[str]
    body: Mapped[str]
    audience: Mapped[Words]
    public: Mapped[bool] = mapped_column(default=False, server_default="false")
    pinned: Mapped[bool] = mapped_column(default=False, server_default="false")
    ask_receipt: Mapped[bool] = mapped_column(default=False, server_default="false")
    picture: Mapped[str | None] = mapped_column(index=True)
    picture_type: Mapped[str] = mapped_column(default="", server_default="")
    picture_alt: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="draft", server_default="draft")
    starts_at: Mapped[Moment]
    ends_at: Mapped[Moment]
    created_at: Mapped[Created]
    updated_at: Mapped[Updated]
    submitted_at: Mapped[Moment | None]
    published_at: Mapped[Moment | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    refusal: Mapped[str] = mapped_column(default="", server_default="")
    announced_at: Mapped[Moment | None]
    trashed_at: Mapped[Moment | None]

    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"level IN {LEVELS}", name="level"),
        CheckConstraint("ends_at > starts_at", name="duration"),
        CheckConstraint("picture IS NULL OR picture_alt <> ''", name="picture_alt"),
        Index("ix_news_article_audience", "audience", postgresql_using="gin"),
        Index("ix_news_article_shown", "ends_at", "starts_at"),
    )


class Version(Model):
    """A former text."""

    __tablename__ = "news_version"
    __wall__ = through("news_article", "article_id")

    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("news_article.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    body: Mapped[str]
    saved_at: Mapped[Created]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Attachment(Model):
    """A picture of the text, or a document beside it; ``alt`` says what a picture shows."""

    __tablename__ = "news_attachment"
    __wall__ = through("news_article", "article_id")

    id: Mapped[Key]
    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("news_article.id", ondelete="CASCADE"), index=True
    )
    blob: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    alt: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Created]

    @property
    def is_picture(self) -> bool:
        """Whether it may be shown in the text."""
        return self.media_type.startswith("image/")


class Reading(Model):
    """A person opened an article, and perhaps confirmed having read it."""

    __tablename__ = "news_reading"
    __wall__ = through("news_article", "article_id")

    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("news_article.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    opened_at: Mapped[Created]
    confirmed_at: Mapped[Moment | None]


class NotebookNotice(Model):
    """An article in the liaison notebook of one pupil, signed by one responsible person (UTI-CCO-AIN-03)."""

    __tablename__ = "news_notebook_notice"
    __wall__ = through("news_article", "article_id")

    article_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("news_article.id", ondelete="CASCADE"), primary_key=True
    )
    pupil_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    sent_at: Mapped[Created]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    signed_at: Mapped[Moment | None]


def is_displayed(article: Article, at: datetime | None = None) -> bool:
    """Published, not thrown away, and within its dates."""
    moment = at or now()
    return (
        article.state == "published"
        and article.trashed_at is None
        and article.starts_at <= moment < article.ends_at
    )


KEPT = When(lambda article: article.trashed_at is None, lambda model: model.trashed_at.is_(None))
DISPLAYED = When(
    is_displayed,
    lambda model: and_(
        model.state == "published",
        model.trashed_at.is_(None),
        model.starts_at <= func.clock_timestamp(),
        model.ends_at > func.clock_timestamp(),
    ),
)
PROPOSED = When(lambda article: article.state != "draft", lambda model: model.state != "draft")

ACCESS = Access(
    read=Owner() | (Holds("news.approve") & PROPOSED & KEPT) | (Addressed() & DISPLAYED),
    write=Owner() | (Holds("news.approve") & PROPOSED & KEPT),
)

files.refer(Article.picture, Attachment.blob)
