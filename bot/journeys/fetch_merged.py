"""Fetch what was merged: a checked copy of it is served, or what is live stays live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.core.problem import Problem, has_errors
from bot.knowledge.git import RepositoryError
from bot.knowledge.repository import Diverged, Merged, Repository, UpToDate
from bot.knowledge.served import Served

Check = Callable[[Path], Awaitable[tuple[Problem, ...]]]
"""Every problem of a knowledge folder."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The copy in `folder` is served from now on; `changed` are its files that differ from before."""

    commit: str
    folder: Path
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotTaken:
    """What was merged has errors, so what is live stays live; not `is_news` where that was told before."""

    commit: str
    problems: tuple[Problem, ...]
    is_news: bool


Fetched = UpToDate | TakenOver | NotTaken | Diverged
"""What can come of it."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What was fetched, as a folder that nobody serves yet; `merged` None where it was accepted before."""

    commit: str
    folder: Path
    merged: Merged | None


@dataclass(slots=True)
class Fetcher:
    """Fetches again and again, and remembers what it refused, so that it is checked and told once."""

    served: Served
    refused: NotTaken | None = None

    async def stage(self, repository: Repository) -> Staged | UpToDate | Diverged:
        """Ask the remote; where something is to be taken over, it is laid down to be checked.

        Raises RepositoryError where git, the remote or the disk does not do its part, as does `take`. Both
        are safe to be cut off at any time, and to be run by two processes.
        """
        return await asyncio.to_thread(self._stage, repository)

    async def take(self, repository: Repository, staged: Staged, check: Check) -> TakenOver | NotTaken:
        """Check what is staged, and serve it where the check finds no error."""
        if self.refused is not None and self.refused.commit == staged.commit:
            return NotTaken(staged.commit, self.refused.problems, is_news=False)
        problems = await check(staged.folder)
        if has_errors(problems):
            self.refused = NotTaken(staged.commit, problems, is_news=True)
            return self.refused
        self.refused = None
        await asyncio.to_thread(self._take_over, repository, staged)
        changed = staged.merged.changed if staged.merged is not None else ()
        return TakenOver(staged.commit, staged.folder, changed)

    def _stage(self, repository: Repository) -> Staged | UpToDate | Diverged:
        """What is to be checked, as a folder that nobody serves yet."""
        outcome = repository.fetch_merged()
        if isinstance(outcome, Diverged):
            return outcome
        merged = outcome if isinstance(outcome, Merged) else None
        commit = outcome.new if isinstance(outcome, Merged) else outcome.commit
        if merged is None and self.served.commit() == commit and self.served.current() is not None:
            return UpToDate(commit)
        folder = self.served.copy_of(commit)
        try:
            if not folder.exists():
                repository.revisions.export(commit, folder)
        except OSError as fault:
            raise _no_room(folder, fault) from fault
        return Staged(commit, folder, merged)

    def _take_over(self, repository: Repository, staged: Staged) -> None:
        """Serve it, then note that it was accepted: cut off in between, it is fetched and checked again."""
        try:
            self.served.switch(staged.commit)
        except OSError as fault:
            raise _no_room(staged.folder, fault) from fault
        if staged.merged is not None:
            repository.accept(staged.merged)


def _no_room(folder: Path, fault: OSError) -> RepositoryError:
    return RepositoryError(
        f"{folder.parent} cannot be written ({fault.strerror}): look at its free space and rights"
    )
