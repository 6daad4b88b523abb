"""Write the first migration from the models: as long as nothing has been released, it is made anew."""

import re
import subprocess
import tempfile
from pathlib import Path

from preau.app import create_app
from preau.kernel import migrate
from preau.kernel.adapters import postgres_binaries as binaries
from preau.kernel.adapters.postgres import Cluster
from preau.kernel.database import db
from preau.settings import Settings

TARGET = Path(__file__).parent.parent / "app/preau/migrations/versions/0001_foundation.sql"
# Set by the dump for itself; made by the operator who prepares the server.
LEFT_OUT = re.compile(
    r"^(SET |SELECT pg_catalog\.set_config|\\|COMMENT ON EXTENSION|CREATE EXTENSION|ALTER DEFAULT|CREATE SCHEMA"
    r"|(CREATE|ALTER) TEXT SEARCH)"
)


def main() -> None:
    """Dump the schema that the models make."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder), durable=False)
        cluster.start()
        try:
            app = create_app(Settings(database=cluster.url(), data=Path(folder), secret_key="baseline"))
            with app.app_context():
                migrate.create_from_models()
                db.engine.dispose()
            dump = subprocess.run(
                [binaries.find() / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", "--no-comments",
                 "--exclude-extension=*", cluster.url().replace("+psycopg", "")],
                check=True, capture_output=True, text=True,
            ).stdout  # fmt: skip
        finally:
            cluster.destroy()
    TARGET.write_text(cleaned(dump))


def cleaned(dump: str) -> str:
    """The statements alone, without what only the dump needs."""
    lines = [line.rstrip() for line in dump.splitlines() if not line.startswith("--")]
    text = "\n".join(lines)
    statements = [
        part for part in re.split(r"\n{2,}", text) if part.strip() and not LEFT_OUT.match(part.strip())
    ]
    return "\n\n".join(part.strip("\n") for part in statements) + "\n"


if __name__ == "__main__":
    main()
