"""Text extraction by our own readers, in a process of its own for each file."""

import json
import subprocess
import sys
from typing import BinaryIO

from preau.kernel.adapters.text_readers import SECONDS
from preau.kernel.ports.text_extraction import Extracted

LARGEST = 64 * 1024**2


class PurePythonExtraction:
    """Implements :class:`preau.kernel.ports.text_extraction.TextExtraction`."""

    def extract(self, content: BinaryIO) -> Extracted:
        """Text and metadata; a file that is too large, broken or hostile is not readable."""
        data = content.read(LARGEST + 1)
        if len(data) > LARGEST:
            return Extracted(readable=False)
        command = [sys.executable, "-I", "-m", "preau.kernel.adapters.text_readers"]
        try:
            reader = subprocess.run(command, input=data, capture_output=True, timeout=3 * SECONDS, check=True)
            answer = json.loads(reader.stdout)
        except (subprocess.SubprocessError, ValueError):
            return Extracted(readable=False)
        return Extracted(answer.get("text", ""), answer.get("metadata", {}), answer.get("readable", True))
