"""Alembic's entry: it migrates over the connection, and in the transaction, that the store hands it."""

from alembic import context

from bot.store import loop_tables  # noqa: F401 (its tables join the metadata)
from bot.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
