"""What an import did, or would do, for the person who reads it before deciding (SOC-INT-IED-21)."""

from dataclasses import dataclass, field

from flask_babel import gettext as _


@dataclass
class PartReport:
    """What was done, or would be done, with one kind of object."""

    name: str
    label: str
    created: int = 0
    replaced: int = 0
    merged: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: int = 0
    conflicts: int = 0


@dataclass
class Report:
    """What an import did; a dry run's report says what it would do."""

    policy: str
    dry_run: bool
    source: str = ""
    exported_at: str = ""
    parts: list[PartReport] = field(default_factory=list)
    unsupported: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def possible(self) -> bool:
        """Whether the import can be done under its policy."""
        return not self.conflicts


def refusal(report: Report) -> str:
    """Why a policy of refusal stops, in words."""
    words: str = _(
        "Import refusé : %(count)s objets existent déjà, par exemple %(examples)s. Rien n’a été modifié. "
        "Choisissez de remplacer ou de fusionner.",
        count=sum(part.conflicts for part in report.parts),
        examples=", ".join(report.conflicts[:3]),
    )
    return words
