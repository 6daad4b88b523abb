"""Pages that write news: the form with its preview, pictures, versions, the trash."""

import uuid
from typing import Any

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from preau.kernel import conflicts, rights
from preau.kernel.database import SCHOOL_ZONE, db, today
from preau.kernel.errors import Invalid, PreauError
from preau.kernel.forms import parse, principals_from
from preau.kernel.pages import done, me, render_page
from preau.kernel.ports.principals import principals
from preau.kernel.richtext import render
from preau.kernel.rights import require_permission
from preau.services.communication.news import audience, operations, queries, workflow
from preau.services.communication.news.models import Article
from preau.services.communication.news.schemas import DURATIONS, ArticleIn
from preau.services.communication.news.views import blueprint

UNSEEN = conflicts.Seen()


@blueprint.route("/ecrire", methods=["GET", "POST"])
def create() -> Response:
    """A new article: kept as a draft, or sent at once."""
    require_permission(me(), "news.write")
    errors: dict[str, list[str]] = {}
    if _is_sent():
        data, errors = parse(ArticleIn, request.form)
        if data is not None:
            try:
                article = operations.create_article(me(), data, request.files.get("picture"))
                return _next(article)
            except Invalid as refusal:
                errors = refusal.errors or {"__all__": [refusal.message]}
    return _form(None, request.form or {"level": "information", "duration": "14"}, errors)


@blueprint.route("/<uuid:article_id>/modifier", methods=["GET", "POST"])
def change(article_id: uuid.UUID) -> Response:
    """Change an article."""
    article = rights.fetch(me(), Article, article_id, "write")
    seen = conflicts.seen(article, request.form, _fields(), sending=_is_sent())
    errors = seen.errors
    if _is_sent() and not errors:
        data, errors = parse(ArticleIn, request.form)
        if data is not None:
            try:
                operations.change_article(
                    me(),
                    article,
                    data,
                    request.files.get("picture"),
                    remove_picture="remove_picture" in request.form,
                )
                return _next(article)
            except Invalid as refusal:
                db.session.refresh(article)
                errors = refusal.errors or {"__all__": [refusal.message]}
    return _form(article, request.form or _values(article), errors, seen)


def _fields() -> dict[str, str]:
    """What two tabs may disagree about."""
    rest = (
        "level",
        "audience",
        "starts_at",
        "ends_at",
        "pinned",
        "public",
        "ask_receipt",
        "picture",
        "state",
    )
    return {"title": _("Titre"), "body": _("Texte"), **dict.fromkeys(rest, "")}


def _is_sent() -> bool:
    """Whether the form is to be saved, and not only shown again with a preview or suggestions."""
    return request.method == "POST" and not {"search_principals", "preview"} & set(request.form)


def _next(article: Article) -> Response:
    """After saving: sent when the person asked for it."""
    if "send" not in request.form or article.state not in ("draft", "refused", "archived"):
        return done(_("Enregistré."), "news.show", article_id=article.id)
    try:
        workflow.submit_article(me(), article)
    except PreauError as refusal:
        return done(refusal.message, "news.show", article_id=article.id)
    told = (
        _("Actualité publiée.") if article.state == "published" else _("Actualité envoyée pour validation.")
    )
    return done(told, "news.show", article_id=article.id)


def _values(article: Article) -> dict[str, Any]:
    """What the form shows of an article: its display ends at a date."""
    last = article.ends_at.astimezone(SCHOOL_ZONE).date().toordinal() - 1
    return {
        **{name: getattr(article, name) for name in ("structure_id", "title", "body", "level", "public")},
        **{name: getattr(article, name) for name in ("pinned", "ask_receipt", "picture_alt")},
        "starts_on": article.starts_at.astimezone(SCHOOL_ZONE).date().isoformat(),
        "duration": "date",
        "ends_on": today().fromordinal(last).isoformat(),
    }


