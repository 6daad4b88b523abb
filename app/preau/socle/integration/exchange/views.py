"""Pages of exchange: my data, a school's, and the published schemas."""

import uuid
from typing import Any

from flask import Response, abort, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import downloads
from preau.kernel.database import db
from preau.kernel.errors import Invalid
from preau.kernel.exchange_manifest import LICENCE, formats, schemas
from preau.kernel.identity import Identity
from preau.kernel.pages import done, me, pages, public, render_page
from preau.kernel.rights import fetch
from preau.socle.integration.exchange import operations
from preau.socle.integration.exchange.models import ExchangeRun
from preau.socle.integration.exchange.operations import PERMISSION, ScopeIn

blueprint = pages("exchange", __name__, "")


def policies() -> list[tuple[str, str, str]]:
    """The policies in words."""
    return [
        ("merge", _("Fusionner"), _("Ajoute ce qui manque ; de ce qui existe déjà, garde le plus récent.")),
        (
            "replace",
            _("Annuler et remplacer"),
            _("Remplace ce qui existe, et supprime ce que l’archive ne contient pas."),
        ),
        (
            "refuse",
            _("Refuser s’il y a déjà des données"),
            _("N’importe rien si une seule donnée existe déjà."),
        ),
    ]


@blueprint.get("/mes-donnees")
def mine() -> Response:
    """My data: take them away, bring them back."""
    return _page(ScopeIn())


def _page(scope: ScopeIn, status: int = 200, **context: Any) -> Response:
    return render_page(
        "exchange/index.html",
        status,
        scope=scope,
        services=operations.choices(scope.kind),
        runs=db.session.scalars(operations.runs(me())).all(),
        policies=policies(),
        schools=_schools(me()) if scope.kind != "person" else [],
        everything=me().can("exchange.everything"),
        errors=context.pop("errors", {}),
        posted=request.form,
        **context,
    )


def _schools(identity: Identity) -> list[tuple[str, str]]:
    mine = identity.structures_with(PERMISSION)
    names = {
        profile.uai: profile.structure_name
        for profile in identity.profiles
        if profile.uai and (profile.structure_id in mine or identity.everywhere)
    }
    if identity.everywhere:
        from sqlalchemy import select

        from preau.socle.directory.models import Structure

        names |= {
            str(uai): name
            for uai, name in db.session.execute(
                select(Structure.uai, Structure.name)
                .where(Structure.uai.is_not(None))
                .order_by(Structure.name)
            )
        }
    return sorted(names.items(), key=lambda each: each[1])


@blueprint.get("/administration/echanges")
def school() -> Response:
    """The same for a school, or for everything (SOC-SUP-HEB-06)."""
    if not (me().can(PERMISSION) or me().can("exchange.everything")):
        abort(403)
    kind = "structure" if request.args.get("tout") != "1" else "everything"
    return _page(ScopeIn(kind=kind))


def _scope() -> ScopeIn:
    kind = request.form.get("kind", "person")
    return ScopeIn(
        kind=kind if kind in ("person", "structure", "group", "everything") else "person",
        key=request.form.get("key", "")[:300],
    )


@blueprint.post("/mes-donnees/export")
def export() -> BaseResponse:
    """Ask for an archive."""
    scope = _scope()
    versions = {
        name.removeprefix("version-"): int(value)
        for name, value in request.form.items()
        if name.startswith("version-") and value.isdigit()
    }
    only = request.form.getlist("only")
    try:
        run = operations.ask_export(
            me(), scope, only, {name: versions[name] for name in only if name in versions}
        )
    except Invalid as refused:
        return _page(scope, 422, errors=refused.errors or {"": [refused.message]})
    return done(_("L’export est en préparation."), "exchange.show", key=run.id)


@blueprint.post("/mes-donnees/import")
def receive() -> BaseResponse:
    """Take an archive."""
    scope, upload = _scope(), request.files.get("archive")
    if upload is None or not upload.filename:
        return _page(scope, 422, errors={"archive": [_("Choisissez un fichier.")]})
    try:
        run = operations.receive(me(), scope, upload.stream, upload.filename, request.form.get("policy", ""))
    except Invalid as refused:
        return _page(scope, 422, errors=refused.errors or {"archive": [refused.message]})
    return done(
        _("L’archive est reçue. Voici ce que l’import fera : rien n’est encore modifié."),
        "exchange.show",
        key=run.id,
    )


@blueprint.get("/mes-donnees/<uuid:key>")
def show(key: uuid.UUID) -> Response:
    """How far, and the report; htmx asks for the progress alone."""
    run = fetch(me(), ExchangeRun, key)
    if request.args.get("avancement"):
        response = Response(render_template("exchange/progress.html", run=run))
        if run.state not in operations.BUSY:
            response.headers["HX-Refresh"] = "true"
        return response
    names = {each.name: str(each.label) for _service, each in formats()}
    return render_page(
        "exchange/show.html",
        run=run,
        lines=operations.report_lines(run.report),
        names=names,
        policies=policies(),
        back=url_for("exchange.mine" if run.request["scope"]["kind"] == "person" else "exchange.school"),
    )


@blueprint.post("/mes-donnees/<uuid:key>")
def confirm(key: uuid.UUID) -> BaseResponse:
    """Do the import."""
    run = operations.confirm(me(), key, request.form.get("policy", ""), request.form.getlist("only"))
    return done(_("L’import est lancé."), "exchange.show", key=run.id)


@blueprint.post("/mes-donnees/<uuid:key>/supprimer")
def forget(key: uuid.UUID) -> BaseResponse:
    """Drop it."""
    run = operations.forget(me(), key)
    kind = run.request["scope"]["kind"]
    return done(
        _("Cet échange et son archive sont supprimés."),
        "exchange.mine" if kind == "person" else "exchange.school",
    )


@blueprint.get("/mes-donnees/<uuid:key>/archive.zip")
def download(key: uuid.UUID) -> Response:
    """The archive of a finished export."""
    run = fetch(me(), ExchangeRun, key)
    if run.kind != "export" or run.state != "done" or run.blob is None:
        abort(404)
    return downloads.send(run.blob, run.name, "application/zip")


@blueprint.get("/schemas/")
@public
def published() -> Response:
    """Every format with its versions, for whoever writes or reads archives (SOC-INT-IED-11, -13, -20)."""
    return render_page("exchange/schemas.html", formats=formats(), licence=LICENCE)


@blueprint.get("/schemas/<name>.json")
@public
def schema(name: str) -> Response:
    """One JSON Schema."""
    found = schemas().get(name)
    if found is None:
        abort(404)
    response = jsonify(found)
    response.content_type = "application/schema+json"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
