"""A database that cannot be opened: what is wrong and what mends it, in words, and never the password."""

from __future__ import annotations

import random
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.outcome import Reason
from bot.store import sqlite_file
from bot.store.engine import StoreUnavailableError
from bot.store.sqlite_file import DatabaseGoneError
from bot.store.store import Store
from tests.databases import a_postgres_database, server_url, sqlite_url
from tests.make_kept import NOON, a_kept

SECRET = "sEcret"
NOBODY_LISTENS = "127.0.0.1:1"


async def told(url: str) -> str:
    """What is told of a database that cannot be opened."""
    with pytest.raises(StoreUnavailableError) as caught:
        await Store.open(url)
    message = str(caught.value)
    assert SECRET not in message
    return message


# ---- SQLite


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path / "new" / "folder"))
    await store.close()
    assert (tmp_path / "new" / "folder" / "caveat.db").is_file()


async def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    await (await Store.open("sqlite+aiosqlite:///~/data/caveat.db")).close()
    assert (tmp_path / "data" / "caveat.db").is_file()


async def test_signs_in_the_path_are_taken_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "50% of ünïcode"
    await (await Store.open(sqlite_url(folder))).close()
    assert (folder / "caveat.db").is_file()


async def test_a_database_in_memory_serves_many_at_once() -> None:
    store = await Store.open("sqlite+aiosqlite://")
    for _ in range(3):
        await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    assert [each.times for each in await store.open_questions()] == [3]
    await store.close()


async def test_what_is_acknowledged_is_on_the_disk(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    async with store._engine.connect() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    await store.close()
    full, on = 2, 1
    assert found == {"journal_mode": "wal", "synchronous": full, "foreign_keys": on, "secure_delete": on}


async def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    message = await told(sqlite_url(tmp_path / "data"))
    assert f"File exists: '{tmp_path}/data'" in message
    assert message.endswith("Name a file in DATABASE_URL whose folder the bot can make and write to.")


async def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    (tmp_path / "caveat.db").mkdir()
    message = await told(sqlite_url(tmp_path))
    assert "unable to open database file. Is it a folder, or may the bot not write there?" in message


async def test_a_file_that_may_only_be_read(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "caveat.db").close()
    message = await told(f"sqlite+aiosqlite:///file:{tmp_path}/caveat.db?mode=ro&uri=true")
    assert "attempt to write a readonly database. Give the bot the right to write" in message


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "caveat.db").write_text("Dear diary, today I watered the ferns. " * 99)
    message = await told(sqlite_url(tmp_path))
    assert (
        "file is not a database. It is damaged, or no database: restore a backup, or move it away" in message
    )
    assert (tmp_path / "caveat.db").read_text().startswith("Dear diary")


