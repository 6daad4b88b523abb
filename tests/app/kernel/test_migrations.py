"""The migrations add up to what the models say, walls, triggers and indexes included."""

import subprocess
from pathlib import Path

import pytest

from preau.app import create_app
from preau.kernel import migrate
from preau.kernel.adapters import postgres_binaries as binaries
from preau.kernel.database import db
from preau.settings import Settings

AGAIN = "the models changed: run tools/baseline.py until a first release, then write a migration"


@pytest.fixture
def database(cluster, worker, tmp_path):
    names = []

    def make(name: str):
        name = f"{name}_{worker}"
        cluster.create_database(name)
        names.append(name)
        return create_app(Settings(database=cluster.url(name), data=tmp_path, secret_key="x", testing=True))

    yield make
    for name in names:
        cluster.drop_database(name)


def schema(url: str) -> list[str]:
    program = binaries.find() / "pg_dump"
    arguments = ["--schema-only", "--no-owner", "--no-privileges", "--exclude-table=alembic_version"]
    dump = subprocess.run(
        [program, *arguments, url.replace("+psycopg", "")], check=True, capture_output=True, text=True
    ).stdout
    return sorted(line for line in dump.splitlines() if line and not line.startswith(("--", "\\")))


def test_the_migrations_and_the_models_make_the_same_schema(database, cluster, worker):
    migrated, modelled = database("migrated"), database("modelled")
    with migrated.app_context():
        assert migrate.upgrade() == ["vide → 0001"]
        assert migrate.upgrade() == []
        db.engine.dispose()
    with modelled.app_context():
        migrate.create_from_models()
        db.engine.dispose()
    by_migrations = schema(cluster.url(f"migrated_{worker}"))
    by_models = schema(cluster.url(f"modelled_{worker}"))
    assert by_migrations == by_models, AGAIN


def test_the_first_schema_is_not_dropped_by_a_mistaken_downgrade(database, cluster, worker):
    app = database("undone")
    with app.app_context():
        migrate.upgrade()
        with pytest.raises(RuntimeError, match="restore a backup"):
            migrate.downgrade("base")
        db.engine.dispose()
    assert [line for line in schema(cluster.url(f"undone_{worker}")) if line.startswith("CREATE TABLE")]


def test_there_is_one_line_of_history():
    heads = [path.name for path in (Path(migrate.HOME) / "versions").glob("*.py")]
    assert heads == ["0001_foundation.py"]
