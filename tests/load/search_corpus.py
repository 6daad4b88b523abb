"""What the benchmark of search finds: invented documents of a hundred schools, and three readers of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from preau.kernel.identity import Identity
from preau.kernel.search import Document
from preau.kernel.search_write import row_of

SCHOOLS = 100
GROUPS_PER_SCHOOL = 40
WORDS_PER_DOCUMENT = 30
SYLLABLES = (
    "ba", "chan", "di", "fleu", "gra", "jou", "ki", "leçon", "ma", "noi", "pé", "quar", "ri", "sol", "ta", "vou",
)  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """Invented words whose frequency falls as in a language (Zipf)."""

    words: list[str]
    weights: list[float]

    @classmethod
    def make(cls, size: int, chance: random.Random) -> "Vocabulary":
        words = sorted({"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _word in range(size)})
        chance.shuffle(words)
        return cls(words, list(accumulate(1 / (rank + 10) for rank in range(len(words)))))

    def some(self, count: int, chance: random.Random) -> str:
        return " ".join(chance.choices(self.words, cum_weights=self.weights, k=count))

    def asked(self, count: int, chance: random.Random) -> list[str]:
        """One frequent word and one of middle frequency: hard for an engine that ranks all it finds."""
        return [
            f"{self.words[chance.randrange(30)]} {self.words[chance.randrange(30, 1500)]}"
            for _query in range(count)
        ]


def documents(count: int, vocabulary: Vocabulary, chance: random.Random) -> Iterator[dict[str, object]]:
    """Half are for a group, a quarter for a profile, the rest for one person; the last one is of today."""
    end = datetime.now(UTC)
    for number in range(count):
        school = chance.randint(1, SCHOOLS)
        group = school * 1000 + chance.randrange(GROUPS_PER_SCHOOL)
        audience = chance.choice((f"group:{group}", f"group:{group}", f"profile:{school}:teacher", ""))
        document = Document(
            title=vocabulary.some(5, chance),
            body=vocabulary.some(WORDS_PER_DOCUMENT - 5, chance),
            principals=(audience,),
            structures=(school,) if audience else (),
            owner_id=school * 1000 + chance.randrange(60),
            # Four years of an academy.
            at=end - timedelta(minutes=10 * (count - number)),
            url=f"/x/{number}",
        )
        yield row_of("bench", number, document)


def readers() -> dict[str, Identity]:
    """A pupil of three groups, a teacher of sixteen groups in two schools, the project's administrator."""
    pupil = frozenset(
        {"all", "person:7999", "structure:7", "profile:7:pupil", "group:7001", "group:7002", "group:7003"}
    )
    teacher = {"all", "person:7001"}
    for school in (7, 8):
        teacher |= {f"structure:{school}", f"profile:{school}:teacher"}
        teacher |= {f"group:{school * 1000 + each}" for each in range(8)}
    return {
        "élève": Identity(7999, "P", "P", structures=frozenset({7}), principals=pupil),
        "enseignant": Identity(7001, "T", "T", structures=frozenset({7, 8}), principals=frozenset(teacher)),
        "administrateur": Identity(1, "A", "A", principals=frozenset({"all", "person:1"}), everywhere=True),
    }
