"""The evidence that test runs leave in ``build/evidence``: one JSON file per run.

A run file holds, for each test that names SDET ids, its outcome and when it ended. Anything that proves
an id (pytest, a stage of ``make test``) writes through :func:`record`; the grid reads through :func:`read`.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from preau.kernel.errors import PreauError

FORMAT = 1

Outcome = Literal["passed", "failed", "skipped", "partial"]


class EvidenceError(PreauError):
    """A run file that is not what :func:`record` writes."""

    code = "PRE-CON-001"


@dataclass(frozen=True, slots=True)
class Result:
    """What one test showed. ``test`` is the node id without parameters, ``at`` an ISO instant in UTC.

    ``partial`` is a parametrised test of which some parameters were not run: it proves nothing.
    """

    test: str
    ids: tuple[str, ...]
    outcome: Outcome
    topology: str
    at: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest result of each test on each topology, and the names of the runs they come from."""

    runs: tuple[str, ...] = ()
    results: tuple[Result, ...] = ()

    @property
    def since(self) -> datetime | None:
        """When the oldest result was obtained."""
        return min((datetime.fromisoformat(result.at) for result in self.results), default=None)

    @property
    def until(self) -> datetime | None:
        """When the newest result was obtained."""
        return max((datetime.fromisoformat(result.at) for result in self.results), default=None)

    def about(self, id_: str) -> list[Result]:
        """Every result that concerns an id, whatever its outcome."""
        return [result for result in self.results if id_ in result.ids]

    def proofs(self, id_: str) -> list[Result]:
        """The results that prove an id: tests that passed, on topologies where no test of that id failed."""
        about = self.about(id_)
        broken = {result.topology for result in about if result.outcome == "failed"}
        return [each for each in about if each.outcome == "passed" and each.topology not in broken]


def directory(root: Path) -> Path:
    """Where evidence is kept: ``PREAU_EVIDENCE``, or ``build/evidence`` under the project's root."""
    return Path(os.environ.get("PREAU_EVIDENCE") or root / "build" / "evidence")


def topology() -> str:
    """The topology under test: ``PREAU_TOPOLOGY``, or ``embedded``."""
    return os.environ.get("PREAU_TOPOLOGY") or "embedded"


def now() -> str:
    """The present instant, as a run file writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def record(folder: Path, run: str, results: Iterable[Result]) -> Path:
    """Add results to a run's file, replacing those of the same tests on the same topology."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '-', run).strip('-.') or 'tests'}.json"
    with _locked(folder):
        known = {(each.test, each.topology): each for each in (_read_run(path) if path.exists() else ())}
        known |= {(each.test, each.topology): each for each in results}
        ordered = sorted(known.values(), key=lambda each: (each.test, each.topology))
        draft = path.with_suffix(".tmp")
        content = {"format": FORMAT, "run": run, "results": [asdict(each) for each in ordered]}
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    return path


def read(folder: Path, root: Path | None = None) -> Evidence:
    """What the run files of a folder say, the newest result of a test winning over older ones.

    With ``root``, results of test files that no longer exist are left out.
    Raises :class:`EvidenceError` for a damaged file.
    """
    newest: dict[tuple[str, str], Result] = {}
    paths = sorted(folder.glob("*.json"))
    for path in paths:
        for result in _read_run(path):
            if root and not (root / result.test.partition("::")[0]).exists():
                continue
            known = newest.get((result.test, result.topology))
            if known is None or known.at < result.at:
                newest[result.test, result.topology] = result
    return Evidence(tuple(path.stem for path in paths), tuple(newest[key] for key in sorted(newest)))


def _read_run(path: Path) -> list[Result]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] == FORMAT:
            return [Result(**{**each, "ids": tuple(each["ids"])}) for each in content["results"]]
        fault = f"format {content['format']} inconnu"
    except (OSError, ValueError, KeyError, TypeError) as error:
        fault = f"{type(error).__name__} : {error}"
    raise EvidenceError(
        f"Le fichier de preuves {path} est illisible ({fault}). "
        "Supprimez-le et relancez « make test » : les preuves seront refaites."
    )


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