async def test_a_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "BUSY_TIMEOUT_MS", 50)
    with closing(sqlite3.connect(tmp_path / "caveat.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        message = await told(sqlite_url(tmp_path))
    assert "database is locked. Another program holds it" in message
    await (await Store.open(sqlite_url(tmp_path))).close()


async def test_a_damaged_file_opens_or_is_told_but_never_crashes(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path, "whole.db"))
    for number in range(200):
        await store.log_unanswered(a_kept(f"question {number}"), Reason.UNSURE, NOON)
    await store.close()
    whole = (tmp_path / "whole.db").read_bytes()
    found, chance = 0, random.Random(8)
    for attempt in range(30):
        at, size = chance.randrange(len(whole)), chance.choice([1, 50, 5000])
        damaged = whole[:at] + chance.randbytes(size) + whole[at + size :]
        file = tmp_path / f"{attempt}.db"
        file.write_bytes(damaged if chance.random() < 0.8 else whole[: max(1, at)])
        try:
            await (await Store.open(sqlite_url(tmp_path, file.name))).close()
        except StoreUnavailableError as fault:
            found += 1
            assert "damaged" in str(fault), fault
    assert found > 5


async def test_a_file_that_is_deleted_while_in_use_takes_no_more_questions(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    (tmp_path / "caveat.db").rename(tmp_path / "elsewhere.db")
    with pytest.raises(DatabaseGoneError, match="was moved or deleted while in use"):
        await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    (tmp_path / "elsewhere.db").rename(tmp_path / "caveat.db")
    await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    assert [each.times for each in await store.open_questions()] == [2]
    await store.close()


# ---- addresses


@pytest.mark.parametrize(
    "url",
    [
        "",
        "caveat.db",
        f"my password is {SECRET}",
        f"postgresql+asyncpg://bot:{SECRET}@host:port/caveat",
        f"mysql+aiomysql://bot:{SECRET}@host/caveat",
        f"postgresql+psycopg://bot:{SECRET}@host/caveat",
        f"{SECRET}://bot:{SECRET}@host/caveat",
    ],
)
async def test_an_address_that_is_none_is_told_with_the_forms_that_are(url: str) -> None:
    message = await told(url)
    assert "DATABASE_URL" in message


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
async def test_an_address_of_sqlite_needs_no_driver(scheme: str, tmp_path: Path) -> None:
    await (await Store.open(f"{scheme}:///{tmp_path}/caveat.db")).close()
    assert (tmp_path / "caveat.db").is_file()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
async def test_an_address_of_postgresql_needs_no_driver(scheme: str) -> None:
    async with a_postgres_database() as url:
        await (await Store.open(url.replace("postgresql+asyncpg", scheme))).close()


# ---- PostgreSQL


async def test_a_server_that_does_not_run() -> None:
    pytest.importorskip("asyncpg")
    message = await told(f"postgresql+asyncpg://bot:{SECRET}@{NOBODY_LISTENS}/caveat?password={SECRET}")
    assert message.startswith(
        f"the database postgresql+asyncpg://bot:***@{NOBODY_LISTENS}/caveat cannot be opened"
    )
    assert "Does the server run, and are host and port in DATABASE_URL right?" in message


async def test_a_host_that_does_not_exist() -> None:
    pytest.importorskip("asyncpg")
    message = await told(f"postgresql+asyncpg://bot:{SECRET}@caveat.invalid/caveat")
    assert "Does the server run, and are host and port in DATABASE_URL right?" in message


async def test_a_parameter_that_asyncpg_does_not_know() -> None:
    pytest.importorskip("asyncpg")
    message = await told(f"postgresql+asyncpg://bot:{SECRET}@{NOBODY_LISTENS}/caveat?sslmode=require")
    assert "it is ssl=require, not sslmode=require" in message


async def test_a_database_that_does_not_exist() -> None:
    url = make_url(server_url()).set(database="caveat_nowhere")
    message = await told(url.render_as_string(hide_password=False))
    assert "Create the database, with `createdb`, or correct its name in DATABASE_URL." in message


async def test_a_user_that_does_not_exist() -> None:
    url = make_url(server_url()).set(username="caveat_nobody", password=SECRET)
    message = await told(url.render_as_string(hide_password=False))
    assert "Look at the user and the password in DATABASE_URL." in message


async def test_a_wrong_password() -> None:
    """On a server that trusts everybody, as a throw-away one often does, there is none."""
    server = make_url(server_url())
    admin = create_async_engine(server, isolation_level="AUTOCOMMIT")
    user = f"caveat_password_{secrets.token_hex(4)}"
    async with admin.connect() as connection:
        await connection.execute(text(f"CREATE ROLE {user} LOGIN PASSWORD 'another one'"))
    try:
        url = server.set(username=user, password=SECRET).render_as_string(hide_password=False)
        probe = create_async_engine(url)
        try:
            async with probe.connect():
                pytest.skip("this server asks for no password")
        except Exception as fault:  # whatever the driver raises for it
            assert "password" in str(fault)
        finally:
            await probe.dispose()
        message = await told(url)
        assert "Look at the user and the password in DATABASE_URL." in message
    finally:
        async with admin.connect() as connection:
            await connection.execute(text(f"DROP ROLE {user}"))
        await admin.dispose()


async def test_a_user_that_may_not_create_tables() -> None:
    user = f"caveat_guest_{secrets.token_hex(4)}"
    async with a_postgres_database() as url:
        admin = create_async_engine(url, isolation_level="AUTOCOMMIT")
        async with admin.connect() as connection:
            await connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
            await connection.execute(text(f"CREATE ROLE {user} LOGIN PASSWORD '{SECRET}'"))
            try:
                guest = make_url(url).set(username=user, password=SECRET)
                message = await told(guest.render_as_string(hide_password=False))
                assert "Let the user create tables: GRANT CREATE, USAGE ON SCHEMA public" in message
            finally:
                await connection.execute(text(f"DROP ROLE {user}"))
        await admin.dispose()
