"""Port: an antivirus that reads one content and says what it thinks of it."""

from dataclasses import dataclass
from typing import Protocol

from preau.kernel.ports.blobs import Readable

UNSCANNED, CLEAN, INFECTED = "unscanned", "clean", "infected"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``state`` is unscanned, clean or infected; ``signature`` names what was found."""

    state: str
    signature: str = ""


class AntivirusDownError(Exception):
    """The antivirus does not answer: the job is tried again later."""


class Antivirus(Protocol):
    """Reads a content to its end, or as far as it needs."""

    def scan(self, stream: Readable) -> Verdict:
        """What was found; :class:`AntivirusDownError` when nobody could look."""
