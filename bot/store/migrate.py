"""Migrate: bring a database to the tables of this version, or say that a newer one made it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0002"
"""The newest revision in `migrations`; a database that stands there is opened without Alembic."""
MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x63617665
""""cave": the number under which those who migrate the same PostgreSQL wait for each other."""


class NewerDatabaseError(Exception):
    """The database stands at a revision that this version does not know."""


class MigrationFailedError(Exception):
    """Alembic cannot go on; the message is its own."""


def migrate(connection: sa.Connection) -> None:
    """To the newest revision, in the connection's transaction: all of it or nothing.

    Who migrates at the same time waits: on SQLite the transaction must have begun as a writing one.
    One at a time in a process, since Alembic works on globals.
    Raises NewerDatabaseError, MigrationFailedError, and what SQLAlchemy raises.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    if revisions(connection) != (NEWEST,):
        _upgrade(connection)


def revisions(connection: sa.Connection) -> tuple[str, ...]:
    """Where the database stands; () for a new one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return ()
    return tuple(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars())


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic's configuration for these migrations over that connection; no file is read."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: sa.Connection) -> None:
    """With Alembic, which takes a tenth of a second to load and most starts do not need."""
    from alembic import command
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    at = revisions(connection)
    try:
        config = alembic_config(connection)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if not known.issuperset(at):
            told = f"it stands at revision {', '.join(at)}, which this version does not know"
            raise NewerDatabaseError(told)
        command.upgrade(config, "head")
    except CommandError as fault:
        raise MigrationFailedError(str(fault)) from fault
