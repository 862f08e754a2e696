"""Change sets: from what a moderator proposes to a commit on a branch, or a file and a patch without git."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.core.moderator import Moderator
from bot.core.problem import Problem
from bot.journeys.change_check import CheckedChange, check_change
from bot.journeys.change_steps import STILL_TO_TAKE_BACK, carry_on
from bot.journeys.change_words import Addition, NewEntry, NotProposed, Why, telling, written
from bot.journeys.live import Live
from bot.journeys.workbench import Workbench
from bot.knowledge.commits import branch_name
from bot.knowledge.git import NoRepository, RepositoryError
from bot.knowledge.patch import unified_patch
from bot.knowledge.repository import Change, Repository
from bot.knowledge.snapshot import read_snapshot
from bot.matching.engine import Engine
from bot.store.changes import ChangeKind, ChangeSet, ChangeStatus, FileChange, NewChange

_ATTEMPTS = 3
"""A cluster may change while the change is checked, which takes seconds: then it is planned anew."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change that is kept, and how far it came.

    `branch` and `commit` are None without git, `link` (the page that opens the merge request) unless it
    was pushed to a known forge. `files` are the whole files by path, `patch` is for `git am` (with
    git) or `git apply`. `problems` do not stand in its way: advice on what it touches, and errors that
    were there before. `notes` say what else there is to know, such as why it was not pushed, and the mend.
    """

    change_id: int
    entry_id: str
    kind: ChangeKind
    status: ChangeStatus
    branch: str | None
    commit: str | None
    link: str | None
    patch: bytes
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The change set is withdrawn: these changes, which stood on one branch; `notes` as in Proposed."""

    change_ids: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotOpen:
    """There is nothing to withdraw: there is no such change (None), or it was merged or withdrawn."""

    change_id: int
    status: ChangeStatus | None


@dataclass(frozen=True, slots=True)
class _Base:
    """What a change builds upon: all of the knowledge as text, its branch and its commit."""

    files: Mapping[str, str]
    branch: str | None = None
    commit: str | None = None
    notes: tuple[str, ...] = ()


async def propose_phrasing(
    bench: Workbench,
    live: Live,
    entry_id: str,
    text: str,
    cluster_id: int | None,
    moderator: Moderator,
    now: datetime,
    *,
    cluster_revision: int | None = None,
) -> Proposed | NotProposed:
    """Propose one more phrasing of an entry; `text` is as the moderator worded or confirmed it.

    With `cluster_revision` it is refused where others have changed the cluster since. Git, the remote
    and a check of the whole knowledge take seconds: answer the press before.
    """
    idea = Addition(ChangeKind.PHRASING, entry_id, text)
    return await _propose(bench, live.matcher.engine, idea, cluster_id, moderator, now, cluster_revision)


async def propose_decoy(
    bench: Workbench,
    live: Live,
    entry_id: str,
    text: str,
    cluster_id: int | None,
    moderator: Moderator,
    now: datetime,
    *,
    cluster_revision: int | None = None,
) -> Proposed | NotProposed:
    """Propose a question that this entry must not answer; otherwise as `propose_phrasing`."""
    idea = Addition(ChangeKind.DECOY, entry_id, text)
    return await _propose(bench, live.matcher.engine, idea, cluster_id, moderator, now, cluster_revision)


async def propose_entry(
    bench: Workbench,
    live: Live,
    entry: NewEntry,
    cluster_id: int | None,
    moderator: Moderator,
    now: datetime,
    *,
    cluster_revision: int | None = None,
) -> Proposed | NotProposed:
    """Propose a draft, which is served to nobody until a person sets it live; else as `propose_phrasing`."""
    return await _propose(bench, live.matcher.engine, entry, cluster_id, moderator, now, cluster_revision)


async def withdraw(
    bench: Workbench, change_id: int, moderator: Moderator, now: datetime
) -> Withdrawn | NotOpen:
    """Withdraw the change set that a change belongs to, its branch here and at the remote with it.

    A branch with which others went on stays at the remote.
    """
    gone = await bench.changes.withdraw(change_id, moderator, now, STILL_TO_TAKE_BACK)
    if not gone:
        change = await bench.changes.change(change_id)
        return NotOpen(change_id, None if change is None else change.status)
    troubles = []
    for each in gone:
        change = await bench.changes.change(each)
        if change is not None and (now_as := await carry_on(bench, change)).trouble is not None:
            troubles.append(now_as.trouble)
    return Withdrawn(gone, tuple(dict.fromkeys(trouble for trouble in troubles if trouble)))


async def shown(
    bench: Workbench, change: ChangeSet, told: CheckedChange | None = None, notes: tuple[str, ...] = ()
) -> Proposed:
    """A change as it stands now, with its files and its patch, such as for a download."""
    files = {file.path: file.new.encode("utf-8", "surrogateescape") for file in change.change.files}
    problems = (*told.caused, *told.before, *told.advice) if told is not None else ()
    return Proposed(
        change_id=change.id,
        entry_id=change.change.entry_id,
        kind=change.change.kind,
        status=change.status,
        branch=change.branch,
        commit=change.commit,
        link=change.link,
        patch=await asyncio.to_thread(_patch, bench, change),
        files=files,
        problems=problems,
        notes=tuple(dict.fromkeys(note for note in (*notes, change.trouble) if note)),
    )


