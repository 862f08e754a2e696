"""Which changes have arrived: their commit is in main, or what they say is in what is live."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.core.library import Library
from bot.journeys.workbench import Workbench
from bot.knowledge.git import RepositoryError
from bot.knowledge.repository import Repository
from bot.knowledge.scalars import same_text
from bot.store.changes import ChangeKind, ChangeSet


async def note_merged(bench: Workbench, library: Library) -> tuple[ChangeSet, ...]:
    """Note every open change that has arrived; those that were news, oldest first.

    A merge that made other commits of it (a squash, a rebase) is known by what is live.
    """
    news = []
    for change in await bench.changes.open():
        has_arrived = is_in(change, library) or await _is_in_main(bench, change)
        if has_arrived and await bench.changes.merged(change.id):
            news.append(change)
            await _forget(bench, change)
    return tuple(news)


def is_in(change: ChangeSet, library: Library) -> bool:
    """Whether the library has what the change adds; a new entry also while it is a draft."""
    new = change.change
    entry = library.entries.get(new.entry_id)
    if entry is None or new.kind is ChangeKind.ENTRY:
        return entry is not None
    texts = entry.searched if new.kind is ChangeKind.PHRASING else entry.decoys
    return same_text(new.words) in map(same_text, texts)


async def _is_in_main(bench: Workbench, change: ChangeSet) -> bool:
    repository = bench.repository
    if change.commit is None or not isinstance(repository, Repository):
        return False
    try:
        return await asyncio.to_thread(repository.is_in_main, change.commit)
    except RepositoryError:
        return False  # nothing was fetched so far


async def _forget(bench: Workbench, change: ChangeSet) -> None:
    """The branch is not needed here any more, once nothing of it is open."""
    branch = change.branch
    if branch is None or not isinstance(bench.repository, Repository):
        return
    if not any(each.is_open for each in await bench.changes.on_branch(branch)):
        with suppress(RepositoryError):  # it was forgotten before
            await asyncio.to_thread(bench.repository.forget, branch)
