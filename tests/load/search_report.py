"""The report of the benchmark of search, as an operator reads it."""

import os
from dataclasses import dataclass
from datetime import datetime

from preau.kernel.search_find import RECENT as WIDE
from preau.kernel.search_index import PENDING
from preau.kernel.search_query import CANDIDATES
from preau.kernel.search_suggest import FORGIVEN, RECENT
from tests.load.search_corpus import SCHOOLS, WORDS_PER_DOCUMENT

GOAL_MS = 30.0
# Above this many per core, other work took part of each figure.
BUSY = 0.8


@dataclass(frozen=True)
class Figures:
    """What a run measured: p50, p95 and p99 in milliseconds by line, documents written per second."""

    at: datetime
    documents: int
    rate: float
    load: float
    lines: dict[str, tuple[float, float, float]]


def number(value: float, digits: int = 0) -> str:
    """A number as it is written in French."""
    return f"{value:,.{digits}f}".replace(",", "\u202f").replace(".", ",")


def written(figures: Figures) -> str:
    """The report, in Markdown."""
    base = next(iter(figures.lines.values()))[1]
    table = [
        f"| {name} | {number(p50, 1)} | {number(p95, 1)} | {number(p99, 1)} | {number(p95 / base, 2)} |"
        for name, (p50, p95, p99) in figures.lines.items()
    ]
    return "\n".join(
        [
            f"# Recherche : {number(figures.documents)} documents, droits appliqués",
            "",
            f"Mesuré le {figures.at:%Y-%m-%d} par `python -m tests.load.search`, un processus, PostgreSQL embarqué",
            "(128 Mo de mémoire partagée), client et serveur sur les mêmes cœurs.",
            f"{number(figures.documents)} documents inventés de {WORDS_PER_DOCUMENT} mots, {SCHOOLS} écoles, quatre"
            " ans ; deux mots par recherche, l’un fréquent (un document sur trois à un sur dix).",
            "Une recherche mesurée comprend Python, les droits, les deux murs, le classement, les dix extraits et"
            " les comptes par type. Une suggestion part de quatre lettres.",
            "",
            "| | p50 ms | p95 ms | p99 ms | p95 / PostgreSQL nu |",
            "|---|---|---|---|---|",
            *table,
            "",
            f"Écriture de l’index, par lots de mille : {number(figures.rate)} documents/s.",
            "",
            *verdict(figures),
            "",
            *levers(),
            "",
        ]
    )


def verdict(figures: Figures) -> list[str]:
    """Whether the goal is kept, on every line that it speaks of."""
    held = {
        name: each[1]
        for name, each in figures.lines.items()
        if name.startswith(("recherche", "suggestions", "un seul mot"))
    }
    worst = max(held, key=lambda name: held[name])
    kept = "tenu" if held[worst] <= GOAL_MS else "**manqué**"
    cores = os.cpu_count() or 1
    calm = "au repos" if figures.load <= BUSY * cores else "partagée avec d’autres travaux"
    return [
        f"But : p95 ≤ {GOAL_MS:.0f} ms avec les droits, recherches et suggestions : {kept}."
        f" Pire p95 : {number(held[worst], 1)} ms ({worst}).",
        f"Machine de {cores} cœurs, {calm} (charge {number(figures.load, 1)} au début des questions).",
    ]


def levers() -> list[str]:
    """What makes it so, and what it costs."""
    return [
        "Ce qui porte ces chiffres :",
        "",
        "- Les droits sont parmi les mots de l’index (`§group:9` dans le `tsvector`) : un seul `@@`, un seul index GIN."
        " Plus un lecteur voit peu, moins il y a à lire.",
        "- Les mots du titre y sont aussi, entiers (`¶volcan`) : une suggestion est un début de mot du même"
        " index.",
        f"- Les {number(CANDIDATES)} correspondances les plus récentes sont comptées et classées, les autres annoncées"
        f" (« plus de {number(CANDIDATES)} ») ; les extraits ne sont faits que pour la page.",
        f"- Qui voit tout cherche d’abord ses suggestions parmi les {number(RECENT)} titres les plus récents ; une"
        f" faute de frappe est pardonnée parmi les {number(FORGIVEN)} plus récents du lecteur, sans trigrammes.",
        f"- L’index GIN a une liste d’attente de {PENDING} ko : l’écriture trie avant de ranger, et aucune recherche ne"
        " lit plus que cela en sus.",
        "- Un lot de documents est une seule instruction, un seul paramètre.",
        f"- Pour un seul mot, qui voit tout cherche d’abord parmi les {number(WIDE)} documents les plus récents.",
    ]
