"""Formats of news (SOC-INT-IED)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, Field
from sqlalchemy import select

from preau.kernel import files
from preau.kernel.database import db
from preau.kernel.exchange import Exchangeable, File, Imported, Item
from preau.kernel.exchange_context import Context, Scope
from preau.kernel.identity import Identity
from preau.kernel.ports.principals import principals
from preau.kernel.richtext import LONGEST
from preau.services.communication.news import workflow
from preau.services.communication.news.exchange_along import (
    NoticeV1,
    ReadingV1,
    VersionV1,
    export_along,
    import_along,
)
from preau.services.communication.news.models import Article, Attachment
from preau.services.communication.news.operations import MOST_ATTACHMENTS, attachments


class AttachmentV1(BaseModel):
    """A picture of the text, or a document; ``name`` is that of the file in the archive."""

    key: str
    name: str = Field(min_length=1, max_length=300)
    alt: str = Field(default="", max_length=300)


class ArticleV1(BaseModel):
    """An article: who wrote it, for which school and for whom (portable principals), when it is shown."""

    owner: str
    structure: str
    level: str
    title: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=LONGEST)
    audience: list[str] = Field(max_length=1000)
    public: bool = False
    pinned: bool = False
    ask_receipt: bool = False
    state: str
    starts_at: datetime
    ends_at: datetime
    published_at: datetime | None = None
    picture_alt: str = Field(default="", max_length=300)
    attachments: list[AttachmentV1] = Field(default=[], max_length=MOST_ATTACHMENTS)


class ArticleV2(ArticleV1):
    """An article with where its circuit stands, its former texts, who read it, the notebooks it is in.

    ``versions``, ``readings`` and ``notices`` are null where the archive does not speak of them.
    """

    submitted_at: datetime | None = None
    announced_at: datetime | None = None
    decided_by: str = ""
    refusal: str = Field(default="", max_length=1000)
    versions: list[VersionV1] | None = None
    readings: list[ReadingV1] | None = None
    notices: list[NoticeV1] | None = None


def _from_v1(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 said nothing of the circuit: what was published was announced then."""
    sent = data["published_at"] or (
        data["starts_at"] if data["state"] in ("submitted", "published") else None
    )
    return {**data, "submitted_at": sent, "announced_at": data["published_at"]}


def _to_v1(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ArticleV1.model_fields}


PICTURE = "image.webp"


def export_articles(identity: Identity, scope: Scope) -> Iterator[Item]:
    """A person's own articles, or a school's."""
    del identity
    wanted = scope.owned(Article.owner_id)
    if scope.kind in ("structure", "everything"):
        wanted = scope.within(Article.structure_id)
    rows = select(Article).where(wanted, Article.trashed_at.is_(None)).order_by(Article.id)
    for article in db.session.scalars(rows):
        yield _item(article, scope)


def _item(article: Article, scope: Scope) -> Item:
    audience = sorted(filter(None, (scope.refs.portable(each) for each in article.audience)))
    held = attachments(article)
    return Item(
        key=str(article.id),
        data=ArticleV2(
            owner=scope.refs.person_uid(article.owner_id),
            structure=scope.refs.structure_key(article.structure_id),
            audience=audience,
            attachments=[
                AttachmentV1(key=str(each.id), name=f"{each.id}-{each.name}", alt=each.alt) for each in held
            ],
            decided_by=scope.refs.person_uid(article.decided_by_id),
            **export_along(article, scope),
            **{name: getattr(article, name) for name in _PLAIN},
        ),
        title=article.title,
        path=f"/actualites/{article.id}",
        rights=audience,
        created_at=article.created_at,
        updated_at=article.updated_at,
        files=_files(article, held, audience),
    )


_PLAIN = (
    "level", "title", "body", "public", "pinned", "ask_receipt", "state", "starts_at", "ends_at",
    "published_at", "picture_alt", "submitted_at", "announced_at", "refusal",
)  # fmt: skip


