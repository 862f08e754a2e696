"""What the verbs of `caveat review` share: where they work, which cluster is meant, and how they refuse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from bot.cli.ask import open_live
from bot.cli.database import address_of, opened
from bot.cli.edges import CouldNotRun
from bot.cli.review_options import moderator_called
from bot.cli.served import folder_served
from bot.core.entry import Entry
from bot.core.moderator import Moderator
from bot.journeys.audit import called_alike, entry_called
from bot.journeys.live import Live
from bot.settings import Settings, read_settings
from bot.store.cluster_records import Cluster
from bot.store.store import Store

NOT_DONE = 1


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the knowledge and the address of the database, None where the settings say.

    Without a folder what the bot serves is searched, and changes are made of KNOWLEDGE_DIR and its remote.
    """

    knowledge: Path | None
    database: str | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Place:
        """As a verb was given it."""
        return cls(given["knowledge"], given["database"])

    @property
    def settings(self) -> Settings:
        """The settings, with that folder."""
        return read_settings() if self.knowledge is None else read_settings(knowledge_dir=self.knowledge)

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The open store."""
        async with opened(address_of(self.database)) as store:
            yield store

    def live(self) -> Live:
        """The library that the bot serves with its matcher, or that of the folder."""
        return open_live(folder_served(self.knowledge))


@dataclass(frozen=True, slots=True)
class Seen:
    """The cluster that is meant, the revision that was seen (None: as it stands), and who acts."""

    number: int
    revision: int | None
    by: Moderator

    @classmethod
    def of(cls, number: int, given: Mapping[str, Any]) -> Seen:
        """As a verb was given it. Raises UsageError for a name of blanks."""
        return cls(number, given["revision"], moderator_called(given["name"]))


async def cluster_of(store: Store, seen: Seen) -> Cluster:
    """The cluster that the number leads to. Raises CouldNotRun where there is none."""
    cluster = await store.clusters.left_of(seen.number)
    if cluster is None:
        raise CouldNotRun(f"there is no cluster {seen.number}; `caveat review list` shows which there are")
    if cluster.id != seen.number:
        click.echo(f"Cluster {seen.number} went into {cluster.id}, which is meant from here on.", err=True)
    return cluster


def revision_of(cluster: Cluster, seen: Seen) -> int:
    """The revision that an act is for: the one that was seen, else as it stands."""
    return cluster.revision if seen.revision is None else seen.revision


def entry_of(typed: str, live: Live) -> Entry:
    """The live entry of that id or question. Raises CouldNotRun, with those that are alike."""
    entry = entry_called(typed, live)
    if entry is None:
        near = ", ".join(called_alike(typed, live))
        raise CouldNotRun(f'there is no live entry "{" ".join(typed.split())}"; did you mean {near}?')
    return entry


def not_done(text: str) -> NoReturn:
    """Raises Exit with code 1."""
    click.echo(text, err=True)
    raise click.exceptions.Exit(NOT_DONE)


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
