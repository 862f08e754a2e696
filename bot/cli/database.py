"""The log's database, for the verbs that read it or write into it beside the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import click

from bot.cli.edges import CouldNotRun
from bot.settings import read_settings
from bot.store.store import Store

LARGEST_ID = 2**63 - 1
"""The largest number that the databases keep as an id."""
Verb = TypeVar("Verb", bound=Callable[..., None])


def with_database(verb: Verb) -> Verb:
    """Give a verb the option --database."""
    return click.option(
        "--database", metavar="URL", help="The log's address, instead of DATABASE_URL's or the default."
    )(verb)


def address_of(database: str | None) -> str:
    """The log's address. Raises CouldNotRun where its SQLite file is not there: reading makes none."""
    address = database or read_settings().database_url
    if not address.startswith("sqlite"):
        return address
    parts = urlsplit(address)
    file = Path(unquote(parts.path.removeprefix("/"))).expanduser()
    if not parts.query and not file.is_file():
        raise CouldNotRun(
            f"there is no log at {file}: the bot makes it when it first runs; "
            "name another with --database sqlite+aiosqlite:///FILE"
        )
    return address


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Store]:
    """The open store. Raises StoreUnavailableError, whose message tells the mend."""
    store = await Store.open(address)
    try:
        yield store
    finally:
        await store.close()
