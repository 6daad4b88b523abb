"""The grid for others: JSON for machines, an accessible page and a spreadsheet for tenders."""

import io
import json
from collections.abc import Iterable, Sequence
from itertools import chain

from jinja2 import Environment, PackageLoader, StrictUndefined
from odfdo import Document, Row, Table

from preau.conformity.grid import Entry, Grid, Tally, tally
from preau.conformity.requirements import STRENGTH, Requirement, groups
from preau.conformity.summary import of_categories, provenance

LEVELS = {"E": "Exigé", "R": "Recommandé", "F": "Facultatif", None: "Sans objet"}
UNLEVELLED = "Sans niveau"
STATUSES = {"proven": "✔ Prouvée", "documented": "✔ Documentée", "uncovered": "✘ Non couverte"}
TALLY_HEADINGS = (
    "Service",
    "Intitulé",
    "Total",
    "Prouvées",
    "Documentées",
    "Non couvertes",
    "E couvertes",
    "E",
    "R couvertes",
    "R",
    "F couvertes",
    "F",
    "Sans niveau couvertes",
    "Sans niveau",
)
GRID_HEADINGS = (
    "Service",
    "Identifiant",
    "Libellé du projet",
    "Chapitre",
    "1er degré",
    "2nd degré",
    "Couverture",
    "Document",
    "Preuves",
    "Remarque",
)


def as_json(grid: Grid) -> str:
    """The list that ``schema.json`` describes, one object per id."""
    lines = [entry.as_json() for entry in grid.entries.values()]
    return json.dumps(lines, ensure_ascii=False, indent=1) + "\n"


def as_html(grid: Grid) -> str:
    """The grille de conformité: one self-contained page, without script (RUL-68)."""
    loader = PackageLoader("preau.conformity")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    lines = [(group, grid.of(group)) for group in groups() if group.requirements]
    return environment.get_template("grid.html").render(
        provenance=provenance(grid),
        groups=[(group, entries, tally(entries)) for group, entries in lines],
        totals=_totals(grid),
        levels=_levels,
        status=lambda entry: STATUSES[entry.status],
    )


def as_ods(grid: Grid) -> bytes:
    """The same grid as a spreadsheet of two sheets: synthesis and lines."""
    document = Document("spreadsheet")
    document.body.clear()
    document.body.append(_sheet("Synthèse", TALLY_HEADINGS, _tally_rows(grid), provenance(grid)))
    document.body.append(_sheet("Grille", GRID_HEADINGS, _grid_rows(grid)))
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _levels(requirement: Requirement) -> tuple[str, str]:
    if requirement.level is None:
        return UNLEVELLED, UNLEVELLED
    return LEVELS[requirement.d1], LEVELS[requirement.d2]


def _totals(grid: Grid) -> list[tuple[str, Tally]]:
    categories = [(label, tally(entries)) for label, entries in of_categories(grid)]
    return [*categories, ("Ensemble", tally(grid.entries.values()))]


def _tally_rows(grid: Grid) -> Iterable[list[str | int]]:
    named = [(group.code, group.label, tally(grid.of(group))) for group in groups() if group.requirements]
    for code, label, counts in [*named, *((label, "", counts) for label, counts in _totals(grid))]:
        row: list[str | int] = [code, label, counts.total, counts.proven, counts.documented, counts.uncovered]
        for level in (*STRENGTH, ""):
            row += counts.levels[level]
        yield row


def _grid_rows(grid: Grid) -> Iterable[list[str | int]]:
    for group in groups():
        for entry in grid.of(group):
            yield [
                group.code,
                entry.requirement.id,
                entry.requirement.text,
                entry.requirement.section,
                *_levels(entry.requirement),
                STATUSES[entry.status],
                _document(entry),
                "\n".join(f"{proof.test} ({proof.topology})" for proof in entry.proofs),
                entry.reason,
            ]


def _document(entry: Entry) -> str:
    return f"{entry.document.path}, « {entry.document.heading} »" if entry.document else ""


def _sheet(name: str, headings: Sequence[str], rows: Iterable[list[str | int]], note: str = "") -> Table:
    table = Table(name)
    notes: list[list[str | int]] = [[note], []] if note else []
    for values in chain(notes, [headings], rows):
        row = Row()
        row.set_values(values)
        table.append_row(row)
    return table
