"""A small project of its own, whose evidence and documents a test decides."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from preau import services_list
from preau.conformity import evidence
from preau.conformity.commands import conformity
from preau.kernel.contract import Service


class Project:
    """A project folder with a test file, a document, and what its tests left."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.evidence = root / "build" / "evidence"
        self.register = root / "docs" / "conformity" / "documents.yaml"
        self.register.parent.mkdir(parents=True)
        self.register.write_text("")
        (root / "docs" / "policy.md").write_text("# Politique\n\n## Accès\n")
        (root / "test_some.py").touch()

    def tested(self, *ids: str, outcome: evidence.Outcome = "passed", run: str = "app", **more: str) -> None:
        """Say that a test of some ids ran just now."""
        result = evidence.Result(
            test=more.get("test", f"test_some.py::test_{'_'.join(ids)}"),
            ids=ids,
            outcome=outcome,
            topology=more.get("topology", "embedded"),
            at=evidence.now(),
        )
        evidence.record(self.evidence, run, [result])

    def document(self, id_: str, *supported_by: str, **fields: str) -> None:
        """Register a document for an id."""
        row = {"document": "docs/policy.md", "heading": "Accès", "supported_by": list(supported_by)} | fields
        self.register.write_text(json.dumps({id_: row}))

    def conformity(self, *arguments: str) -> Result:
        """Run ``preau conformity`` in the project."""
        return CliRunner().invoke(conformity, arguments)

    def grid(self) -> dict[str, dict[str, Any]]:
        """The grid as JSON, by id."""
        return {line["id"]: line for line in json.loads(self.conformity("--json").stdout)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PREAU_EVIDENCE", raising=False)
    return Project(tmp_path)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replace the services of the ENT by one that covers some ids."""

    def only(*ids: str) -> None:
        service = Service(
            code="UTI-IDO-GSI", name="some", label="", icon="", family="information", covers=ids
        )
        monkeypatch.setattr(services_list, "SERVICES", (service,))

    return only
