"""The grid in a terminal: one line per service, and where the evidence comes from."""

from collections.abc import Callable

from preau.conformity.grid import Entry, Grid, Tally, tally
from preau.conformity.requirements import STRENGTH, groups

CATEGORIES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("Exigences", lambda id_: not id_.startswith(("RUL-", "QUA-"))),
    ("Règles", lambda id_: id_.startswith("RUL-")),
    ("Énoncés de qualité", lambda id_: id_.startswith("QUA-")),
)
LABEL_WIDTH = 45
HEADINGS = ("Total", "Prouvées", "Document", "Reste", "E", "R", "F", "Autres")


def provenance(grid: Grid) -> str:
    """One French sentence that says which tests the grid speaks of, or that there were none."""
    since, until = grid.evidence.since, grid.evidence.until
    if since is None or until is None:
        return (
            "Aucune preuve : « make test » n’a pas encore été exécuté ici, "
            "ou aucun de ses tests ne porte d’identifiant du SDET. Rien n’est donc prouvé."
        )
    topologies = sorted({result.topology for result in grid.evidence.results})
    return (
        f"Preuves : {len(grid.evidence.results)} tests du {since.astimezone():%d/%m/%Y %H:%M} "
        f"au {until.astimezone():%d/%m/%Y %H:%M}, séries {', '.join(grid.evidence.runs)} ; "
        f"topologies : {', '.join(topologies)}."
    )


def summary(grid: Grid) -> str:
    """The table per service, the totals, and the provenance, as plain text."""
    rows = [(group.code, group.label, tally(grid.of(group))) for group in groups() if group.requirements]
    lines = [provenance(grid), "", _line("Service", "", HEADINGS)]
    lines += [_line(code, label, _cells(counts)) for code, label, counts in rows]
    lines.append("")
    lines += [_line(label, "", _cells(tally(entries))) for label, entries in of_categories(grid)]
    lines.append(_line("Ensemble", "", _cells(tally(grid.entries.values()))))
    lines += ["", "E, R, F : couvertes / total, au plus fort niveau des deux degrés ; Autres : sans niveau."]
    return "\n".join(lines) + "\n"


def of_categories(grid: Grid) -> list[tuple[str, list[Entry]]]:
    """The lines by category: requirements, rules, quality statements."""
    return [
        (label, [entry for id_, entry in grid.entries.items() if belongs(id_)])
        for label, belongs in CATEGORIES
    ]


def _cells(counts: Tally) -> tuple[str, ...]:
    levels = (_ratio(counts.levels[level]) for level in (*STRENGTH, ""))
    return (str(counts.total), str(counts.proven), str(counts.documented), str(counts.uncovered), *levels)


def _ratio(counts: tuple[int, int]) -> str:
    covered, total = counts
    return f"{covered}/{total}" if total else "—"


def _line(code: str, label: str, cells: tuple[str, ...]) -> str:
    short = label if len(label) < LABEL_WIDTH else label[: LABEL_WIDTH - 2] + "…"
    return f"{code:<19}{short:<{LABEL_WIDTH}}" + "".join(f"{cell:>9}" for cell in cells)
