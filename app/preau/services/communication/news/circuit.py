"""Pages of the approval circuit, of readings, of liaison notebooks, and their settings."""

import uuid

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from preau.kernel import preferences, rights
from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.errors import Invalid, Refused
from preau.kernel.forms import parse
from preau.kernel.pages import done, me, render_page
from preau.kernel.paging import asked_page, paged
from preau.kernel.ports.principals import principals
from preau.kernel.rights import require_permission
from preau.services.communication.news import audience, queries, readings, workflow
from preau.services.communication.news.models import Article
from preau.services.communication.news.schemas import Refusal
from preau.services.communication.news.views import blueprint
from preau.socle.security.authorisation.holders import principals_holding


@blueprint.get("/a-valider")
def queue() -> Response:
    """What waits for the person's approval."""
    require_permission(me(), "news.approve")
    articles = list(db.session.scalars(queries.queue(me())))
    return render_page("news/queue.html", articles=articles, author_name=audience.author_name)


@blueprint.post("/<uuid:article_id>/envoyer")
def submit(article_id: uuid.UUID) -> Response:
    """Send a draft, or publish it when nobody has to approve."""
    article = rights.fetch(me(), Article, article_id, "write")
    workflow.submit_article(me(), article)
    told = (
        _("Actualité publiée.") if article.state == "published" else _("Actualité envoyée pour validation.")
    )
    return done(told, "news.show", article_id=article_id)


@blueprint.post("/<uuid:article_id>/valider")
def approve(article_id: uuid.UUID) -> Response:
    """Publish what somebody submitted."""
    article = rights.fetch(me(), Article, article_id)
    workflow.approve_article(me(), article)
    return done(_("« %(title)s » est publiée.", title=article.title), "news.queue")


@blueprint.route("/<uuid:article_id>/refuser", methods=["GET", "POST"])
def refuse(article_id: uuid.UUID) -> Response:
    """Give it back to its author, with the reason."""
    article = rights.fetch(me(), Article, article_id)
    if not workflow.approves(me(), article):
        raise Refused(_("Seules les personnes qui répondent des publications décident ici."))
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        data, errors = parse(Refusal, request.form)
        if data is not None:
            workflow.refuse_article(me(), article, data)
            return done(_("Actualité rendue à son auteur, avec votre message."), "news.queue")
    return render_page(
        "news/refuse.html", 422 if errors else 200, article=article, values=request.form, errors=errors
    )


@blueprint.post("/<uuid:article_id>/retirer")
def archive(article_id: uuid.UUID) -> Response:
    """Take it off display; sending it again puts it back."""
    article = rights.fetch(me(), Article, article_id, "write")
    workflow.archive_article(me(), article)
    return done(
        _("Actualité retirée de l’affichage. Elle est dans les archives."), "news.show", article_id=article_id
    )


@blueprint.get("/<uuid:article_id>/lectures")
def readers(article_id: uuid.UUID) -> Response:
    """Who has read, who has not."""
    article = rights.fetch(me(), Article, article_id, "write")
    missing = "manquants" in request.args
    statement = readings.readers(me(), article)
    if missing:
        column = readings.Reading.confirmed_at if article.ask_receipt else readings.Reading.opened_at
        statement = statement.where(column.is_(None))
    return render_page(
        "news/readers.html",
        article=article,
        page=paged(statement, asked_page(), 50, rows=True),
        missing=missing,
        count=readings.count(me(), article),
        page_url=lambda number: url_for(
            "news.readers", article_id=article_id, manquants=1 if missing else None, page=number
        ),
    )


@blueprint.route("/<uuid:article_id>/cahiers", methods=["GET", "POST"])
def notebooks(article_id: uuid.UUID) -> Response:
    """Send to liaison notebooks, and see who signed."""
    article = rights.fetch(me(), Article, article_id, "write")
    errors: dict[str, list[str]] = {}
    chosen = request.form.getlist("groups", type=int)
    if request.method == "POST":
        try:
            count = readings.send_to_notebooks(me(), article, chosen)
            told = _("Envoyé dans %(count)s cahiers de liaison. Les familles sont prévenues.", count=count)
            return done(told, "news.notebooks", article_id=article_id)
        except Invalid as refusal:
            errors = refusal.errors
    return render_page(
        "news/notebooks.html",
        422 if errors else 200,
        article=article,
        choices=[(each.id, each.name) for each in readings.notebook_classes(me(), article)],
        notices=readings.notices(me(), article),
        chosen=chosen,
        errors=errors,
    )


@blueprint.route("/reglages", methods=["GET", "POST"])
def settings() -> Response:
    """The approval circuit of a school: whose texts wait, and who answers for them."""
    require_permission(me(), "news.configure")
    held = me().structures_with("news.configure")
    schools = [each for each in audience.own_schools(me()) if each[0] in held]
    default = me().structure_id if me().structure_id in held else min(held, default=0)
    school_id = request.values.get("structure_id", default, type=int) or 0
    require_permission(me(), "news.configure", school_id)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            preferences.choose(
                me(), "news.approval", "structure", school_id, request.form.get("approval", "")
            )
            return done(_("Circuit de validation enregistré."), "news.settings", structure_id=school_id)
        except (Invalid, Refused) as refusal:
            errors = {"approval": [refusal.message]}
    keys = {name: principals_holding(f"news.{name}", school_id) for name in ("write", "approve", "public")}
    described = principals().describe([key for each in keys.values() for key in each])
    return render_page(
        "news/settings.html",
        422 if errors else 200,
        schools=schools,
        school_id=school_id,
        approval=preferences.value("news.approval", me(), school_id),
        choices=registry.setting("news.approval").choices,
        holders={name: [described[key] for key in each if key in described] for name, each in keys.items()},
        errors=errors,
    )
