"""Migrate: bring a database to the tables of this version, or say that a newer one made it."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x63617665
""""cave": the number under which those who migrate the same PostgreSQL wait for each other."""


class NewerDatabaseError(Exception):
    """The database stands at a revision that this version does not know."""


def migrate(connection: sa.Connection) -> None:
    """To the newest revision, in the connection's transaction: all of it or nothing.

    Who migrates at the same time waits: on SQLite the transaction must have begun as a writing one.
    One at a time in a process, since Alembic works on globals.
    Raises NewerDatabaseError, and what SQLAlchemy raises.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    config = alembic_config(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    at = MigrationContext.configure(connection).get_current_heads()
    if not known.issuperset(at):
        raise NewerDatabaseError(f"it stands at revision {', '.join(at)}, which this version does not know")
    command.upgrade(config, "head")


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic's configuration for these migrations over that connection; no file is read."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
