"""The commands of services as an operator runs them: in a process of their own."""

import os
import subprocess
import sys
import zipfile

import pytest


@pytest.fixture
def preau(app, world):
    """Run ``preau …`` on the world's database."""
    settings = app.config["SETTINGS"]
    environment = os.environ | {"PREAU_DATABASE": settings.database, "PREAU_DATA": str(settings.data)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "preau", *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_search_index_can_be_read_again_kind_by_kind(preau) -> None:
    done = preau("search", "reindex", "bookmark")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("bookmark : ")


def test_a_kind_that_nobody_searches_is_named_with_its_code(preau) -> None:
    refused = preau("search", "reindex", "licorne")
    assert refused.returncode == 2
    assert "PRE-REC-001" in refused.stderr


def test_a_whole_instance_is_exported_then_tried_as_an_import(preau, tmp_path) -> None:
    archive = tmp_path / "tout.zip"
    done = preau("export", "--tout", str(archive))
    assert done.returncode == 0, done.stderr
    assert "MANIFEST.json" in zipfile.ZipFile(archive).namelist()
    tried = preau("import", "--tout", "--essai", "--politique", "merge", str(archive))
    assert tried.returncode == 0, tried.stderr


def test_a_school_that_is_not_here_is_refused_in_words(preau, tmp_path) -> None:
    refused = preau("export", "--etablissement", "9999999Z", str(tmp_path / "rien.zip"))
    assert refused.returncode == 1
    assert "PRE-ECH-030" in refused.stderr