async def _propose(
    bench: Workbench,
    engine: Engine,
    idea: Addition | NewEntry,
    cluster_id: int | None,
    moderator: Moderator,
    now: datetime,
    cluster_revision: int | None,
) -> Proposed | NotProposed:
    if refused := telling(idea):
        return refused
    for _ in range(_ATTEMPTS):
        revision = cluster_revision
        if cluster_id is not None:
            facts = await bench.changes.cluster(cluster_id)
            if facts is None or cluster_revision not in (None, facts.revision):
                return _outdated(cluster_id, is_there=facts is not None)
            revision = facts.revision
        going_on = await _open_change(bench, cluster_id)
        try:
            planned = await asyncio.to_thread(_plan, bench, engine, idea, going_on, cluster_id, now.date())
        except (OSError, RepositoryError) as fault:
            message = f"the change could not be checked ({fault})"
            return NotProposed(Why.FAILED, message, "look at the free space and the rights, and try again")
        if isinstance(planned, NotProposed):
            return planned
        new, told, notes = planned
        change_id = await bench.changes.keep(new, moderator, now, revision)
        change = await bench.changes.change(change_id) if change_id is not None else None
        if change is not None:
            return await shown(bench, await carry_on(bench, change), told, notes)
    return _outdated(cluster_id, is_there=True)


def _outdated(cluster_id: int | None, *, is_there: bool) -> NotProposed:
    if not is_there:
        return NotProposed(Why.UNKNOWN, f"there is no cluster {cluster_id}", "look it up in the queue again")
    message = f"somebody else did something with cluster {cluster_id} meanwhile"
    return NotProposed(Why.OUTDATED, message, "look at it as it stands now, and do it again")


async def _open_change(bench: Workbench, cluster_id: int | None) -> ChangeSet | None:
    """The newest open change of a cluster that has a branch: what comes next goes there too."""
    if cluster_id is None:
        return None
    found = await bench.changes.of_cluster(cluster_id)
    return next((change for change in reversed(found) if change.is_open and change.branch), None)


def _plan(
    bench: Workbench,
    engine: Engine,
    idea: Addition | NewEntry,
    going_on: ChangeSet | None,
    cluster_id: int | None,
    today: date,
) -> tuple[NewChange, CheckedChange, tuple[str, ...]] | NotProposed:
    """What is to be kept, checked; blocks for seconds."""
    base = _base(bench, going_on)
    made = written(idea, base.files, today)
    if isinstance(made, NotProposed):
        return made
    told = check_change(base.files, {made.file.path: made.file.new}, engine, today)
    if told.caused:
        count = "an error" if len(told.caused) == 1 else f"{len(told.caused)} errors"
        first = told.caused[0]
        message = f"the knowledge would have {count}, the first: {first.message}"
        return NotProposed(Why.ERRORS, message, first.mend, told.caused)
    kind = idea.kind if isinstance(idea, Addition) else ChangeKind.ENTRY
    words = idea.words if isinstance(idea, Addition) else idea.question
    branch = base.branch
    if branch is None and base.commit is not None:
        branch = branch_name(
            f"{kind}-{made.entry_id}" if cluster_id is None else f"cluster-{cluster_id}-{made.entry_id}"
        )
    trouble = "; ".join(base.notes) if branch is None else None
    new = NewChange(kind, made.entry_id, words, (made.file,), cluster_id, branch, base.commit, trouble)
    return new, told, base.notes


def _base(bench: Workbench, going_on: ChangeSet | None) -> _Base:
    """The open branch where there is one to go on with, else the newest main, else the folder itself."""
    repository = bench.repository
    if isinstance(repository, NoRepository):
        return _Base(read_snapshot(bench.folder), notes=(f"{repository.why}: {repository.mend}",))
    notes: list[str] = []
    try:
        commit = _newest(repository, notes)
    except RepositoryError as fault:
        note = f"no branch could be made ({fault}); until then take the file and the patch"
        return _Base(read_snapshot(bench.folder), notes=(note,))
    known = _caught_up(repository, going_on, notes) if going_on is not None else None
    branch, commit = (known.branch, known.commit) if known is not None else (None, commit)
    files = repository.revisions.files_at(commit)
    yaml = {path: text for path, text in files.items() if path.endswith(".yaml")}
    return _Base(yaml, branch, commit, tuple(notes))


def _caught_up(repository: Repository, going_on: ChangeSet, notes: list[str]) -> Change | None:
    """The open branch as it stands at the remote; None where a new one is to be begun."""
    if going_on.branch is None or going_on.change.base is None:
        return None
    was_pushed = going_on.status is ChangeStatus.PUSHED
    try:
        here = repository.open_branch(going_on.branch, going_on.change.base)
        is_away = bool(notes) and not was_pushed  # nobody else can have gone on with it
        return here if is_away else repository.catch_up(going_on.branch, was_pushed=was_pushed)
    except RepositoryError as fault:
        notes.append(f"a new branch was begun, since the one that is there could not be fetched: {fault}")
        return None


def _newest(repository: Repository, notes: list[str]) -> str:
    try:
        return repository.newest()
    except RepositoryError as fault:
        try:
            commit = repository.newest(fetch=False)
        except RepositoryError:
            raise fault from None  # nothing was ever fetched, and this says why
        notes.append(f"it builds upon what was fetched last: {fault}")
        return commit


def _patch(bench: Workbench, change: ChangeSet) -> bytes:
    """Its own commit for `git am`, else the difference of the files for `git apply`."""
    repository = bench.repository
    if change.branch and change.commit and change.is_open and isinstance(repository, Repository):
        try:
            if text := repository.patch(change.branch, change.commit):
                return text.encode("utf-8", "surrogateescape")
        except RepositoryError:
            pass  # the files are known, so their difference can be told without git
    return "".join(_file_patch(bench, file) for file in change.change.files).encode(
        "utf-8", "surrogateescape"
    )


def _file_patch(bench: Workbench, file: FileChange) -> str:
    path = f"{bench.knowledge_path}/{file.path}".lstrip("/")
    return unified_patch(file.old, file.new, path)
