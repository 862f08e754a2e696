"""Real databases for the tests: a SQLite file, and a PostgreSQL database of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

SERVER = "CAVEAT_TEST_POSTGRES_URL"


def sqlite_url(folder: Path, name: str = "caveat.db") -> str:
    """The address of a SQLite file in that folder."""
    return f"sqlite+aiosqlite:///{folder / name}"


def server_url() -> str:
    """The address of the PostgreSQL server for tests; without one the test is left out."""
    url = os.environ.get(SERVER)
    if not url:
        pytest.skip(f"{SERVER} names no PostgreSQL server (.ci/run starts one)")
    pytest.importorskip("asyncpg", reason="asyncpg is not installed")
    return url


@asynccontextmanager
async def a_postgres_database() -> AsyncIterator[str]:
    """The address of a new, empty database on the server, dropped afterwards."""
    server = server_url()
    name = f"test_{secrets.token_hex(8)}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        async with engine.connect() as connection:
            await connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        await engine.dispose()