def _form(
    article: Article | None,
    values: Any,
    errors: dict[str, list[str]],
    seen: conflicts.Seen = UNSEEN,
) -> Response:
    own, proposed = audience.own_schools(me()), audience.proposed_schools(me())
    schools = own + proposed
    default = me().structure_id if me().structure_id in dict(own) else (schools[0][0] if schools else None)
    chosen_school = int(values.get("structure_id") or default or 0)
    posted, asked = principals_from(request.form), principals_from(request.args)
    keys = posted if request.method == "POST" else (article.audience if article else asked)
    described = principals().describe(keys)
    text = request.form.get("principals_q", "")
    usual = audience.usual(chosen_school, dict(schools).get(chosen_school, ""))
    shown = [described[key] for key in keys if key in described]
    return render_page(
        "news/form.html",
        422 if errors else 200,
        article=article,
        values=values,
        errors=errors,
        schools=schools,
        school_id=chosen_school,
        chosen=shown + [each for each in usual if each.key in keys and each.key not in described],
        found=principals().search(me(), text) if text else [each for each in usual if each.key not in keys],
        q=text,
        durations=[(value, str(label)) for value, label in DURATIONS],
        preview=render(values.get("body") or "") if "preview" in request.form else None,
        may_open=me().can("news.public", chosen_school),
        needs_approval=workflow.needs_approval(me(), chosen_school),
        seen=seen,
    )


@blueprint.post("/apercu")
def preview() -> Markup:
    """The text as it will be shown, for the preview beside the editor."""
    require_permission(me(), "news.write")
    return render(request.form.get("body", ""))


@blueprint.route("/<uuid:article_id>/pieces", methods=["GET", "POST"])
def pieces(article_id: uuid.UUID) -> Response:
    """Pictures of the text and documents beside it."""
    article = rights.fetch(me(), Article, article_id, "write")
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        upload = request.files.get("file")
        try:
            operations.attach(me(), article, upload, request.form.get("alt", ""))
            return done(_("Pièce jointe ajoutée."), "news.pieces", article_id=article_id)
        except Invalid as refusal:
            errors = refusal.errors
    return render_page(
        "news/pieces.html",
        422 if errors else 200,
        article=article,
        attachments=operations.attachments(article),
        values=request.form,
        errors=errors,
    )


@blueprint.post("/<uuid:article_id>/pieces/<uuid:attachment_id>/retirer")
def detach(article_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """Take an attachment away."""
    operations.detach(me(), rights.fetch(me(), Article, article_id, "write"), attachment_id)
    return done(_("Pièce jointe retirée."), "news.pieces", article_id=article_id)


@blueprint.get("/mes-textes")
def mine() -> Response:
    """The person's own articles by state, and their trash."""
    trashed = "corbeille" in request.args
    return render_page(
        "news/mine.html",
        articles=list(db.session.scalars(queries.mine(me(), trashed=trashed))),
        trashed=trashed,
        writes=me().can("news.write"),
    )


@blueprint.get("/<uuid:article_id>/versions")
def versions(article_id: uuid.UUID) -> Response:
    """Former texts."""
    article = rights.fetch(me(), Article, article_id, "write")
    return render_page("news/versions.html", article=article, versions=operations.versions(me(), article))


@blueprint.post("/<uuid:article_id>/versions/<int:number>/reprendre")
def restore_version(article_id: uuid.UUID, number: int) -> Response:
    """Bring a former text back."""
    operations.restore_version(me(), rights.fetch(me(), Article, article_id, "write"), number)
    return done(
        _("Texte repris. Le précédent est gardé parmi les versions."), "news.show", article_id=article_id
    )


@blueprint.post("/<uuid:article_id>/supprimer")
def trash(article_id: uuid.UUID) -> Response:
    """To the trash, and offer to undo."""
    article = rights.fetch(me(), Article, article_id, "delete")
    operations.trash_article(me(), article)
    return render_page("news/trashed.html", article=article)


@blueprint.post("/<uuid:article_id>/restaurer")
def restore(article_id: uuid.UUID) -> Response:
    """Out of the trash."""
    article = rights.fetch(me(), Article, article_id)
    operations.restore_article(me(), article)
    return done(_("« %(title)s » est de retour.", title=article.title), "news.show", article_id=article_id)


@blueprint.post("/<uuid:article_id>/detruire")
def delete(article_id: uuid.UUID) -> Response:
    """For good."""
    operations.delete_article(me(), rights.fetch(me(), Article, article_id))
    return done(_("Actualité supprimée définitivement."), "news.mine", corbeille="1")
