"""Migrations: from nothing to this version's tables, all or nothing, also when two start at once."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.core.outcome import Reason
from bot.store.engine import StoreUnavailableError, open_engine
from bot.store.migrate import MIGRATIONS, NEWEST, alembic_config
from bot.store.store import Store
from bot.store.tables import metadata
from tests.databases import a_postgres_database, server_url, sqlite_url
from tests.kill.life import Nursery
from tests.make_kept import NOON, a_kept

pytest_plugins = ["tests.store_fixtures"]

Found = TypeVar("Found")


@asynccontextmanager
async def a_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """A plain connection to the database, past the store."""
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


async def looked_up(url: str, look: Callable[[Connection], Found]) -> Found:
    """What `look` finds in the database."""
    async with a_connection(url) as connection:
        return await connection.run_sync(look)


def tables_of(connection: Connection) -> set[str]:
    """The names of the tables."""
    return set(inspect(connection).get_table_names())


def test_the_store_is_tried_on_postgresql_too() -> None:
    assert server_url().startswith("postgresql")


async def test_the_migrations_make_exactly_the_tables_of_the_code(database_url: str) -> None:
    engine = await open_engine(database_url)
    await engine.dispose()

    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    assert await looked_up(database_url, tables_of) == {*metadata.tables, "alembic_version"}
    assert await looked_up(database_url, differences) == []


async def test_every_migration_can_be_taken_back_and_made_again(database_url: str) -> None:
    await (await Store.open(database_url)).close()
    await looked_up(database_url, lambda connection: command.downgrade(alembic_config(connection), "base"))
    assert await looked_up(database_url, tables_of) == {"alembic_version"}
    await (await Store.open(database_url)).close()
    assert set(metadata.tables) < await looked_up(database_url, tables_of)


async def test_what_was_logged_is_there_after_a_restart(database_url: str) -> None:
    first = await Store.open(database_url)
    await first.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    await first.close()
    second = await Store.open(database_url)
    assert [each.text for each in await second.open_questions()] == ["do ferns dream at night"]
    await second.close()


async def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    await (await Store.open(database_url)).close()
    async with a_connection(database_url) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreUnavailableError) as told:
        await Store.open(database_url)
    assert "was made by a newer version: it stands at revision 9999" in str(told.value)
    assert "Install that version again, or restore the backup" in str(told.value)
    async with a_connection(database_url) as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).all() == [
            ("9999",)
        ]


async def test_a_migration_that_fails_leaves_nothing_behind(database_url: str) -> None:
    async with a_connection(database_url) as connection:
        await connection.execute(text("CREATE TABLE questions (not_ours INTEGER)"))
        await connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    with pytest.raises(StoreUnavailableError, match="another program"):
        await Store.open(database_url)
    assert await looked_up(database_url, tables_of) == {"questions", "alembic_version"}
    async with a_connection(database_url) as connection:
        await connection.execute(text("DROP TABLE questions"))
    await (await Store.open(database_url)).close()


async def test_a_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "caveat.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        theirs.commit()
    before = file.read_bytes()
    with pytest.raises(StoreUnavailableError) as told:
        await Store.open(sqlite_url(tmp_path))
    assert "it holds tables of another program: 'customers'. Name another file in DATABASE_URL" in str(
        told.value
    )
    assert file.read_bytes() == before


async def test_a_file_that_is_empty_is_taken(tmp_path: Path) -> None:
    (tmp_path / "caveat.db").touch()
    await (await Store.open(sqlite_url(tmp_path))).close()
    assert set(metadata.tables) < await looked_up(sqlite_url(tmp_path), tables_of)


async def test_two_databases_can_be_opened_at_once(database_url: str, tmp_path: Path) -> None:
    urls = [database_url, database_url, *(sqlite_url(tmp_path, f"{n}.db") for n in range(3))]
    stores = await asyncio.gather(*(Store.open(url) for url in urls))
    for store in stores:
        assert await store.open_questions() == []
        await store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_six_processes_that_open_a_new_database_at_once_all_succeed(kind: str, tmp_path: Path) -> None:
    with Nursery() as nursery:
        for attempt in range(3):
            if kind == "sqlite":
                await _open_at_once(nursery, sqlite_url(tmp_path, f"{attempt}.db"))
                continue
            async with a_postgres_database() as url:
                await _open_at_once(nursery, url)


async def _open_at_once(nursery: Nursery, url: str) -> None:
    lives = [nursery.begin("open_only", url=url, seed=number) for number in range(6)]
    told = [await asyncio.to_thread(life.end) for life in lives]
    assert [[*line] for lines in told for line in lines] == [["question", "text"]] * 6, told
    store = await Store.open(url)
    assert [each.times for each in await store.open_questions()] == [6]
    await store.close()


def test_the_revision_that_is_opened_without_alembic_is_the_newest_one() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST


async def test_a_database_of_this_version_is_opened_without_loading_alembic(database_url: str) -> None:
    await (await Store.open(database_url)).close()
    opened = (
        "import asyncio, sys; from bot.store.store import Store\n"
        "asyncio.run(Store.open(sys.argv[1])); print('alembic' in sys.modules)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", opened, database_url, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    assert out.decode().strip() == "False", err.decode()
