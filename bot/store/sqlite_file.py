"""SQLite: one connection to a file that was looked at first, where what is acknowledged is on the disk."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

BUSY_TIMEOUT_MS = 5000
"""So long another process may hold the file before we give up."""
RETRY_S = 0.02
VERSION_TABLE = "alembic_version"
"""Made with the first of our tables as one: a file with tables and without this one is not ours."""
_MOST_NAMED = 3


class DatabaseGoneError(Exception):
    """The file was moved or deleted while it was in use; what is written now would be lost."""


def sqlite_engine(url: URL) -> AsyncEngine:
    """One connection, first come first served: SQLite writes one at a time anyway, and nobody starves.

    The folder of the file is made where it is missing. Raises OSError where it cannot be, and
    sqlite3.Error where the file is no database, is another program's, is damaged, held by somebody or may
    not be written.
    """
    if is_file(url):
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"isolation_level": None},  # transactions begin where we say so, those of DDL too
        hide_parameters=True,  # a fault that is logged quotes no question and no user id
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    if is_file(url):
        event.listen(engine.sync_engine, "connect", _remember_file)
    _try(engine)
    return engine


def is_file(url: URL) -> bool:
    """True for a SQLite database in a file that is named by its path."""
    name = url.database or ":memory:"
    return url.get_backend_name() == "sqlite" and not name.startswith((":memory:", "file:"))


def _try(engine: AsyncEngine) -> None:
    """Damage is found now, not by the member whose question meets it; and the file gets its write-ahead log.

    Without aiosqlite, whose threads would outlive a connection that fails as it opens.
    """
    (name, *_), options = engine.dialect.create_connect_args(engine.url)
    is_uri, timeout_s = bool(options.get("uri")), BUSY_TIMEOUT_MS / 1000
    with closing(sqlite3.connect(name, timeout=timeout_s, isolation_level=None, uri=is_uri)) as connection:
        try:
            _refuse_another_programs(connection)
            _keep_write_ahead_log(connection, time.monotonic() + timeout_s)
            connection.execute("BEGIN IMMEDIATE")
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute("ROLLBACK")
        except UnicodeDecodeError as fault:
            # SQLite quotes the damaged schema as it complains of it, and Python cannot read the complaint.
            raise sqlite3.DatabaseError(
                "database disk image is malformed: its schema is unreadable"
            ) from fault
    if found != "ok":
        raise sqlite3.DatabaseError(f"database disk image is malformed: {found}")


def _refuse_another_programs(connection: sqlite3.Connection) -> None:
    """Before anything is written: a wrong path in DATABASE_URL fills nobody else's file with our tables."""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    names = [name for (name,) in found if not name.startswith("sqlite_")]
    if names and VERSION_TABLE not in names:
        told = ", ".join(map(ascii, names[:_MOST_NAMED])) + (", ..." if len(names) > _MOST_NAMED else "")
        raise sqlite3.DatabaseError(f"it holds tables of another program: {told}")


def _keep_write_ahead_log(connection: sqlite3.Connection, until: float) -> None:
    """Written into the file once and for all. SQLite's own busy timeout does not hold for this one."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as fault:
            if "locked" not in str(fault) or time.monotonic() > until:
                raise
            time.sleep(RETRY_S)
        else:
            return


def _set_pragmas(connection: Any, _record: Any) -> None:
    """What was acknowledged is on the disk (FULL), what was forgotten is overwritten."""
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    file = connection.info.get("file")
    if writing and file is not None and _identity(file) != connection.info["identity"]:
        raise DatabaseGoneError(
            f"the database {file} was moved or deleted while in use: put it back, or start the bot anew"
        )
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _remember_file(connection: Any, record: Any) -> None:
    """Which file was opened: SQLite goes on writing into one that has been deleted, and tells nobody."""
    (_, _, file), *_ = connection.execute("PRAGMA database_list").fetchall()
    record.info["file"] = Path(file)
    record.info["identity"] = _identity(Path(file))


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
