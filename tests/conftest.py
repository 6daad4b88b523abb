"""The real PostgreSQL, one cluster for the whole run and one database for each worker."""

import os
from pathlib import Path

import pytest

from preau.kernel.adapters.postgres import Cluster

pytest_plugins = (
    ["tests.support.evidence"] if (Path(__file__).parent / "support" / "evidence.py").exists() else []
)


@pytest.fixture(scope="session")
def worker() -> str:
    """A name for this worker's own things."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main") + f"_{os.getpid()}"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """A throw-away PostgreSQL; it ends with the process."""
    cluster = Cluster(tmp_path_factory.mktemp("postgres"), durable=False)
    cluster.start()
    yield cluster
    cluster.destroy()
