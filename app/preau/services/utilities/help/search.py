"""Finding something in the guide; the search of the whole ENT asks here too."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from preau.kernel.identity import Identity
from preau.kernel.richtext import excerpt, plain
from preau.kernel.search import Federated, Hit
from preau.services.utilities.help.guide import Chapter, Part, chapters, folded

MOST_WORDS = 6
WEIGHTS = (12, 6, 1)  # a word in the chapter's title, in the part's, in its text


@dataclass(frozen=True)
class Found:
    """A part of a chapter that holds every word."""

    chapter: Chapter
    part: Part
    rank: int

    @property
    def excerpt(self) -> str:
        """Its beginning."""
        return excerpt(self.part.text, 160)


def find(text: str, *, public_only: bool = False) -> list[Found]:
    """The parts that hold every word (or its beginning), the best first."""
    words = folded(text).split()[:MOST_WORDS]
    if not words:
        return []
    found = []
    for chapter in chapters():
        if public_only and not chapter.public:
            continue
        for part in chapter.parts:
            rank = _rank(words, chapter, part)
            if rank:
                found.append(Found(chapter, part, rank))
    return sorted(found, key=lambda each: -each.rank)


def _rank(words: list[str], chapter: Chapter, part: Part) -> int:
    places = [folded(each) for each in (chapter.title, part.title, plain(part.text))]
    total = 0
    for word in words:
        each = sum(
            weight * sum(1 for token in place.replace("’", " ").split() if token.startswith(word))
            for weight, place in zip(WEIGHTS, places, strict=True)
        )
        if not each:
            return 0
        total += each
    return total


def _hits(identity: Identity, text: str, limit: int) -> Iterable[Hit]:
    del identity  # the guide is for everybody
    for found in find(text)[:limit]:
        title = found.chapter.title + (f"\u00a0: {found.part.title}" if found.part.title else "")
        yield Hit(
            kind="help",
            key=f"{found.chapter.slug}#{found.part.id}",
            title=title,
            url=f"/aide/{found.chapter.slug}#{found.part.id}",
            excerpt=found.excerpt,
        )


SEARCHABLE = (Federated("help", _l("Aide"), _hits, icon="question-circle"),)
