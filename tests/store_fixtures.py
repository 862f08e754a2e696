"""Fixtures, as a plugin of the test files that name it: an open store on each kind of database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.store import Store
from tests.databases import SERVER, a_postgres_database, sqlite_url

KINDS = ["sqlite", "postgresql"] if os.environ.get(SERVER) else ["sqlite"]
"""Where no server is named, one test says so (tests/test_store_migrations.py), not each."""


@pytest.fixture(params=KINDS)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    async with a_postgres_database() as url:
        yield url


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An open store on an empty database."""
    opened = await Store.open(database_url)
    yield opened
    await opened.close()
