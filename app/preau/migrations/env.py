"""Alembic runs on the connection that :mod:`preau.kernel.migrate` has opened."""

from alembic import context

from preau.kernel.database import Model

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Model.metadata, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
