"""The floors of the house, where import-linter cannot say it: what a service may import is what it names."""

import ast
from pathlib import Path

import pytest

import preau
from preau.services_list import SERVICES

PACKAGE = Path(preau.__file__).parent
FOLDERS = {service.name: PACKAGE / "services" / service.family / service.name for service in SERVICES}
NEEDS = {service.name: service.needs for service in SERVICES if FOLDERS[service.name].is_dir()}


def imports(path: Path) -> set[str]:
    """The full names of what a file of ours imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(folder: Path) -> str:
    return ".".join(("preau", *folder.relative_to(PACKAGE).parts))


@pytest.mark.sdet("QUA-MOD-01", "QUA-MOD-04")
@pytest.mark.parametrize("service", NEEDS)
def test_a_service_imports_only_the_operations_of_those_it_needs(service: str) -> None:
    siblings = {other: module_of(FOLDERS[other]) for other in NEEDS if other != service}
    for path in FOLDERS[service].rglob("*.py"):
        for name in imports(path):
            for sibling, module in siblings.items():
                if name.startswith(f"{module}."):
                    assert sibling in NEEDS[service], f"{path}: {name}, but {sibling!r} is not in needs"
                    assert name.startswith(f"{module}.operations"), f"{path}: {name} is not an operation"


@pytest.mark.sdet("QUA-MOD-01")
def test_every_service_of_the_list_has_its_folder_and_every_folder_is_in_the_list() -> None:
    declared = {path.parent for path in PACKAGE.glob("services/*/*/__init__.py")}
    assert declared == {FOLDERS[service] for service in NEEDS}


@pytest.mark.parametrize("folder", ["kernel", "socle", "services"])
def test_only_views_know_the_request(folder: str) -> None:
    views = {"views", "views.py", "api", "api.py", "forms.py", "dav", "web"}
    for path in (PACKAGE / folder).rglob("operations*.py"):
        if not views & set(path.parts):
            known = imports(path) & {"flask.request", "flask.session", "flask.g"}
            assert not known, f"{path} reads {known}"
