"""Record what tests prove: pytest plugin behind ``@pytest.mark.sdet(*ids)``.

Each test that names SDET ids leaves its outcome in ``build/evidence/<run>.json``, which
``preau conformity`` reads. The run's name is ``PREAU_RUN`` (a stage of ``make test``), or what pytest was
asked to run. A test proves its ids only when it passed, under all its parameters.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Generator

import pytest

from preau.conformity.evidence import Outcome, Result, directory, now, record, topology
from preau.conformity.requirements import requirements

PROPERTY = "sdet"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sdet(*ids): the SDET requirements that the test proves")
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Recorder(config), "sdet-recorder")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn an id that the SDET does not have into a collection error."""
    report = yield
    if report.passed:
        unknown = [
            f"{item.nodeid}: {id_!r} is not an SDET id"
            for item in report.result
            if isinstance(item, pytest.Item)
            for id_ in ids_of(item) or ["(none)"] * _is_marked(item)
            if id_ not in requirements()
        ]
        if unknown:
            report.outcome, report.result = "failed", []
            report.longrepr = "\n".join(unknown)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say on each test what it proves and how many parameters it has, before any is deselected."""
    expected = Counter(base(item.nodeid) for item in items)
    for item in items:
        ids = ids_of(item)
        if ids:
            item.user_properties.append((PROPERTY, {"ids": ids, "of": expected[base(item.nodeid)]}))


def ids_of(item: pytest.Item) -> list[str]:
    """The ids that a test, its class or its module names."""
    return sorted({id_ for mark in item.iter_markers("sdet") for id_ in mark.args})


def base(nodeid: str) -> str:
    """A test's node id without its parameters."""
    path, separator, name = nodeid.partition("::")
    return path + separator + name.partition("[")[0]


def _is_marked(item: pytest.Item) -> bool:
    return item.get_closest_marker("sdet") is not None


class Recorder:
    """Gathers the outcome of each test (from every xdist worker) and writes the run's file at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.expected: dict[str, int] = {}
        self.ids: dict[str, list[str]] = {}
        self.outcomes: dict[str, dict[str, Outcome]] = defaultdict(dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the worst of a test's phases."""
        marked = dict(report.user_properties).get(PROPERTY)
        if not isinstance(marked, dict):
            return
        test = base(report.nodeid)
        self.ids[test], self.expected[test] = marked["ids"], marked["of"]
        known = self.outcomes[test].get(report.nodeid, "passed")
        if known != "failed":
            outcome = outcome_of(report)
            self.outcomes[test][report.nodeid] = known if outcome == "passed" else outcome

    def pytest_sessionfinish(self) -> None:
        """Write what was seen, if anything."""
        instant, on = now(), topology()
        results = [
            Result(test, tuple(self.ids[test]), self._together(test), on, instant) for test in self.outcomes
        ]
        if results:
            record(directory(self.config.rootpath), self._run_name(on), results)

    def _together(self, test: str) -> Outcome:
        outcomes = list(self.outcomes[test].values())
        for worst in ("failed", "skipped"):
            if worst in outcomes:
                return worst
        return "passed" if len(outcomes) == self.expected[test] else "partial"

    def _run_name(self, on: str) -> str:
        root = self.config.rootpath
        asked = [os.path.relpath(argument.partition("::")[0], root) for argument in self.config.args]
        return f"{os.environ.get('PREAU_RUN') or ' '.join(asked)[:80]}-{on}"


def outcome_of(report: pytest.TestReport) -> Outcome:
    """``failed``, ``skipped`` or ``passed``; an expected failure is no more a proof than a skipped test."""
    if report.failed:
        return "failed"
    return "skipped" if report.skipped or hasattr(report, "wasxfail") else "passed"
