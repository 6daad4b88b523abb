"""Migrations: one linear history (Alembic); each must run beside the previous release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from preau.kernel import jobs
from preau.kernel.database import Model, db

HOME = Path(__file__).parent.parent / "migrations"
MIGRATION_LOCK = 7_201_002


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(revision: str = "head") -> list[str]:
    """Bring the database to a revision, one process at a time; return what was run."""
    done: list[str] = []
    with db.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        command.upgrade(configuration(connection), revision)
        after = MigrationContext.configure(connection).get_current_revision()
        if before != after:
            done.append(f"{before or 'vide'} → {after}")
    return done


def downgrade(revision: str) -> None:
    """Go back to a revision; what the newer ones held is lost."""
    with db.engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def create_from_models() -> None:
    """Make every table as the models say: what the migrations must add up to (a test compares the two)."""
    with db.engine.begin() as connection:
        run_script(connection, jobs.schema_sql())
        Model.metadata.create_all(connection)


def run_script(connection: Connection, script: str) -> None:
    """Run several statements as they are written: the driver must not take a % for a placeholder."""
    cursor = connection.connection.cursor()
    cursor.execute(script)
    cursor.close()
