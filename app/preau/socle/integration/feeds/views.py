"""Pages of the directory feeds: drop a delivery, read what it would change, apply it, watch it."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Final

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from preau.kernel import jobs as queue
from preau.kernel.pages import done, me, pages, render_block, render_page
from preau.kernel.rights import require_permission
from preau.kernel.transaction import atomic
from preau.socle.directory.words import PROFILE_PLURALS

from . import authority_templates, jobs, operations, storage
from .errors import FeedError, Severity, catalogue, message
from .models import Delivery, FeedProblem
from .naming import is_table
from .words import APPLIED_LABELS, MODE_LABELS, SOURCE_LABELS, STATE_LABELS, stage_label

blueprint = pages("feeds", __name__, "/administration/alimentation")
_SHOWN: Final = 200
_TONES: Final = {Severity.FATAL: "danger", Severity.ERROR: "danger", Severity.WARNING: "warning"}


@blueprint.before_request
def _only_managers() -> None:
    require_permission(me(), operations.PERMISSION)


@blueprint.route("/", methods=["GET", "POST"])
def index() -> BaseResponse:
    """The deliveries received, and where to drop the next one."""
    errors: dict[str, list[str]] = {}
    posted = request.form.get("date", "").strip()
    if request.method == "POST":
        try:
            delivery = _take(request.files.get("archive"), posted, request.form.get("uai", ""))
            return done(_("Livraison reçue. Sa lecture commence."), "feeds.show", delivery_id=delivery.id)
        except FeedError as refusal:
            errors = {"date" if refusal.code == "PRE-FED-506" else "archive": [refusal.message]}
        except ValueError:
            errors = {"date": [_("Écrire la date sous la forme AAAA-MM-JJ.")]}
    return render_page(
        "feeds/index.html",
        422 if errors else 200,
        deliveries=operations.history(),
        errors=errors,
        posted=posted,
        uai=request.form.get("uai", ""),
        **_words(),
    )


@blueprint.get("/modeles.zip")
def models() -> Response:
    """The tables that a local authority starts from."""
    return Response(
        authority_templates.archive(),
        mimetype="application/zip",
        headers={"Content-Disposition": "attachment; filename=modeles-collectivite.zip"},
    )


@blueprint.get("/<int:delivery_id>")
def show(delivery_id: int) -> Response:
    """One delivery: its progress, its plan per school, its remarks."""
    delivery = operations.get(delivery_id)
    # htmx says "div#feed-progress".
    if not request.headers.get("HX-Target", "").endswith("feed-progress"):
        return render_page("feeds/show.html", **_context(delivery))
    if _moving(delivery):
        return Response(render_block("feeds/show.html", "progress", **_context(delivery)))
    return Response(status=204, headers={"HX-Refresh": "true"})


@blueprint.get("/<int:delivery_id>/etablissements/<path:key>")
def structure(delivery_id: int, key: str) -> Response:
    """What a delivery changes in one school, and what is wrong there."""
    delivery = operations.get(delivery_id)
    row = next((each for each in delivery.plan.get("structures", []) if each["key"] == key), None)
    found = operations.problems(delivery_id, key, _SHOWN)
    return render_page(
        "feeds/structure.html", delivery=delivery, row=row, problems=_lines(found), key=key, **_words()
    )


@blueprint.post("/<int:delivery_id>/appliquer")
def apply(delivery_id: int) -> BaseResponse:
    """Starts the application; a plan that was held is approved by whoever posts this."""
    delivery = operations.get(delivery_id)
    identity = me()
    with atomic():
        queue.defer(
            jobs.apply,
            unique=f"feeds.apply:{delivery.id}",
            delivery_id=delivery.id,
            by=identity.name,
            approve=bool(request.form.get("approve")),
        )
        operations.say(delivery.id, "apply", waiting=True)
    return done(
        _("L’application commence ; cette page peut être quittée."), "feeds.show", delivery_id=delivery.id
    )


@blueprint.post("/<int:delivery_id>/relire")
def again(delivery_id: int) -> BaseResponse:
    """Reads a delivery again: after a stop, or when the directory moved since its plan."""
    delivery = operations.get(delivery_id)
    with atomic():
        _start_reading(delivery)
    return done(_("La lecture recommence."), "feeds.show", delivery_id=delivery.id)


def _take(upload: FileStorage | None, posted: str, uai: str) -> Delivery:
    if upload is None or not upload.filename:
        raise FeedError("PRE-FED-115")
    day = date.fromisoformat(posted) if posted else None
    name = Path(upload.filename.replace("\\", "/")).name
    with tempfile.NamedTemporaryFile(dir=storage.home(), suffix=".received") as kept:
        upload.save(kept)
        kept.flush()
        delivery = operations.receive(me(), Path(kept.name), name=name, dated=day, uai=uai)
    with atomic():
        _start_reading(delivery)
    return delivery


def _start_reading(delivery: Delivery) -> None:
    queue.defer(jobs.prepare, unique=f"feeds.prepare:{delivery.id}", delivery_id=delivery.id, by=me().name)
    operations.say(delivery.id, "analyse", waiting=True)


def _moving(delivery: Delivery) -> bool:
    return bool(delivery.stage) and delivery.state != "refused"


def _context(delivery: Delivery) -> dict[str, Any]:
    progress = delivery.progress or {}
    plan = delivery.plan or {}
    return {
        "delivery": delivery,
        "moving": _moving(delivery),
        "stage": stage_label(delivery.stage),
        "value": progress.get("done", 0),
        "maximum": progress.get("total", 0),
        "poll_url": url_for("feeds.show", delivery_id=delivery.id),
        "structures": [_summed(row) for row in plan.get("structures", [])],
        "stops": [
            {"code": stop["code"], "text": message(stop["code"], stop)} for stop in plan.get("stops", [])
        ],
        "refusal": message(delivery.refusal["code"], delivery.refusal.get("details"))
        if delivery.refusal
        else "",
        "problems": _lines(operations.problems(delivery.id, limit=_SHOWN)),
        "applied": [
            (APPLIED_LABELS[name], count)
            for name, count in delivery.counts.get("applied", {}).items()
            if name in APPLIED_LABELS
        ],
        **_words(),
    }


def _summed(row: dict[str, Any]) -> dict[str, Any]:
    kinds = row["kinds"].values()
    return row | {
        figure: sum(kind[figure] for kind in kinds) for figure in ("arrive", "change", "leave", "current")
    }


def _lines(found: list[FeedProblem]) -> list[dict[str, Any]]:
    codes = catalogue()
    return [
        {
            "code": each.code,
            "tone": _TONES[codes[each.code][0]],
            "stops": codes[each.code][0] is not Severity.WARNING,
            "where": each.file,
            "position": each.position,
            "table": is_table(each.file),
            "key": each.key,
            "text": message(each.code, each.details),
        }
        for each in found
    ]


def _words() -> dict[str, Any]:
    return {
        "profiles": PROFILE_PLURALS,
        "states": STATE_LABELS,
        "sources": SOURCE_LABELS,
        "modes": MODE_LABELS,
        "tones": _STATE_TONES,
    }


_STATE_TONES: Final = {
    "received": "info",
    "analysed": "info",
    "planned": "info",
    "held": "warning",
    "approved": "info",
    "applied": "success",
    "refused": "danger",
}
