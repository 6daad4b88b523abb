"""Pages of search: results, suggestions while typing, history, saved searches."""

import csv
import io
import json
import uuid
from typing import Any

from flask import Response, make_response, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.forms import errors_of, parse
from preau.kernel.pages import done, me, pages, render_page
from preau.kernel.search import DUBLIN_CORE, Hit
from preau.kernel.search_find import search
from preau.kernel.search_query import PER_PAGE, Query, Results
from preau.kernel.search_sources import federated, kinds, sources
from preau.kernel.search_suggest import suggest
from preau.socle.portal.search import operations
from preau.socle.portal.search.operations import SaveIn
from preau.socle.security.web import EXPORT_LIMIT, by_person, limiter

blueprint = pages("search", __name__, "/recherche")
LAST_PAGE = 25
RECENT = 5


def asked() -> tuple[Query, dict[str, list[str]]]:
    """The query of the address, or what is wrong with it."""
    raw: dict[str, Any] = {name: value for name, value in request.args.items() if value.strip()}
    raw["text"] = raw.pop("q", "")
    raw["kinds"] = [kind for kind in request.args.getlist("kinds") if kind]
    try:
        return Query.model_validate(raw), {}
    except ValidationError as refused:
        errors = errors_of(refused)
        kept = {name: value for name, value in raw.items() if name not in errors}
        return Query.model_validate(kept), {
            ("q" if name == "text" else name): each for name, each in errors.items()
        }


@blueprint.get("")
def index() -> Response:
    """Results of a quick or advanced search (SOC-POR-MDR-01, -02, -03, -07; UTI-IDO-REC-01 to -06)."""
    query, errors = asked()
    number = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    results = Results((), 0) if errors else search(me(), query, page=number)
    elsewhere = federated(me(), query) if number == 1 and not errors else {}
    if number == 1 and not errors:
        operations.remember(me(), query, results.total)
    last = min(-(-results.total // PER_PAGE), LAST_PAGE)
    return render_page(
        "search/index.html",
        422 if errors else 200,
        query=query,
        errors=errors,
        results=results,
        elsewhere=elsewhere,
        kinds=kinds(),
        sources=sources(),
        fields=DUBLIN_CORE,
        schools=me().profiles,
        page={"number": number, "pages": last, "total": results.total},
        address=_address,
        recent=_recent() if query.empty else [],
        again=again,
        detailed=query.advanced or "plus" in request.args,
    )


def _address(number: int = 1, endpoint: str = "search.index", **changes: Any) -> str:
    """The same search, on another page or narrowed."""
    values: dict[str, Any] = {
        key: request.args.getlist(key) for key in request.args if key not in ("page", *changes)
    }
    values |= {key: value for key, value in changes.items() if value is not None}
    if number > 1:
        values["page"] = number
    return url_for(endpoint, **values)


def _recent() -> list[Any]:
    return list(db.session.scalars(operations.history(me()).limit(RECENT)))


@blueprint.get("/suggestions")
def suggestions() -> Response:
    """Titles while typing: the list alone, for htmx; the page of results works without it."""
    typed = request.args.get("q", "")[:200]
    return render_page("search/suggestions.html", typed=typed, hits=suggest(me(), typed), kinds=kinds())


@blueprint.get("/export")
@limiter.limit(EXPORT_LIMIT, key_func=by_person)
def export() -> Response:
    """The results, all or those chosen, as CSV or JSON (SOC-POR-MDR-06)."""
    query, errors = asked()
    if errors:
        raise Invalid(_("Cette recherche ne peut pas être exportée : corrigez-la d’abord."), errors)
    hits = operations.chosen(me(), query, request.args.getlist("chosen"))
    names = {name: str(kind.label) for name, kind in kinds().items()}
    if request.args.get("format") == "json":
        body, kind = _json(hits, names), "application/json"
    else:
        body, kind = _csv(hits, names), "text/csv; charset=utf-8"
    response = make_response(body)
    response.headers["Content-Type"] = kind
    extension = "json" if kind == "application/json" else "csv"
    response.headers["Content-Disposition"] = f'attachment; filename="recherche.{extension}"'
    return response


def _csv(hits: list[Hit], names: dict[str, str]) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow([_("Type"), _("Titre"), _("Auteur"), _("Date"), _("Adresse")])
    for hit in hits:
        row = [
            names.get(hit.kind, hit.kind),
            hit.title,
            hit.author,
            hit.at.date().isoformat() if hit.at else "",
        ]
        writer.writerow([_inert(cell) for cell in [*row, request.host_url.rstrip("/") + hit.url]])
    # Spreadsheets take a file without this mark for Latin-1.
    return "\ufeff" + sheet.getvalue()


def _inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in "=+-@\t\r" else cell


def _json(hits: list[Hit], names: dict[str, str]) -> str:
    found = [
        {
            "kind": hit.kind,
            "type": names.get(hit.kind, hit.kind),
            "key": hit.key,
            "title": hit.title,
            "author": hit.author,
            "at": hit.at.isoformat() if hit.at else None,
            "url": hit.url,
            "metadata": dict(hit.metadata),
        }
        for hit in hits
    ]
    return json.dumps({"results": found}, ensure_ascii=False, indent=2)


@blueprint.get("/historique")
def history() -> Response:
    """The person's searches."""
    entries = db.session.scalars(operations.history(me())).all()
    return render_page(
        "search/history.html", entries=entries, remembers=operations.remembers(me()), again=again
    )


def again(query: dict[str, Any]) -> str:
    """The address of a kept query."""
    values = dict(query)
    if "text" in values:
        values["q"] = values.pop("text")
    return url_for("search.index", **values)


@blueprint.post("/historique/effacer")
def erase() -> BaseResponse:
    """Erase one line, or all."""
    count = operations.erase(me(), request.form.get("entry", None, int))
    return done(
        _("%(count)s recherche effacée.", count=count)
        if count == 1
        else _("%(count)s recherches effacées.", count=count),
        "search.history",
    )


@blueprint.post("/historique/reglage")
def keep() -> BaseResponse:
    """Keep a history, or not."""
    wanted = request.form.get("history") == "1"
    operations.keep_history(me(), wanted=wanted)
    message = (
        _("Vos recherches seront gardées.")
        if wanted
        else _("Vos recherches ne sont plus gardées, et l’historique est effacé.")
    )
    return done(message, "search.history")


@blueprint.get("/enregistrees")
def saved() -> Response:
    """Saved searches and results."""
    return render_page(
        "search/saved.html",
        searches=db.session.scalars(operations.saved(me())).all(),
        again=again,
        kinds=kinds(),
    )


@blueprint.route("/enregistrer", methods=["GET", "POST"])
def save() -> BaseResponse:
    """Keep the search of the address under a name, with the results chosen from its first page."""
    query, _errors = asked()
    data, errors = parse(SaveIn, request.form) if request.method == "POST" else (None, {})
    if data is not None:
        operations.save_search(me(), query, data)
        return done(_("Recherche « %(name)s » enregistrée.", name=data.name), "search.saved")
    words = operations.wording(query)
    return render_page(
        "search/save.html",
        422 if errors else 200,
        errors=errors,
        words=words,
        name=request.form.get("name", words[:120]),
        chosen=request.form.getlist("chosen"),
        hits=search(me(), query).hits,
        address=_address,
    )


@blueprint.post("/enregistrees/<uuid:key>/supprimer")
def forget(key: uuid.UUID) -> BaseResponse:
    """Delete a saved search."""
    search_ = operations.forget_search(me(), key)
    return done(_("Recherche « %(name)s » supprimée.", name=search_.name), "search.saved")
