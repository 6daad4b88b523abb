"""Organisational requirements rest on a document that exists and on features that are proven."""

from pathlib import Path

import pytest

from preau.conformity.documents import documents

PROJECT = Path(__file__).parents[3]


def test_a_document_covers_an_organisational_id(project):
    project.document("SOC-SEC-APS-01")
    assert project.grid()["SOC-SEC-APS-01"]["status"] == "documented"


def test_a_test_alone_does_not_cover_an_organisational_id(project):
    project.tested("SOC-SEC-APS-01")
    line = project.grid()["SOC-SEC-APS-01"]
    assert (line["status"], line["evidence"]) == ("uncovered", [])


def test_a_document_counts_only_once_its_features_are_proven(project):
    project.document("SOC-SEC-APS-01", "SOC-SEC-AUT-01", "SOC-SEC-DVS-01")
    project.tested("SOC-SEC-AUT-01")
    assert project.grid()["SOC-SEC-APS-01"]["status"] == "uncovered"
    project.tested("SOC-SEC-DVS-01")
    assert project.grid()["SOC-SEC-APS-01"]["status"] == "documented"


@pytest.mark.parametrize(
    ("id_", "supported_by", "fields", "said"),
    [
        ("SOC-SEC-APS-09", (), {}, "SOC-SEC-APS-09"),
        ("UTI-IDO-GSI-01", (), {}, "exigence d’organisation"),
        ("SOC-SEC-APS-01", ("SOC-SEC-AUT-99",), {}, "SOC-SEC-AUT-99"),
        ("SOC-SEC-APS-01", (), {"document": "docs/none.md"}, "docs/none.md"),
        ("SOC-SEC-APS-01", (), {"heading": "Autre"}, "«\u00a0Autre\u00a0»"),
    ],
    ids=["unknown id", "a feature", "unknown feature", "no such document", "no such heading"],
)
def test_a_false_entry_of_the_register_is_refused(project, id_, supported_by, fields, said):
    project.document(id_, *supported_by, **fields)
    refused = project.conformity("--json")
    assert refused.exit_code == 1
    assert "PRE-CON-002" in refused.output
    assert said in refused.output


def test_the_documents_that_the_project_ships_are_there():
    shipped = documents(PROJECT)
    assert {"SOC-SEC-APS-01", "SOC-SUP-EXP-03", "SOC-SUP-ASU-01"} <= set(shipped)
