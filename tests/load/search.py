"""Search over 200,000 documents with rights filtering, beside raw PostgreSQL full-text search without any.

``python -m tests.load.search [--documents 200000] [--queries 300] [--keep DIRECTORY] [--report FILE]``. Rounds
alternate, so that what else the machine does falls on all lines. ``--keep`` leaves the loaded cluster in a
directory, where the next run finds it. The goal: p95 ≤ 30 ms with rights filtering.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from preau.app import create_app
from preau.kernel import migrate, search_write
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.kernel.search_find import search
from preau.kernel.search_query import Query
from preau.kernel.search_suggest import suggest
from preau.kernel.tenancy import Wall, lifted, stand_behind, wall_of
from preau.settings import Settings
from tests.load import search_report
from tests.load.search_corpus import Vocabulary, documents, readers

BARE = "PostgreSQL nu, sans droits"
BATCH = 1000
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


def timed(work: Callable[[str], object], queries: list[str]) -> list[float]:
    """Milliseconds of each query."""
    found = []
    for words in queries:
        start = time.perf_counter()
        work(words)
        db.session.rollback()
        found.append((time.perf_counter() - start) * 1000)
    return found


def raw(words: str) -> object:
    """The same words in the same engine, ranked, without rights, walls or excerpts."""
    return db.session.execute(text(RAW), {"words": words}).all()


def as_owner(statements: Iterable[str]) -> None:
    """Run statements that only the owner of the tables may run."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def load(count: int, vocabulary: Vocabulary, chance: random.Random) -> float:
    """Fill the index by its own path, then a bare table; return documents written per second."""
    as_owner([MAKE_PLAIN])
    with lifted():
        start = time.perf_counter()
        batch: list[dict[str, object]] = []
        for row in documents(count, vocabulary, chance):
            batch.append(row)
            if len(batch) == BATCH:
                search_write.write(batch)
                db.session.commit()
                batch.clear()
        search_write.write(batch)
        db.session.commit()
        rate = count / (time.perf_counter() - start)
        db.session.execute(text(FILL_PLAIN))
        db.session.commit()
    as_owner(FINISH)
    return rate


def measure(asked: list[str], rounds: int) -> dict[str, list[float]]:
    """Times of each line, by reader and kind of question."""
    works: dict[str, tuple[Wall, Callable[[str], object]]] = {BARE: (Wall(lifted=True), raw)}
    for name, reader in readers().items():
        # A request stands behind its person's wall before it searches.
        wall = wall_of(reader)

        def find(words: str, reader=reader) -> object:  # type: ignore[no-untyped-def]
            return search(reader, Query(text=words), per_page=10)

        def hint(words: str, reader=reader) -> object:  # type: ignore[no-untyped-def]
            return suggest(reader, words.split()[1][:4])

        works |= {f"recherche, {name}": (wall, find), f"suggestions, {name}": (wall, hint)}
        if reader.everywhere:
            works[f"un seul mot, très fréquent, {name}"] = (
                wall,
                lambda words, find=find: find(words.split()[0]),
            )
    times: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, (wall, work) in works.items():
            stand_behind(wall)
            measured = timed(work, asked if number else asked[:50])
            # The first round only warms caches and plans.
            times[name] += measured if number else []
    return times


def run(home: Path, count: int, queries: int, rounds: int) -> search_report.Figures:
    """Load, or find loaded, then measure."""
    chance = random.Random(2026)
    vocabulary = Vocabulary.make(20_000, chance)
    asked = vocabulary.asked(queries, chance)
    known = home / f"loaded-{count}.json"
    if not known.exists():
        migrate.create_from_models()
        known.write_text(json.dumps(load(count, vocabulary, chance)))
    before = os.getloadavg()[0]
    times = measure(asked, rounds)
    db.session.close()
    db.engine.dispose()
    cuts = {name: statistics.quantiles(values, n=100) for name, values in times.items()}
    return search_report.Figures(
        at=datetime.now(UTC),
        documents=count,
        rate=json.loads(known.read_text()),
        load=before,
        lines={name: (each[49], each[94], each[98]) for name, each in cuts.items()},
    )


def main() -> None:
    """Measure, print, and write the report if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    with nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as place:
        home = Path(place)
        cluster = Cluster(home / "postgres", durable=False)
        cluster.start()
        name = f"bench{options.documents}"
        try:
            if not (home / f"loaded-{options.documents}.json").exists():
                cluster.drop_database(name)
                cluster.create_database(name)
            settings = Settings(
                database=cluster.url(name), data=home / "data", secret_key="bench", testing=True
            )
            with create_app(settings).app_context():
                figures = run(home, options.documents, options.queries, options.rounds)
        finally:
            (cluster.stop if options.keep else cluster.destroy)()
    written = search_report.written(figures)
    print(written)
    if options.report:
        options.report.write_text(written)


if __name__ == "__main__":
    main()
