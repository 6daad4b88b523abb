"""Reads AAF files as a stream of records, whatever the exporter did to the XML.

The grammar of a record is regular (no element nests in itself), so a record is cut out of the
stream by its end tag and recognised on its own: canonical records by a strict expression, all
others by libxml2 after repair. A damaged record therefore costs one record, not the file, and no
document type is ever read: entities cannot expand and nothing is fetched. Memory is that of one
record plus one block. See docs/decisions/feed-reader.md.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Protocol

from .encoding import Decoder
from .errors import FeedError, ProblemLog
from .record_xml import CanonicalParser, MalformedError, parse_tolerant

_END: Final = re.compile(rb"</(?:[\w.-]+:)?(?:addRequest|modifyRequest|deleteRequest)\s*>")
_START: Final = re.compile(rb"<(?:[\w.-]+:)?(?:addRequest|modifyRequest|deleteRequest)[\s>]")
_ROOT: Final = re.compile(rb"<((?:[\w.-]+:)?ficAlimMENESR)(?:\s[^<>]*)?(/?)>")
_ROOT_END: Final = re.compile(rb"</(?:[\w.-]+:)?ficAlimMENESR\s*>\s*\Z")
_COMMENT: Final = re.compile(rb"<!--(.*?)-->", re.DOTALL)
_HEADER: Final = re.compile(r"(\w+)\s*=\s*[\"']([^\"']*)[\"']")
# Enough to hold the XML declaration.
_PROLOG: Final = 512
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)


class Source(Protocol):
    """Anything that yields bytes."""

    def read(self, size: int = ..., /) -> bytes:
        """At most `size` bytes; empty at the end."""


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """Bytes of one record (or of what precedes the first one), and of one read."""

    record: int = 1024 * 1024
    block: int = 512 * 1024


@dataclass(slots=True)
class Record:
    """One request of an AAF file, its values untouched but for XML decoding.

    `attributes` keeps the order and the empty values; `position` is the ordinal in the file,
    from 1; `digest` identifies the record's bytes.
    """

    operation: str
    category: str
    key: str
    attributes: dict[str, list[str]]
    file: str
    position: int
    digest: bytes


def head_of(digest: bytes) -> int:
    """The first eight bytes of a digest as a signed number: what PostgreSQL calls a bigint."""
    return int.from_bytes(digest[:8], "big", signed=True)


@dataclass(slots=True)
class Header:
    """What the exporter says of itself in comments; empty when it says nothing."""

    values: dict[str, str] = field(default_factory=dict)

    @property
    def degree(self) -> str:
        """The degree, 1D or 2D; empty when the exporter is silent."""
        return self.values.get("degre", "")


class RecordReader:
    """Iterates over the records of one file; reports into `problems`, raises `FeedError` when fatal.

    `known` says of a record's head (`head_of` its digest) that it was applied before: the record is
    then not parsed, and its head goes to `seen`.
    """

    def __init__(
        self,
        source: Source,
        file: str,
        problems: ProblemLog,
        limits: ReaderLimits | None = None,
        known: Callable[[int], bool] | None = None,
    ) -> None:
        self.header = Header()
        self.file = file
        self.position = 0
        self._source, self._problems = source, problems
        self._limits = limits or ReaderLimits()
        self._decoder = Decoder(file, problems)
        self._canonical = CanonicalParser()
        self._known = known
        self.seen = array("q")
        self._opened = self._open_comment = False
        self._tail = b""

    def __iter__(self) -> Iterator[Record]:
        for cut in self._segments():
            segment = self._without_comments(cut)
            start = _START.search(segment)
            at = len(segment) if start is None else start.start()
            if segment[:at].strip():
                self._between(segment[:at])
            if start is None:
                continue
            if not self._opened:
                raise FeedError("PRE-FED-210", self.file)
            if record := self._record(segment[at:]):
                yield record
        self._finish()

    def _segments(self) -> Iterator[bytes]:
        """Cuts the stream after each request; what follows the last one is left in `_tail`."""
        pending = self._decoder.feed(self._first_block())
        searched, more = 0, True
        while more:
            done = 0
            for end in _END.finditer(pending, searched):
                yield pending[done : end.end()]
                done = end.end()
            pending = pending[done:]
            if len(pending) > self._limits.record:
                raise FeedError("PRE-FED-203", self.file, limit=self._limits.record)
            searched = max(0, len(pending) - 64)
            chunk = self._decoder.feed(self._source.read(self._limits.block))
            more = bool(chunk)
            pending += chunk
        self._tail = pending

    def _first_block(self) -> bytes:
        block = b""
        while len(block) < _PROLOG and (more := self._source.read(self._limits.block)):
            block += more
        return block

    def _without_comments(self, segment: bytes) -> bytes:
        """The segment with its comments taken out; a record that is commented out does not exist."""
        if self._open_comment:
            _, closed, segment = segment.partition(b"-->")
            self._open_comment = not closed
        if b"<!--" not in segment:
            return segment
        if not self._opened:
            self._read_header(segment)
        segment, opened, _ = _COMMENT.sub(b"", segment).partition(b"<!--")
        self._open_comment = bool(opened)
        return segment

    def _record(self, segment: bytes) -> Record | None:
        self.position += 1
        digest = blake2b(segment, digest_size=16).digest()
        if self._known is not None and self._known(head := head_of(digest)):
            self.seen.append(head)
            return None
        text = self._decoder.text(segment, self.position)
        if (canonical := self._canonical.parse(text)) is not None:
            return Record("addRequest", *canonical, self.file, self.position, digest)
        # A record whose end tag is lost must not take the next one with it.
        starts = [start.start() for start in _START.finditer(segment)]
        for _ in starts[1:]:
            self._problems.add("PRE-FED-204", self.file, self.position)
            self.position += 1
        segment = segment[starts[-1] :]
        try:
            parsed = parse_tolerant(
                self._decoder.text(segment, self.position), self.file, self.position, self._problems
            )
        except MalformedError as error:
            self._problems.add(error.code, self.file, self.position, **error.details)
            return None
        return Record(*parsed, self.file, self.position, blake2b(segment, digest_size=16).digest())

    def _between(self, content: bytes) -> None:
        """What stands before a record: the prolog the first time, nothing the next ones."""
        if _ENTITY.search(content):
            raise FeedError("PRE-FED-202", self.file)
        if self._opened:
            self._problems.once("PRE-FED-211", self.file, self.position)
            return
        if not _ROOT.search(content):
            raise FeedError("PRE-FED-210", self.file)
        self._opened = True

    def _read_header(self, content: bytes) -> None:
        for comment in _COMMENT.findall(content):
            text = self._decoder.text(comment, 0)
            self.header.values.update((name, value[:80]) for name, value in _HEADER.findall(text)[:20])

    def _finish(self) -> None:
        tail = self._without_comments(self._tail)
        if self._open_comment or (not self._opened and not tail.strip()):
            raise FeedError("PRE-FED-201", self.file)
        if not self._opened:
            self._between(tail)
            root = _ROOT.search(tail)
            if root is not None and root[2]:
                return
        if not _ROOT_END.search(tail):
            raise FeedError("PRE-FED-201", self.file)
        if _START.search(tail):
            self.position += 1
            self._problems.add("PRE-FED-204", self.file, self.position)
