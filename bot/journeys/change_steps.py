"""From a change that is kept to one that stands at the remote; what was cut off on the way is taken up."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.journeys.change_words import add
from bot.journeys.workbench import Workbench
from bot.knowledge.clone import PartedError
from bot.knowledge.edit import Refusal, Refused
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.repository import Change, Repository
from bot.store.changes import (
    ChangeKind,
    ChangeSet,
    ChangeStatus,
    ClusterFacts,
    FileChange,
)

STILL_TO_TAKE_BACK = "its branch is still to be taken back"
_ATTEMPTS = 5
_SUBJECTS = {
    ChangeKind.PHRASING: "Add a phrasing to {}",
    ChangeKind.DECOY: "Add a decoy to {}",
    ChangeKind.ENTRY: "Draft the entry {}",
}
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Tended:
    """What became of changes that were cut off or had failed: each as it stands now."""

    went_on: tuple[ChangeSet, ...]
    troubled: tuple[ChangeSet, ...]


@dataclass(slots=True)
class Pause:
    """When to do something again: `every` so often; where it failed after a minute, then after twice as long
    each time, at most an hour."""

    every: timedelta = timedelta(0)
    failures: int = 0
    until: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it may be tried."""
        return self.until is None or now >= self.until

    def note(self, now: datetime, *, failed: bool) -> None:
        """How it went."""
        self.failures = self.failures + 1 if failed else 0
        longer = _FIRST_PAUSE * 2 ** min(max(self.failures - 1, 0), 10)
        self.until = now + (min(longer, _LONGEST_PAUSE) if failed else self.every)


async def carry_on(bench: Workbench, change: ChangeSet) -> ChangeSet:
    """Commit and push a change as far as it goes, or take a withdrawn one back; as it stands then.

    It may have been cut off between any two steps before, and another process may be at it too.
    Nothing is raised for what git or the remote do not do: it stands as the change's trouble.
    """
    repository, branch = bench.repository, change.branch
    if isinstance(repository, NoRepository) or branch is None:
        return change
    try:
        if change.status is ChangeStatus.KEPT:
            facts = await _cluster(bench, change)
            commit, files = await asyncio.to_thread(_commit, repository, change, message_of(change, facts))
            await bench.changes.committed(change.id, commit, files)
            change = await _again(bench, change)
        if change.status is ChangeStatus.COMMITTED and repository.pushes:
            pushed = await asyncio.to_thread(repository.push, branch)
            if pushed is not None and not await bench.changes.pushed(change.id, pushed.link):
                change = await _again(bench, change)
                if change.status is ChangeStatus.WITHDRAWN:  # while git pushed it
                    await bench.changes.troubled(change.id, STILL_TO_TAKE_BACK)
                    await _take_back(bench, repository, change, pushed.change.commit)
        elif change.status is ChangeStatus.WITHDRAWN and change.trouble is not None:
            await _take_back(bench, repository, change, change.commit)
    except RepositoryError as fault:
        await bench.changes.troubled(change.id, str(fault))
    except OSError as fault:
        trouble = f"the clone cannot be written ({fault.strerror}): look at its free space and rights"
        await bench.changes.troubled(change.id, trouble)
    return await _again(bench, change)


async def tend(bench: Workbench) -> Tended:
    """Take up every change that was cut off or had failed, oldest first."""
    repository = bench.repository
    if isinstance(repository, NoRepository):
        return Tended((), ())
    went_on: list[ChangeSet] = []
    troubled: list[ChangeSet] = []
    for change in await bench.changes.unfinished(pushes=repository.pushes):
        now = await carry_on(bench, change)
        (went_on if now.trouble is None else troubled).append(now)
    return Tended(tuple(went_on), tuple(troubled))


def message_of(change: ChangeSet, facts: ClusterFacts | None) -> str:
    """The commit's message: what it does, and for whom: which cluster, how many asked, no word of theirs.

    Its last line is how the commit is found again after a crash.
    """
    subject = _SUBJECTS[change.change.kind].format(change.change.entry_id)
    if facts is None:
        return f"{subject}\n\n{_mark(change)}"
    members = "1 member" if facts.askers == 1 else f"at least {facts.askers} members"
    times = "once" if facts.times == 1 else f"{facts.times} times"
    asked = f"Cluster {facts.id}: asked {times} by {members} since {facts.first_at:%Y-%m-%d}."
    return f"{subject} (cluster {facts.id})\n\n{asked}\n\n{_mark(change)}"


def _mark(change: ChangeSet) -> str:
    return f"Caveat-Change: {change.id}"


async def _cluster(bench: Workbench, change: ChangeSet) -> ClusterFacts | None:
    cluster_id = change.change.cluster_id
    return None if cluster_id is None else await bench.changes.cluster(cluster_id)


async def _take_back(bench: Workbench, repository: Repository, change: ChangeSet, pushed: str | None) -> None:
    """Take the branch of a withdrawn change away; where others work on it at the remote, it is theirs now."""
    if change.branch is not None:
        with contextlib.suppress(PartedError):
            await asyncio.to_thread(repository.take_back, change.branch, pushed)
    await bench.changes.taken_back(change.id)


async def _again(bench: Workbench, change: ChangeSet) -> ChangeSet:
    return await bench.changes.change(change.id) or change


def _commit(repository: Repository, change: ChangeSet, message: str) -> tuple[str, tuple[FileChange, ...]]:
    """The commit with the change, made unless it was; and the files as they stand in it."""
    branch, base, files = change.change.branch, change.change.base, change.change.files
    if branch is None or base is None:
        raise RepositoryError("the change was kept without a branch: take its patch, or propose it again")
    repository.open_branch(branch, base)
    if made := repository.commit_saying(branch, _mark(change), base):
        return made, files
    start = Change(branch, base)
    for _ in range(_ATTEMPTS):
        new = {file.path: file.new for file in files}
        outcome = repository.commit(start, new, author_name=change.moderator.name, message=message)
        if isinstance(outcome, Change):
            return outcome.commit, files
        start = outcome.change
        files = tuple(_upon(repository, change, file, start.commit) for file in files)
    raise RepositoryError(f"others keep changing the branch {branch}: try again")


def _upon(repository: Repository, change: ChangeSet, file: FileChange, commit: str) -> FileChange:
    """The change of a file made again upon what others made of it."""
    theirs = repository.revisions.text_at(commit, file.path)
    kind = change.change.kind
    if theirs is None or kind is ChangeKind.ENTRY:
        raise RepositoryError(f"others changed {file.path} meanwhile: withdraw this one and propose it again")
    again = add(kind, theirs, change.change.words)
    if isinstance(again, Refused) and again.why is not Refusal.DUPLICATE:
        raise RepositoryError(f"others changed {file.path} meanwhile: {again.message}; {again.mend}")
    return replace(file, old=theirs, new=theirs if isinstance(again, Refused) else again)
