"""Open the database: SQLite or PostgreSQL, migrated to this version before anything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_TIMEOUT_MS = 5000
MIGRATIONS = Path(__file__).parent / "migrations"


class StoreUnavailableError(Exception):
    """The database cannot be opened or migrated; the message tells the mend and names no secret."""


async def open_engine(database_url: str) -> AsyncEngine:
    """An engine on a migrated database. The folder of a SQLite file is made where it is missing.

    Raises StoreUnavailableError where the address is wrong, the server cannot be reached,
    the folder cannot be written, or the database was made by a newer version.
    """
    engine = _engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate)
    except (SQLAlchemyError, OSError) as fault:
        await engine.dispose()
        cause = getattr(fault, "orig", None) or fault
        raise StoreUnavailableError(
            f"the database {_shown(database_url)} cannot be opened: {cause}. "
            "Look at DATABASE_URL, at the rights on its folder, and whether the server runs."
        ) from fault
    except Exception as fault:
        await engine.dispose()
        raise StoreUnavailableError(
            f"the database {_shown(database_url)} cannot be migrated: {fault}. "
            "Was it made by a newer version? Install that version, or restore the backup."
        ) from fault
    return engine


def _engine(database_url: str) -> AsyncEngine:
    try:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            Path(url.database).expanduser().parent.mkdir(parents=True, exist_ok=True)
        engine = create_async_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, OSError) as fault:
        raise StoreUnavailableError(
            f"DATABASE_URL is not usable: {_plain(fault)}. Write sqlite+aiosqlite:///data/caveat.db, or "
            "postgresql+asyncpg://user:password@host/name with the extra `postgres` installed."
        ) from fault
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, _record: Any) -> None:
    """A write that was acknowledged is on the disk: write-ahead log, synchronous FULL."""
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _shown(database_url: str) -> str:
    return make_url(database_url).render_as_string(hide_password=True)


def _plain(fault: Exception) -> str:
    return type(fault).__name__ if isinstance(fault, ArgumentError) else str(fault)
