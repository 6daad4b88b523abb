"""What pytest runs leave as evidence: real runs of pytest, in a folder of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
CASES = """
import pytest

@pytest.mark.sdet("RUL-01", "RUL-02")
def test_passes():
    pass

@pytest.mark.sdet("RUL-03")
def test_fails():
    assert 0

@pytest.mark.sdet("RUL-04")
def test_is_skipped():
    pytest.skip("not here")

@pytest.mark.sdet("RUL-05")
@pytest.mark.xfail
def test_is_expected_to_fail():
    assert 0

@pytest.mark.sdet("RUL-06")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_passes_for_all(number):
    pass

@pytest.mark.sdet("RUL-07")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_fails_for_one(number):
    assert number != 2

@pytest.mark.sdet("RUL-08")
@pytest.mark.parametrize("number", [1, 2, 3])
def test_is_skipped_for_one(number):
    if number == 2:
        pytest.skip("not here")

@pytest.fixture
def broken_after():
    yield
    raise OSError

@pytest.mark.sdet("RUL-09")
def test_breaks_when_it_is_over(broken_after):
    pass

@pytest.mark.sdet("RUL-10")
class TestOfAClass:
    @pytest.mark.sdet("RUL-11")
    def test_proves_both(self):
        pass

def test_proves_nothing():
    pass
"""
OUTCOMES = {
    "test_cases.py::test_passes": (["RUL-01", "RUL-02"], "passed"),
    "test_cases.py::test_fails": (["RUL-03"], "failed"),
    "test_cases.py::test_is_skipped": (["RUL-04"], "skipped"),
    "test_cases.py::test_is_expected_to_fail": (["RUL-05"], "skipped"),
    "test_cases.py::test_passes_for_all": (["RUL-06"], "passed"),
    "test_cases.py::test_fails_for_one": (["RUL-07"], "failed"),
    "test_cases.py::test_is_skipped_for_one": (["RUL-08"], "skipped"),
    "test_cases.py::test_breaks_when_it_is_over": (["RUL-09"], "failed"),
    "test_cases.py::TestOfAClass::test_proves_both": (["RUL-10", "RUL-11"], "passed"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_cases.py").write_text(CASES)
    return tmp_path


def run(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREAU_", "PYTEST_"))}
    environment = kept | {"PYTHONPATH": str(PROJECT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | variables
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.evidence", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def left_by(folder: Path, name: str) -> dict[str, dict[str, str]]:
    content = json.loads((folder / "build" / "evidence" / f"{name}.json").read_text())
    return {result["test"]: result for result in content["results"]}


@pytest.mark.parametrize("workers", [(), ("-p", "xdist", "-n", "2")], ids=["one process", "two workers"])
def test_each_marked_test_leaves_its_outcome(folder, workers):
    run(folder, *workers, PREAU_RUN="app")
    results = left_by(folder, "app-embedded")
    assert {test: (each["ids"], each["outcome"]) for test, each in results.items()} == OUTCOMES
    assert {each["topology"] for each in results.values()} == {"embedded"}


def test_a_parametrised_test_of_which_a_part_ran_proves_nothing(folder):
    run(folder, "-k", "test_passes_for_all and 1", PREAU_RUN="app")
    assert left_by(folder, "app-embedded")["test_cases.py::test_passes_for_all"]["outcome"] == "partial"


def test_the_topology_is_the_one_under_test(folder):
    run(folder, "test_cases.py::test_passes", PREAU_TOPOLOGY="region")
    assert left_by(folder, "test_cases.py-region")["test_cases.py::test_passes"]["topology"] == "region"


def test_a_second_run_of_the_same_name_adds_to_the_first_and_replaces_what_it_ran_again(folder):
    run(folder, "-k", "test_fails or test_passes_for_all", PREAU_RUN="app")
    cured = CASES.replace("assert 0", "assert 1", 1)
    (folder / "test_cases.py").write_text(cured)
    run(folder, "-k", "test_fails and not one", PREAU_RUN="app")
    results = left_by(folder, "app-embedded")
    assert results["test_cases.py::test_fails"]["outcome"] == "passed"
    assert results["test_cases.py::test_passes_for_all"]["outcome"] == "passed"


@pytest.mark.parametrize("mark", ['"UTI-XXX-YYY-01"', '"UTI-IDO-GSI"', ""])
def test_an_id_that_the_sdet_does_not_have_is_a_collection_error(folder, mark):
    (folder / "test_wrong.py").write_text(
        f"import pytest\n\n@pytest.mark.sdet({mark})\ndef test_a():\n    pass\n"
    )
    finished = run(folder)
    assert finished.returncode == pytest.ExitCode.INTERRUPTED
    assert "test_wrong.py::test_a" in finished.stdout
    assert "is not an SDET id" in finished.stdout
    assert not (folder / "build").exists()


def test_collecting_without_running_leaves_nothing(folder):
    run(folder, "--collect-only")
    assert not (folder / "build").exists()
