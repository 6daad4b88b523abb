"""The grid: the status of every id, from the documents shipped and the evidence of the last tests."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from preau.conformity import evidence as evidence_files
from preau.conformity.documents import Document, documents
from preau.conformity.evidence import Evidence, Result
from preau.conformity.requirements import STRENGTH, Group, Requirement, groups, requirements

Status = Literal["proven", "documented", "uncovered"]
OUTCOMES = {
    "passed": "réussi",
    "failed": "en échec",
    "skipped": "non exécuté",
    "partial": "exécuté en partie",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the grid. ``reason`` says in French why an uncovered id is so."""

    requirement: Requirement
    status: Status
    proofs: tuple[Result, ...] = ()
    document: Document | None = None
    reason: str = ""

    @property
    def covered(self) -> bool:
        """Whether something stands behind the id."""
        return self.status != "uncovered"

    def as_json(self) -> dict[str, Any]:
        """The line as ``schema.json`` describes it."""
        return {
            "id": self.requirement.id,
            "d1": self.requirement.d1,
            "d2": self.requirement.d2,
            "status": self.status,
            "evidence": [{"test": proof.test, "topology": proof.topology} for proof in self.proofs],
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """How many ids of a group have each status, and how many of each level are covered out of how many."""

    total: int
    proven: int
    documented: int
    uncovered: int
    levels: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Grid:
    """Every line, and the evidence it was drawn from."""

    entries: dict[str, Entry]
    evidence: Evidence

    def of(self, group: Group) -> list[Entry]:
        """The lines of a group, in the order of the SDET."""
        return [self.entries[each.id] for each in group.requirements]


def load(root: Path) -> Grid:
    """The grid of a project folder, from its documents and the evidence its last tests left."""
    evidence = evidence_files.read(evidence_files.directory(root), root)
    return build(evidence, documents(root))


def build(evidence: Evidence, shipped: Mapping[str, Document]) -> Grid:
    """The grid for given evidence and documents.

    A feature is proven by a test that passed. An organisational id is documented when a document answers it
    and every feature that the document leans on is proven.
    """
    known = requirements()
    features = {id_: _feature(each, evidence) for id_, each in known.items() if each.kind == "feature"}
    proven = {id_ for id_, entry in features.items() if entry.covered}
    entries = {
        id_: features.get(id_) or _organisational(each, evidence, shipped.get(id_), proven)
        for id_, each in known.items()
    }
    return Grid(entries, evidence)


def tally(entries: Iterable[Entry]) -> Tally:
    """Count entries by status and by level; the level ``""`` is that of rules and quality statements."""
    rows = list(entries)
    status = Counter(row.status for row in rows)
    total = Counter[str](row.requirement.level or "" for row in rows)
    covered = Counter[str](row.requirement.level or "" for row in rows if row.covered)
    return Tally(
        total=len(rows),
        proven=status["proven"],
        documented=status["documented"],
        uncovered=status["uncovered"],
        levels={level: (covered[level], total[level]) for level in (*STRENGTH, "")},
    )


def gaps(grid: Grid, covers: Mapping[str, Iterable[str]]) -> list[tuple[str, str, str]]:
    """What services declare and nothing stands behind: (service, id, reason in French), in order."""
    missing = []
    for service, ids in covers.items():
        for id_ in ids:
            entry = grid.entries.get(id_)
            if entry is None:
                missing.append((service, id_, "identifiant inconnu du SDET"))
            elif not entry.covered:
                missing.append((service, id_, entry.reason))
    return missing


def _feature(requirement: Requirement, evidence: Evidence) -> Entry:
    proofs = tuple(evidence.proofs(requirement.id))
    if proofs:
        return Entry(requirement, "proven", proofs)
    tried = [each for each in evidence.about(requirement.id) if each.outcome != "passed"]
    if tried:
        named = ", ".join(f"{each.test} ({OUTCOMES[each.outcome]})" for each in tried)
        return Entry(requirement, "uncovered", reason=f"non prouvé : {named}")
    return Entry(requirement, "uncovered", reason="aucun test ne le prouve")


def _organisational(
    requirement: Requirement, evidence: Evidence, document: Document | None, proven: set[str]
) -> Entry:
    if document is None:
        return Entry(requirement, "uncovered", reason="aucun document du projet n’y répond")
    missing = [id_ for id_ in document.supported_by if id_ not in proven]
    if missing:
        reason = f"document prêt, mais fonctions non prouvées : {', '.join(missing)}"
        return Entry(requirement, "uncovered", document=document, reason=reason)
    return Entry(requirement, "documented", tuple(evidence.proofs(requirement.id)), document)


__all__ = ["Entry", "Grid", "Status", "Tally", "build", "gaps", "groups", "load", "tally"]