def _files(article: Article, held: list[Attachment], audience: list[str]) -> list[File]:
    found = []
    if article.picture:
        found.append(_file(PICTURE, article.picture, article.picture_type, article.picture_alt, audience))
    return found + [
        _file(f"{each.id}-{each.name}", each.blob, each.media_type, each.alt, audience) for each in held
    ]


def _file(name: str, sha256: str, media_type: str, description: str, audience: list[str]) -> File:
    path = files.path_of(sha256)
    return File(
        name=name,
        content=path if path is not None else lambda: files.opened(sha256).read(),
        media_type=media_type,
        description=description,
        rights=audience,
    )


def import_article(identity: Identity, item: Imported, context: Context) -> Article | None:
    """The article with its pictures. In personal data it comes back as a draft: its school decides again."""
    data: ArticleV2 = item.data
    structure_id = context.structure(data.structure)
    owner_id = context.owner(data.owner)
    if structure_id is None or owner_id is None:
        return None
    if item.existing is not None and _says_the_same(item.existing, item, context):
        return item.existing  # what was approved stays approved
    article = item.existing or Article(id=context.id_for(Article, item.key))
    article.owner_id, article.structure_id = owner_id, structure_id
    for name in _PLAIN:
        setattr(article, name, getattr(data, name))
    article.decided_by_id = context.person(data.decided_by)
    article.audience = context.local(data.audience)
    if context.personal:
        _as_own(identity, article)
    article.open_to = sorted(principals().structures(article.audience) | {structure_id})
    article.created_at = item.created_at or article.created_at
    article.updated_at = item.updated_at or article.updated_at
    given = {each.name: each for each in item.files}
    picture = given.get(PICTURE)
    article.picture = files.store(context.open(picture)).sha256 if picture else None
    article.picture_type = picture.media_type if picture else ""
    article.picture_alt = data.picture_alt if picture else ""
    db.session.add(article)
    db.session.flush()
    _import_attachments(article, data, given, context)
    import_along(article, data, context)
    if article.state == "published":
        workflow.schedule(article)
    return article


def _says_the_same(article: Article, item: Imported, context: Context) -> bool:
    held = {(f"{each.id}-{each.name}", each.blob) for each in attachments(article)}
    if article.picture:
        held.add((PICTURE, article.picture))
    mine = _item(article, context.scope).data.model_dump(mode="json")
    return held == {(each.name, each.sha256) for each in item.files} and mine == item.data.model_dump(
        mode="json"
    )


def _as_own(identity: Identity, article: Article) -> None:
    """What somebody brings does not publish itself, nor address people out of reach."""
    article.audience = sorted(principals().addressable(identity, article.audience))
    if not identity.can("news.approve", article.structure_id):
        article.public = False
        if article.state in ("published", "submitted"):
            article.state, article.published_at = "draft", None
            article.submitted_at = article.announced_at = article.decided_by_id = None


def _import_attachments(article: Article, data: ArticleV2, given: dict[str, Any], context: Context) -> None:
    for former in attachments(article):
        db.session.delete(former)
    db.session.flush()
    for each in data.attachments:
        file = given.get(each.name)
        if file is None:
            continue
        stored = files.store(context.open(file))
        db.session.add(
            Attachment(
                id=context.id_for(Attachment, each.key),
                article_id=article.id,
                blob=stored.sha256,
                name=each.name.removeprefix(f"{each.key}-"),
                media_type=file.media_type,
                size=stored.size,
                alt=each.alt,
            )
        )
    db.session.flush()


FORMATS = (
    Exchangeable(
        "news-article", 2, ArticleV2, export_articles, import_article, model=Article,
        label=_l("Actualités"), scopes=("person", "structure", "everything"), ordered=True,
        older={1: (ArticleV1, _from_v1)}, downgrade={1: _to_v1},
        merge={"versions": "union", "readings": "union", "notices": "union"},
    ),
)  # fmt: skip
