"""Open the database: SQLite or PostgreSQL, migrated to this version before anything else."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from weakref import WeakKeyDictionary

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.store.migrate import MigrationFailedError, NewerDatabaseError, migrate
from bot.store.sqlite_file import is_file, sqlite_engine
from bot.store.unavailable import FORMS, explained, shown

CONNECT_TIMEOUT_S = 10
DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}
"""Hosts hand out addresses without a driver; there is one for each database."""
_MIGRATING: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class StoreUnavailableError(Exception):
    """The database cannot be opened or migrated; the message tells the mend and names no secret."""


async def open_engine(database_url: str) -> AsyncEngine:
    """An engine on a migrated database. The folder of a SQLite file is made where it is missing.

    Raises StoreUnavailableError where the address is wrong, the server cannot be reached,
    the file cannot be written, is damaged or another program's, or the database was made by a newer version.
    """
    url = _url(database_url)
    engine = _engine(url)
    try:
        async with _one_at_a_time(), for_writing(engine).begin() as connection:
            await connection.run_sync(migrate)
    except NewerDatabaseError as fault:
        await engine.dispose()
        raise StoreUnavailableError(
            f"the database {shown(url)} was made by a newer version: {fault}. "
            "Install that version again, or restore the backup from before it."
        ) from fault
    except (SQLAlchemyError, MigrationFailedError, OSError, TypeError, ValueError) as fault:
        await engine.dispose()
        raise StoreUnavailableError(explained(url, fault)) from fault
    return engine


def for_writing(engine: AsyncEngine) -> AsyncEngine:
    """The same engine, whose transactions take SQLite's one writing place as they begin.

    A transaction that reads first and writes later could not wait for another writer: SQLite
    would refuse it at once (sqlite.org/lang_transaction.html).
    """
    return engine.execution_options(writing=True)


def _one_at_a_time() -> asyncio.Lock:
    """Alembic works on globals: of two that open at once in one loop, the second waits."""
    return _MIGRATING.setdefault(asyncio.get_running_loop(), asyncio.Lock())


def _url(database_url: str) -> URL:
    """Parsed, with the driver filled in and ~ written out."""
    try:
        url = make_url(database_url.strip())
    except (ArgumentError, ValueError):
        # From None: what was typed may hold a password, and the fault quotes it.
        raise StoreUnavailableError(f"DATABASE_URL is no address of a database. Write {FORMS}.") from None
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if url.drivername not in DRIVERS.values():
        raise StoreUnavailableError(
            f"DATABASE_URL names a kind of database that is not spoken here. Write {FORMS}."
        )
    return url.set(database=str(Path(str(url.database)).expanduser())) if is_file(url) else url


def _engine(url: URL) -> AsyncEngine:
    try:
        if url.get_backend_name() == "sqlite":
            return sqlite_engine(url)
        # A connection that the server has dropped since is found out before it is used.
        return create_async_engine(
            url,
            pool_pre_ping=True,
            connect_args={"timeout": CONNECT_TIMEOUT_S},
            hide_parameters=True,  # a fault that is logged quotes no question and no user id
        )
    except (SQLAlchemyError, ImportError, OSError, sqlite3.Error) as fault:
        raise StoreUnavailableError(explained(url, fault)) from fault
