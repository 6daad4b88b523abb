"""What the repository promises about itself: locks, licences, no address of anybody's machine."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements/*.lock"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = {
    "app": PROJECT["project"]["dependencies"],
    "dev": PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"],
    "wapiti": PROJECT["dependency-groups"]["wapiti"],
}


def entries(lock: Path) -> list[str]:
    """The requirements of a lock, each with its hashes on one line."""
    lines = "\n".join(line for line in lock.read_text().splitlines() if not line.lstrip().startswith("#"))
    return lines.replace("\\\n", " ").split("\n")


def pinned(lock: Path) -> dict[str, set[str]]:
    """The versions of each package; there are two when Pythons want different ones."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock):
        name, version = re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;]+)", entry).groups()
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_of_a_lock_is_pinned_with_its_hashes(lock: Path) -> None:
    unpinned = [entry for entry in entries(lock) if "==" not in entry or "--hash=sha256:" not in entry]
    assert unpinned == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_says_nothing_of_where_packages_come_from(lock: Path) -> None:
    assert re.findall(r"https?://|file:|--(?:extra-)?index-url|--find-links|-f ", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_what_pyproject_asks_for(lock: Path) -> None:
    versions = pinned(lock)
    for requirement in map(Requirement, DIRECT[lock.stem]):
        name = canonicalize_name(requirement.name)
        assert name in versions, f"{name} is not in {lock.name}: run make lock"
        assert all(version in requirement.specifier for version in versions[name]), f"{name}: run make lock"


def test_the_tests_run_on_the_versions_that_the_application_runs_on() -> None:
    app, dev = pinned(ROOT / "requirements" / "app.lock"), pinned(ROOT / "requirements" / "dev.lock")
    assert {name: dev.get(name) for name in app} == app


def test_every_dependency_has_its_line_of_reason_and_its_licence() -> None:
    page = (ROOT / "docs" / "decisions" / "dependencies.md").read_text()
    rows = {canonicalize_name(name): rest for name, rest in re.findall(r"(?m)^\| ([\w.-]+) \|(.+)\|$", page)}
    direct = {canonicalize_name(Requirement(text).name) for texts in DIRECT.values() for text in texts}
    assert direct - set(rows) == set(), "add a line for each to docs/decisions/dependencies.md"
    assert set(rows) - direct == {"package"}, "these are no longer dependencies"
    for name in direct:
        reason, licence = (cell.strip() for cell in rows[name].split("|"))
        assert len(reason) > 15, name
        assert licence, name


def test_what_the_application_imports_is_what_it_declares() -> None:
    providers = packages_distributions()
    declared = {canonicalize_name(Requirement(text).name) for text in DIRECT["app"]}
    imported = {name for path in ROOT.glob("app/preau/**/*.py") for name in roots_of_imports(path)}
    foreign = imported - set(sys.stdlib_module_names) - {"preau"}
    assert {name for name in foreign if not set(map(canonicalize_name, providers[name])) & declared} == set()


def roots_of_imports(path: Path) -> set[str]:
    """The first names of the modules that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found


def test_no_file_names_a_registry_or_a_path_of_the_machine_it_was_written_on() -> None:
    command = [sys.executable, "tools/addresses.py"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
    assert found.returncode == 0


# In two pieces, or this file would be refused itself.
@pytest.mark.parametrize(
    "line",
    [
        "https:" + "//pypi.example.org/simple",
        "--index" + "-url x",
        '"resolved' + '": "x"',
        "see /" + "work/x",
    ],
)
def test_the_check_of_addresses_sees_one(line: str, tmp_path: Path) -> None:
    for command in (["init", "-q"], ["config", "core.hooksPath", "none"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "addresses.py").write_text((ROOT / "tools" / "addresses.py").read_text())
    (tmp_path / "page.md").write_text(f"first line\n{line}\n")
    command = [sys.executable, "tools/addresses.py"]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.stdout.startswith("page.md:2: ")
    assert found.returncode == 1
