"""Turns the bytes of a feed into text when the file says little, or lies, about its encoding."""

from __future__ import annotations

import codecs
import re
from typing import Final

from .errors import FeedError, ProblemLog

_DECLARED: Final = re.compile(rb"\A\s*<\?xml[^>]{0,120}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_FALLBACK: Final = "iso8859-15"
_KNOWN: Final = frozenset({"utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252"})
_READ_AS: Final = {"iso8859-1": "cp1252", "ascii": "utf-8"}
_WIDE: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Decoder:
    """Finds the encoding on the first block, then decodes record by record.

    UTF-8 is believed; a record that disproves it is read as ISO-8859-15, which is what the exporters
    that forget to say so write. What says ISO-8859-1 is read as browsers do, windows-1252.
    UTF-16 is turned into UTF-8 on the way in.
    """

    def __init__(self, file: str, problems: ProblemLog) -> None:
        self._file, self._problems = file, problems
        self.encoding = ""
        self._wide: codecs.IncrementalDecoder | None = None

    def feed(self, block: bytes) -> bytes:
        """The block as single-byte-searchable bytes; empty at the end of the stream."""
        if not self.encoding:
            block = self._start(block)
        if self._wide is None:
            return block
        try:
            return self._wide.decode(block, final=not block).encode("utf-8", "replace")
        except UnicodeDecodeError as error:
            raise FeedError("PRE-FED-209", self._file, encoding="utf-16") from error

    def _start(self, block: bytes) -> bytes:
        self.encoding = "utf-8"
        for mark, name in _WIDE:
            if block.startswith(mark):
                self._wide = codecs.getincrementaldecoder(name)()
                return block[len(mark) :]
        block = block.removeprefix(codecs.BOM_UTF8)
        if declared := _DECLARED.match(block):
            name = declared[1].decode("ascii")
            try:
                self.encoding = codecs.lookup(name).name
            except LookupError as error:
                raise FeedError("PRE-FED-209", self._file, encoding=name) from error
            if self.encoding not in _KNOWN:
                raise FeedError("PRE-FED-209", self._file, encoding=name)
            self.encoding = _READ_AS.get(self.encoding, self.encoding)
        return block

    def text(self, content: bytes, position: int) -> str:
        """The content as text, line ends normalised as XML asks."""
        try:
            text = content.decode(self.encoding)
        except UnicodeDecodeError:
            # This record only: one byte gone wrong must not garble every name that follows.
            self._problems.once("PRE-FED-206", self._file, position, encoding="ISO-8859-15")
            text = content.decode(_FALLBACK)
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
