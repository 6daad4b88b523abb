"""Writing news: texts, former texts, pictures, the trash (UTI-CCO-AIN-01, UTI-CCO-AIN-02)."""

import uuid
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from preau.kernel import events, files, journal, rights
from preau.kernel.database import db, now
from preau.kernel.errors import Conflict, Invalid, NotFound
from preau.kernel.identity import Identity
from preau.kernel.transaction import atomic
from preau.services.communication.news import audience, pictures, workflow
from preau.services.communication.news.models import Article, Attachment, Version
from preau.services.communication.news.schemas import ArticleIn

TRASH_DAYS = 30
MOST_ATTACHMENTS = 20
LARGEST_ATTACHMENT = 50 * 1024**2


def create_article(identity: Identity, data: ArticleIn, picture: FileStorage | None = None) -> Article:
    """A draft, seen by its author only."""
    audience.require_school(identity, data.structure_id)
    with atomic() as session:
        article = Article(id=uuid.uuid4(), owner_id=identity.person_id, audience=[])
        _write(identity, article, data, picture)
        session.add(article)
        journal.record(identity, "news.create", article)
        events.publish("news.created", identity, article)
    return article


def change_article(
    identity: Identity,
    article: Article,
    data: ArticleIn,
    picture: FileStorage | None = None,
    *,
    remove_picture: bool = False,
) -> None:
    """Change it; the former text is kept. What somebody else had to approve asks for it again."""
    rights.require(identity, "write", article)
    if data.structure_id != article.structure_id:
        audience.require_school(identity, data.structure_id)
    with atomic() as session:
        if (article.title, article.body) != (data.title, data.body):
            session.add(_version_of(identity, article))
        if remove_picture:
            article.picture, article.picture_alt = None, ""
        _write(identity, article, data, picture)
        workflow.after_change(identity, article)
        journal.record(identity, "news.change", article)
        events.publish("news.changed", identity, article)


def _write(identity: Identity, article: Article, data: ArticleIn, picture: FileStorage | None) -> None:
    if error := data.schedule_error():
        raise Invalid(error, {"ends_on": [error]})
    audience.require_addressable(identity, data.structure_id, data.principals, article.audience)
    if data.public and not article.public and not identity.can("news.public", data.structure_id):
        message = _("Seule la direction ouvre une actualité à tout public.")
        raise Invalid(message, {"public": [message]})
    article.structure_id = data.structure_id
    for name in ("title", "body", "level", "public", "pinned", "ask_receipt"):
        setattr(article, name, getattr(data, name))
    article.audience = list(data.principals)
    article.open_to = audience.opened_to(data.structure_id, data.principals)
    article.starts_at, article.ends_at = data.starts_at, data.ends_at
    with_picture = picture is not None and picture.filename
    if (with_picture or article.picture) and not data.picture_alt:
        message = _("Décrivez l’image en une phrase, pour celles et ceux qui ne la voient pas.")
        raise Invalid(message, {"picture_alt": [message]})
    if with_picture:
        article.picture, article.picture_type = pictures.store(picture), pictures.MEDIA_TYPE  # type: ignore[arg-type]
    article.picture_alt = data.picture_alt if article.picture else ""


def _version_of(identity: Identity, article: Article) -> Version:
    last = db.session.scalar(select(func.max(Version.number)).where(Version.article_id == article.id)) or 0
    return Version(
        article_id=article.id,
        number=last + 1,
        title=article.title,
        body=article.body,
        saved_by_id=identity.person_id,
    )


def versions(identity: Identity, article: Article) -> list[Version]:
    """Former texts, newest first."""
    rights.require(identity, "write", article)
    statement = select(Version).where(Version.article_id == article.id).order_by(Version.number.desc())
    return list(db.session.scalars(statement))


def restore_version(identity: Identity, article: Article, number: int) -> None:
    """Bring a former text back; the present one becomes a former one."""
    rights.require(identity, "write", article)
    with atomic() as session:
        former = session.get(Version, (article.id, number))
        if former is None:
            raise NotFound(_("Cette version n’existe plus."))
        session.add(_version_of(identity, article))
        article.title, article.body = former.title, former.body
        workflow.after_change(identity, article)
        journal.record(identity, "news.restore_version", article, number=number)


def trash_article(identity: Identity, article: Article) -> None:
    """To the trash of its author, where it stays thirty days."""
    rights.require(identity, "delete", article)
    with atomic():
        article.trashed_at = now()
        journal.record(identity, "news.trash", article)


def restore_article(identity: Identity, article: Article) -> None:
    """Out of the trash, as it was."""
    rights.require(identity, "delete", article)
    with atomic():
        article.trashed_at = None
        journal.record(identity, "news.restore", article)


def delete_article(identity: Identity, article: Article) -> None:
    """For good; only what is in the trash."""
    rights.require(identity, "delete", article)
    if article.trashed_at is None:
        raise Conflict(_("Mettez d’abord cette actualité à la corbeille."))
    with atomic() as session:
        journal.record(identity, "news.delete", article)
        session.delete(article)


def purge_trash() -> int:
    """Delete what has been in the trash for thirty days; return how many."""
    with atomic() as session:
        old = session.scalars(
            select(Article).where(Article.trashed_at < now() - timedelta(days=TRASH_DAYS))
        ).all()
        for article in old:
            session.delete(article)
    return len(old)


def attach(identity: Identity, article: Article, upload: FileStorage | None, alt: str) -> Attachment:
    """Add a picture (``alt`` says what it shows) or a document to an article."""
    rights.require(identity, "write", article)
    if upload is None or not upload.filename:
        raise Invalid("", {"file": [_("Choisissez un fichier.")]})
    held = db.session.scalar(
        select(func.count()).select_from(Attachment).where(Attachment.article_id == article.id)
    )
    if (held or 0) >= MOST_ATTACHMENTS:
        raise Invalid("", {"file": [_("Vingt pièces jointes au plus. Retirez-en une d’abord.")]})
    picture = (upload.mimetype or "").startswith("image/")
    if picture and not alt.strip():
        message = _("Décrivez l’image en une phrase, pour celles et ceux qui ne la voient pas.")
        raise Invalid(message, {"alt": [message]})
    with atomic() as session:
        stored: Any = (
            files.store(pictures.prepared(upload.stream, "file"))
            if picture
            else files.store(upload.stream, LARGEST_ATTACHMENT)
        )
        attachment = Attachment(
            id=uuid.uuid4(),
            article_id=article.id,
            blob=stored.sha256,
            name=upload.filename[:200],
            media_type=pictures.MEDIA_TYPE if picture else (upload.mimetype or "application/octet-stream"),
            size=stored.size,
            alt=alt.strip()[:300] if picture else "",
        )
        session.add(attachment)
        workflow.after_change(identity, article)
        journal.record(identity, "news.attach", article, attachment=str(attachment.id))
    return attachment


def attachments(article: Article) -> list[Attachment]:
    """The attachments of an article, in the order they came."""
    statement = select(Attachment).where(Attachment.article_id == article.id).order_by(Attachment.created_at)
    return list(db.session.scalars(statement))


def detach(identity: Identity, article: Article, attachment_id: uuid.UUID) -> None:
    """Take an attachment away."""
    rights.require(identity, "write", article)
    with atomic() as session:
        attachment = session.get(Attachment, attachment_id)
        if attachment is None or attachment.article_id != article.id:
            raise NotFound(_("Cette pièce jointe n’existe plus."))
        session.delete(attachment)
        journal.record(identity, "news.detach", article, attachment=str(attachment_id))
