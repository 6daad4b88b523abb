"""Pages that read news."""

import uuid
from datetime import date

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import rights
from preau.kernel.database import db
from preau.kernel.downloads import send
from preau.kernel.pages import done, me, opening, pages, public, render_page
from preau.kernel.paging import asked_page, paged
from preau.services.communication.news import audience, operations, queries, readings, words, workflow
from preau.services.communication.news.models import LEVELS, Article, Attachment, is_displayed
from preau.services.communication.news.schemas import first_moment

blueprint = pages("news", __name__, "/actualites")
PER_PAGE = 10
PICTURE_DAYS = 24 * 3600

blueprint.before_request(opening("news"))


@blueprint.app_template_global("news_words")
def news_words() -> type[words.Words]:
    """What templates need to name levels and states."""
    return words.Words


@blueprint.app_template_global("public_news")
def public_news() -> list[Article]:
    """What the portal shows to whoever is not signed in, when this service is there."""
    return queries.public_news()


@blueprint.get("/")
def index() -> Response:
    """What is shown to the person now: pinned first, then alerts, then the newest."""
    level = request.args.get("niveau", "")
    level = level if level in LEVELS else ""
    page = paged(queries.displayed(me(), level or None), asked_page(), PER_PAGE)
    return render_page(
        "news/index.html",
        page=page,
        school_names=audience.schools_named(me(), page.items),
        level=level,
        to_confirm=queries.to_confirm(me(), page.items),
        to_sign=list(db.session.execute(queries.to_sign(me()))) if "guardian" in me().kinds else [],
        waiting=queries.waiting(me()),
        writes=me().can("news.write"),
        page_url=lambda number: url_for("news.index", niveau=level or None, page=number),
    )


@blueprint.get("/<uuid:article_id>")
def show(article_id: uuid.UUID) -> Response:
    """One article, with what the person may do with it."""
    article = rights.fetch(me(), Article, article_id)
    readings.open_article(me(), article)
    writes = rights.may(me(), "write", article)
    return render_page(
        "news/show.html",
        article=article,
        displayed=is_displayed(article),
        attachments=operations.attachments(article),
        confirmed_at=readings.confirmed_at(me(), article) if article.ask_receipt else None,
        notices=readings.notices_of(me(), article) if "guardian" in me().kinds else [],
        writes=writes,
        approves=workflow.approves(me(), article),
        count=readings.count(me(), article) if writes and article.state == "published" else None,
        sent_to=readings.notices(me(), article) if writes else [],
        audience=audience.described(article),
        author=audience.author_name(article),
        school=audience.schools_named(me(), [article]).get(article.structure_id),
    )


@blueprint.post("/<uuid:article_id>/lu")
def confirm(article_id: uuid.UUID) -> Response:
    """«J’ai lu»."""
    article = rights.fetch(me(), Article, article_id)
    readings.confirm_reading(me(), article)
    return done(_("C’est noté : vous avez lu « %(title)s ».", title=article.title), "news.index")


@blueprint.post("/<uuid:article_id>/signer")
def sign(article_id: uuid.UUID) -> Response:
    """Sign for one child."""
    article = rights.fetch(me(), Article, article_id)
    readings.sign(me(), article, request.form.get("pupil", 0, type=int))
    return done(_("Votre signature est enregistrée."), "news.show", article_id=article_id)


@blueprint.get("/<uuid:article_id>/image")
def picture(article_id: uuid.UUID) -> Response:
    """The picture of an article."""
    return _picture(rights.fetch(me(), Article, article_id))


@blueprint.get("/<uuid:article_id>/pieces/<uuid:attachment_id>")
def attachment(article_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """An attachment: a picture is shown, a document downloaded."""
    article = rights.fetch(me(), Article, article_id)
    return _attachment(article, attachment_id)


@blueprint.get("/archives")
def archives() -> Response:
    """What is no longer shown, for those who wrote it or answer for it."""
    text = request.args.get("q", "")[:200]
    since = request.args.get("depuis", None, type=date.fromisoformat)
    statement = queries.archives(me(), text, first_moment(since) if since else None)
    return render_page(
        "news/archives.html",
        page=paged(statement, asked_page(), 20),
        q=text,
        since=since,
        page_url=lambda number: url_for("news.archives", q=text or None, depuis=since, page=number),
    )


@blueprint.get("/publiques/<uuid:article_id>")
@public
def public_article(article_id: uuid.UUID) -> Response:
    """An article that its school opened to anybody."""
    article = queries.public_article(article_id) or abort(404)
    return render_page(
        "news/public.html",
        article=article,
        school=audience.names_of([article.structure_id]).get(article.structure_id),
        body=words.public_body(article),
        attachments=queries.public_attachments(article),
    )


@blueprint.get("/publiques/<uuid:article_id>/image")
@public
def public_picture(article_id: uuid.UUID) -> Response:
    """Its picture."""
    return _picture(queries.public_article(article_id) or abort(404))


@blueprint.get("/publiques/<uuid:article_id>/pieces/<uuid:attachment_id>")
@public
def public_attachment(article_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """One of its attachments."""
    article = queries.public_article(article_id) or abort(404)
    found = next((each for each in queries.public_attachments(article) if each.id == attachment_id), None)
    return _send(found)


def _picture(article: Article) -> Response:
    if article.picture is None:
        abort(404)
    return send(article.picture, "image.webp", article.picture_type, inline=True, max_age=PICTURE_DAYS)


def _attachment(article: Article, attachment_id: uuid.UUID) -> Response:
    found = db.session.get(Attachment, attachment_id)
    return _send(found if found is not None and found.article_id == article.id else None)


def _send(found: Attachment | None) -> Response:
    if found is None:
        abort(404)
    return send(found.blob, found.name, found.media_type, inline=found.is_picture, max_age=PICTURE_DAYS)
