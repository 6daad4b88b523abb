"""The page of statistics, and its spreadsheets."""

import csv
import io
from typing import Any

from flask import Response, make_response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from preau.kernel import statistics
from preau.kernel.contract import registry
from preau.kernel.database import db
from preau.kernel.pages import me, pages, render_page
from preau.kernel.statistics import UsageHour
from preau.socle.directory.models import Structure
from preau.socle.directory.words import PROFILE_PLURALS
from preau.socle.support.statistics import operations
from preau.socle.support.statistics.operations import PERMISSION, Asked

blueprint = pages("statistics", __name__, "/administration/statistiques")
PERIOD_NAMES = {
    "jour": _l("Aujourd’hui"),
    "semaine": _l("7 jours"),
    "mois": _l("31 jours"),
    "annee": _l("Un an"),
}
CHANNEL_NAMES = {"web": _l("Ordinateur"), "mobile": _l("Téléphone et tablette"), "api": _l("Programme")}
ODS = "application/vnd.oasis.opendocument.spreadsheet"


def _asked() -> tuple[str, Asked]:
    period = request.args.get("periode", "mois")
    period = period if period in PERIOD_NAMES else "mois"
    return period, operations.asked(me(), period, request.args.get("ecole", None, int))


def _schools() -> dict[int, str]:
    mine = (
        Structure.id.in_(me().structures_with(PERMISSION))
        if not me().everywhere
        else Structure.id.is_not(None)
    )
    rows = db.session.execute(select(Structure.id, Structure.name).where(mine).order_by(Structure.name))
    return {structure_id: name for structure_id, name in rows}


@blueprint.get("")
def index() -> Response:
    """Usage by service, profile, hour and channel."""
    period, what = _asked()
    statistics.flush()
    services = {service.name: str(service.label) for service in registry}
    profiles = {str(kind): str(label) for kind, label in PROFILE_PLURALS.items()} | {"nobody": _("Visiteurs")}
    charts = [
        (_("Pages vues par service"), operations.by(me(), what, UsageHour.service, services)),
        (_("Pages vues par profil"), operations.by(me(), what, UsageHour.profile, profiles)),
        (_("Pages vues par heure de la journée"), operations.by_hour(me(), what)),
        (
            _("Pages vues par appareil"),
            operations.by(
                me(), what, UsageHour.channel, {key: str(each) for key, each in CHANNEL_NAMES.items()}
            ),
        ),
        (_("Autres compteurs des services"), operations.counters(me(), what)),
    ]
    return render_page(
        "statistics/index.html",
        charts=charts,
        period=period,
        periods=PERIOD_NAMES,
        what=what,
        schools=_schools(),
    )


HEADER = ("Heure", "Service", "Compteur", "Profil", "École", "Canal", "Nombre")


def _rows(what: Asked) -> list[list[Any]]:
    schools = _schools()
    return [
        [
            hour.strftime("%Y-%m-%d %H:00"),
            service,
            counter,
            profile,
            schools.get(structure, ""),
            channel,
            value,
        ]
        for hour, service, counter, profile, structure, channel, value in operations.lines(me(), what)
    ]


@blueprint.get("/export.csv")
def as_csv() -> Response:
    """Every count, as CSV."""
    _period, what = _asked()
    statistics.flush()
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=";").writerows([HEADER, *_rows(what)])
    return _download("\ufeff" + sheet.getvalue(), "text/csv; charset=utf-8", "csv")


@blueprint.get("/export.ods")
def as_ods() -> Response:
    """Every count, as a spreadsheet."""
    _period, what = _asked()
    statistics.flush()
    from odfdo import Document, Row, Table

    document, table = Document("spreadsheet"), Table(_("Statistiques"))
    document.body.clear()
    for values in (HEADER, *_rows(what)):
        row = Row()
        row.set_values(list(values))
        table.append_row(row)
    document.body.append(table)
    out = io.BytesIO()
    document.save(out)
    return _download(out.getvalue(), ODS, "ods")


def _download(body: str | bytes, kind: str, extension: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="statistiques.{extension}"'
    return response
