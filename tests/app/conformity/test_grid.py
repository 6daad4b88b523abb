"""What the grid says of an id, from what the tests showed."""

import json
from importlib import resources

import jsonschema


def test_the_json_is_what_its_schema_describes(project):
    project.tested("UTI-IDO-GSI-01")
    project.document("SOC-SEC-APS-01")
    schema = json.loads(resources.files("preau.conformity").joinpath("schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(list(project.grid().values()), schema)


def test_without_any_run_nothing_is_proven_and_the_command_says_so(project):
    assert {line["status"] for line in project.grid().values()} == {"uncovered"}
    assert project.conformity("--summary").stdout.startswith("Aucune preuve")
    assert "Aucune preuve" in project.conformity("--json").stderr


def test_an_id_is_proven_by_the_test_that_passed_where_it_ran(project):
    project.tested("UTI-IDO-GSI-01", "UTI-IDO-GSI-02", test="test_some.py::test_a")
    project.tested("UTI-IDO-GSI-01", test="test_some.py::test_a", topology="region", run="platform")
    assert project.grid()["UTI-IDO-GSI-01"] == {
        "id": "UTI-IDO-GSI-01",
        "d1": "R",
        "d2": "R",
        "status": "proven",
        "evidence": [
            {"test": "test_some.py::test_a", "topology": "embedded"},
            {"test": "test_some.py::test_a", "topology": "region"},
        ],
    }
    assert project.grid()["UTI-IDO-GSI-02"]["status"] == "proven"
    assert project.grid()["RUL-122"] == {
        "id": "RUL-122",
        "d1": None,
        "d2": None,
        "status": "uncovered",
        "evidence": [],
    }


def test_a_test_that_did_not_pass_proves_nothing(project):
    for outcome in ("failed", "skipped", "partial"):
        project.tested("UTI-IDO-GSI-01", outcome=outcome)
        assert project.grid()["UTI-IDO-GSI-01"]["status"] == "uncovered"


def test_an_id_of_which_one_test_failed_is_not_proven_on_that_topology(project):
    project.tested("RUL-122", test="test_some.py::test_a")
    project.tested("RUL-122", test="test_some.py::test_a", topology="region")
    project.tested("RUL-122", test="test_some.py::test_b", outcome="failed")
    assert project.grid()["RUL-122"]["evidence"] == [{"test": "test_some.py::test_a", "topology": "region"}]


def test_the_newest_run_of_a_test_wins_over_older_ones(project):
    project.tested("RUL-122", test="test_some.py::test_a", run="z-first")
    project.tested("RUL-122", test="test_some.py::test_a", run="a-second", outcome="failed")
    assert project.grid()["RUL-122"]["status"] == "uncovered"
    project.tested("RUL-122", test="test_some.py::test_a", run="m-third")
    assert project.grid()["RUL-122"]["status"] == "proven"


def test_a_test_that_was_removed_proves_nothing_any_more(project):
    project.tested("RUL-122")
    (project.root / "test_some.py").unlink()
    assert project.grid()["RUL-122"]["status"] == "uncovered"


def test_a_damaged_run_file_is_refused_by_name_with_what_to_do(project):
    project.tested("RUL-122")
    (project.evidence / "app.json").write_text('{"format": 1, "results": [{"test":')
    refused = project.conformity("--summary")
    assert refused.exit_code == 1
    assert "PRE-CON-001" in refused.output
    assert "app.json" in refused.output
    assert "make test" in refused.output


def test_a_run_file_of_another_format_is_refused(project):
    project.tested("RUL-122")
    path = project.evidence / "app.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    assert "format 2 inconnu" in project.conformity("--json").output


def test_evidence_may_be_kept_elsewhere(project, monkeypatch):
    project.tested("RUL-122")
    project.evidence.rename(project.root / "elsewhere")
    assert project.grid()["RUL-122"]["status"] == "uncovered"
    monkeypatch.setenv("PREAU_EVIDENCE", "elsewhere")
    assert project.grid()["RUL-122"]["status"] == "proven"
