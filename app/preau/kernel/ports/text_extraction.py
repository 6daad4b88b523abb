"""Port: the text and the metadata of a stored file, whatever its format, for the search index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a file says. ``metadata`` uses Dublin Core names; ``readable`` is false for an unknown format."""

    text: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    readable: bool = True


class TextExtraction(Protocol):
    """What reads files."""

    def extract(self, content: BinaryIO) -> Extracted:
        """Never raises for what the content holds: a hostile or broken file is one that cannot be read."""
