"""What a PostgreSQL must hold before our migrations: one role, extensions, a text search configuration.

The same statements serve the embedded cluster and a production server, where an operator runs them.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROLE = "preau"
# Taken inside a transaction by what must see every school: feeds, jobs, sign-in (see kernel/tenancy.py).
SYSTEM_ROLE = "preau_system"

# In template1, so that every database made afterwards has it too.
IN_TEMPLATE = (
    "CREATE EXTENSION IF NOT EXISTS unaccent",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    """
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_ts_config WHERE cfgname = 'fr') THEN
        CREATE TEXT SEARCH CONFIGURATION public.fr (COPY = pg_catalog.french);
        ALTER TEXT SEARCH CONFIGURATION public.fr
          ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.french_stem;
      END IF;
    END $$
    """,
    # Row-level security lets an index serve leak-proof operators only; these show nothing of what they refuse.
    "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF",
    "ALTER FUNCTION public.word_similarity_op(text, text) LEAKPROOF",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {ROLE} GRANT ALL ON TABLES TO {SYSTEM_ROLE}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {ROLE} GRANT ALL ON SEQUENCES TO {SYSTEM_ROLE}",
)
# Row-level security is forced on the owner's tables, so the owner must be neither superuser nor exempt.
IN_SERVER = f"""
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN
        CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
      END IF;
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{SYSTEM_ROLE}') THEN
        CREATE ROLE {SYSTEM_ROLE} NOLOGIN NOSUPERUSER BYPASSRLS;
        GRANT {SYSTEM_ROLE} TO {ROLE};
      END IF;
    END $$
"""  # noqa: S608 - both names are constants


def provision(**connection: str) -> None:
    """Prepare a server for Préau, as superuser; may be run again, changes nothing then."""
    with psycopg.connect(make_conninfo(dbname="template1", **connection), autocommit=True) as template:
        template.execute(IN_SERVER)
        for statement in IN_TEMPLATE:
            template.execute(statement)
    with psycopg.connect(make_conninfo(dbname="postgres", **connection), autocommit=True) as server:
        if not exists(server, ROLE):
            create(server, ROLE, None)


def exists(server: psycopg.Connection[Any], database: str) -> bool:
    """Whether the server has a database of that name."""
    return server.execute("SELECT FROM pg_database WHERE datname = %s", [database]).rowcount > 0


def create(server: psycopg.Connection[Any], database: str, template: str | None) -> None:
    """Make a database owned by the application's role, as a copy of `template` when one is named."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
    names = (database, ROLE, template or "template1")
    server.execute(statement.format(*map(sql.Identifier, names)))
