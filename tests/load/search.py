"""Search over 200,000 documents with rights filtering, beside raw PostgreSQL full-text search without any.

``python -m tests.load.search [--documents 200000] [--queries 300] [--report FILE]``. Rounds alternate, so that
what else the machine does falls on both. The goal: p95 ≤ 30 ms with rights filtering.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import text

from preau.app import create_app
from preau.kernel import migrate, search_index
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.kernel.identity import Identity
from preau.kernel.search import Document
from preau.kernel.search_query import Query, search, suggest
from preau.kernel.tenancy import Wall, lifted, stand_behind, wall_of
from preau.settings import Settings

GOAL_MS = 30.0
SCHOOLS = 100
GROUPS_PER_SCHOOL = 40
WORDS_PER_DOCUMENT = 30
SYLLABLES = (
    "ba",
    "chan",
    "di",
    "fleu",
    "gra",
    "jou",
    "ki",
    "leçon",
    "ma",
    "noi",
    "pé",
    "quar",
    "ri",
    "sol",
    "ta",
    "vou",
)
MAKE_PLAIN = "CREATE TABLE plain (kind text, object_id text, title text, tsv tsvector)"
FILL_PLAIN = """
INSERT INTO plain SELECT kind, object_id, title,
  setweight(to_tsvector('fr', title), 'A') || setweight(to_tsvector('fr', body), 'D') FROM search_document
"""
FINISH = ("CREATE INDEX ON plain USING gin (tsv)", "VACUUM ANALYZE plain", "VACUUM ANALYZE search_document")
RAW = """
SELECT kind, object_id, title, ts_rank(tsv, q) AS rank FROM plain, websearch_to_tsquery('fr', :words) q
WHERE tsv @@ q ORDER BY rank DESC LIMIT 10
"""


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


def documents(count: int, vocabulary: Vocabulary, chance: random.Random) -> Iterator[dict[str, object]]:
    """Documents of a hundred schools: half for a group, a quarter for a profile, the rest for one person."""
    start = datetime(2024, 9, 1, tzinfo=UTC)
    for number in range(count):
        school = chance.randint(1, SCHOOLS)
        group = school * 1000 + chance.randrange(GROUPS_PER_SCHOOL)
        owner = school * 1000 + chance.randrange(60)
        audience = chance.choice((f"group:{group}", f"group:{group}", f"profile:{school}:teacher", ""))
        document = Document(
            title=vocabulary.some(5, chance),
            body=vocabulary.some(WORDS_PER_DOCUMENT - 5, chance),
            principals=(audience,),
            structures=(school,) if audience else (),
            owner_id=owner,
            at=start + timedelta(minutes=number),
            url=f"/x/{number}",
        )
        yield search_index.row_of("bench", number, document)


def identities() -> dict[str, Identity]:
    """Three readers: a pupil of three groups, a teacher of eight groups in two schools, the project's administrator."""
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


def timed(work: Callable[[str], object], queries: list[str]) -> list[float]:
    """Milliseconds of each query."""
    found = []
    for words in queries:
        start = time.perf_counter()
        work(words)
        db.session.rollback()
        found.append((time.perf_counter() - start) * 1000)
    return found


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """p50, p95, p99."""
    cuts = statistics.quantiles(times, n=100)
    return cuts[49], cuts[94], cuts[98]


def raw(words: str) -> object:
    """The same words in the same engine, ranked, without rights, walls or excerpts."""
    return db.session.execute(text(RAW), {"words": words}).all()


def as_owner(statements: Iterable[str]) -> None:
    """Run statements that only the owner of the tables may run."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def run(count: int, queries: int, rounds: int) -> tuple[dict[str, list[float]], float]:
    """Fill the index by its own path, then ask: times by reader, and documents written per second."""
    chance = random.Random(2026)
    vocabulary = Vocabulary.make(20_000, chance)
    start = time.perf_counter()
    batch: list[dict[str, object]] = []
    as_owner([MAKE_PLAIN])
    with lifted():
        for row in documents(count, vocabulary, chance):
            batch.append(row)
            if len(batch) == 2000:
                search_index.write(batch)
                db.session.commit()
                batch.clear()
        search_index.write(batch)
        db.session.commit()
        rate = count / (time.perf_counter() - start)
        db.session.execute(text(FILL_PLAIN))
        db.session.commit()
    as_owner(FINISH)
    # One frequent word and one of middle frequency: hard for an engine that ranks all it finds.
    asked = [
        f"{vocabulary.words[chance.randrange(30)]} {vocabulary.words[chance.randrange(30, 1500)]}"
        for _query in range(queries)
    ]
    works: dict[str, Callable[[str], object]] = {"PostgreSQL nu, sans droits": raw}
    walls = {"PostgreSQL nu, sans droits": Wall(lifted=True)}
    for name, identity in identities().items():
        # A request stands behind its person's wall before it searches.
        walls[f"recherche, {name}"] = wall_of(identity)
        works[f"recherche, {name}"] = lambda words, identity=identity: search(
            identity, Query(text=words), per_page=10
        )
    teacher = identities()["enseignant"]
    works["suggestions, enseignant"] = lambda words: suggest(teacher, words.split()[1][:4])
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            stand_behind(walls.get(name, wall_of(teacher)))
            measured = timed(work, asked if number else asked[:20])
            # The first round only warms caches and plans.
            times[name] += measured if number else []
    return times, rate


def report(times: dict[str, list[float]], rate: float, count: int) -> str:
    """The table, each line beside the raw engine of the same run."""
    base = percentiles(times["PostgreSQL nu, sans droits"])
    lines = [
        "# Recherche : 200 000 documents, droits appliqués"
        if count == 200_000
        else f"# Recherche : {count} documents",
        "",
        f"Mesuré le {datetime.now(UTC):%Y-%m-%d} par `python -m tests.load.search`, un processus, embedded PostgreSQL.",
        f"{count} documents de {WORDS_PER_DOCUMENT} mots, {SCHOOLS} écoles ; deux mots par recherche, l’un fréquent.",
        f"Indexation par le chemin ordinaire : {rate:.0f} documents/s.",
        f"Charge de la machine à la fin de la mesure : {os.getloadavg()[0]:.0f} pour {os.cpu_count()} cœurs.",
        "",
        "| | p50 ms | p95 ms | p99 ms | p95 / PostgreSQL nu |",
        "|---|---|---|---|---|",
    ]
    for name, values in times.items():
        p50, p95, p99 = percentiles(values)
        lines.append(f"| {name} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {p95 / base[1]:.2f} |")
    worst = max(percentiles(values)[1] for name, values in times.items() if name.startswith("recherche"))
    verdict = "tenu" if worst <= GOAL_MS else "manqué"
    lines += ["", f"But : p95 ≤ {GOAL_MS:.0f} ms avec les droits. Pire p95 : {worst:.1f} ms — {verdict}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the report if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        cluster = Cluster(Path(home) / "postgres", durable=False)
        cluster.start()
        try:
            cluster.create_database("bench")
            app = create_app(
                Settings(
                    database=cluster.url("bench"), data=Path(home) / "data", secret_key="bench", testing=True
                )
            )
            with app.app_context():
                migrate.create_from_models()
                times, rate = run(options.documents, options.queries, options.rounds)
                db.session.close()
                db.engine.dispose()
        finally:
            cluster.destroy()
    found = report(times, rate, options.documents)
    print(found)
    if options.report:
        options.report.write_text(found)


if __name__ == "__main__":
    main()
