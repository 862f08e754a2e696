"""What the verbs of `caveat review` do: proposals, and acts upon clusters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import NoReturn

import click

from bot.app import open_workbench
from bot.cli.ask import open_live
from bot.cli.database import address_of, opened
from bot.cli.edges import CouldNotRun
from bot.cli.served import folder_served
from bot.cli.terminal import marked, open_console
from bot.core import wording_changes as proposals
from bot.core import wording_review as wording
from bot.core.entry import Entry
from bot.core.moderator import COMMAND_LINE_ID, Moderator
from bot.core.problem import Problem
from bot.journeys.audit import called_alike, entry_called
from bot.journeys.change_words import NewEntry, NotProposed
from bot.journeys.changes import (
    NotOpen,
    Proposed,
    propose_decoy,
    propose_entry,
    propose_phrasing,
    withdraw,
)
from bot.journeys.gather import Gatherer
from bot.journeys.live import Live
from bot.journeys.pseudonyms import Pseudonyms
from bot.journeys.resolve import Outdated, ask_again, resolve
from bot.reports.review_text import told_line
from bot.settings import Settings, read_settings
from bot.store.changes import ChangeKind, ChangeStatus
from bot.store.cluster_records import Cluster, Dismissal, Done, Refused
from bot.store.store import Store

NOT_DONE = 1


@dataclass(frozen=True, slots=True)
class Place:
    """The folder of the knowledge and the address of the database, None where the settings say.

    Without a folder what the bot serves is searched, and changes are made of KNOWLEDGE_DIR and its remote.
    """

    knowledge: Path | None
    database: str | None

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


async def add(
    place: Place, seen: Seen, typed: str, words: str, output: Path | None, *, is_decoy: bool
) -> None:
    """Propose a phrasing or a decoy."""
    live = place.live()
    entry = _entry(typed, live)
    propose = propose_decoy if is_decoy else propose_phrasing
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        bench = await open_workbench(place.settings, store)
        outcome = await propose(
            bench,
            live,
            entry.id,
            words,
            cluster.id,
            seen.by,
            _now(),
            cluster_revision=_revision(cluster, seen),
        )
    _tell_proposal(outcome, output)


async def draft(
    place: Place,
    seen: Seen,
    words: tuple[str | None, str, str, str, tuple[str, ...]],
    output: Path | None,
) -> None:
    """Propose a new entry; without a question of its own it is the cluster's."""
    question, level, group, answer, sources = words
    live = place.live()
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        new = NewEntry(question or cluster.title, level, group, answer, sources=sources)
        bench = await open_workbench(place.settings, store)
        outcome = await propose_entry(
            bench, live, new, cluster.id, seen.by, _now(), cluster_revision=_revision(cluster, seen)
        )
    _tell_proposal(outcome, output)


async def dismiss(place: Place, seen: Seen, why: Dismissal) -> None:
    """Nobody is to answer it."""
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        revision = _revision(cluster, seen)
        outcome = await store.acts.dismiss(cluster.id, revision, why, seen.by, _now())
    told = wording.DID_DISMISS.format(number=cluster.id, why=wording.DISMISSALS[why.value])
    _tell(outcome, told, cluster.id)


async def snooze(place: Place, seen: Seen, wait: timedelta) -> None:
    """Out of the queue for so long."""
    until = _now() + wait
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        outcome = await store.acts.snooze(cluster.id, _revision(cluster, seen), until, seen.by, _now())
    _tell(outcome, wording.DID_SNOOZE.format(number=cluster.id, until=f"{until:%Y-%m-%d}"), cluster.id)


async def split(place: Place, seen: Seen, questions: tuple[int, ...]) -> None:
    """Some questions become a cluster of their own."""
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        outcome = await store.acts.split(cluster.id, _revision(cluster, seen), questions, seen.by, _now())
    new = outcome.cluster.id if isinstance(outcome, Done) else 0
    _tell(outcome, wording.DID_SPLIT.format(number=new), cluster.id, wording.CANNOT_SPLIT)


async def merge(place: Place, seen: Seen, into: int) -> None:
    """All of it goes into another cluster."""
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        outcome = await store.acts.merge(cluster.id, _revision(cluster, seen), into, seen.by, _now())
    told = wording.DID_MERGE.format(number=cluster.id, into=into)
    _tell(outcome, told, cluster.id, wording.CANNOT_MERGE)


async def assign(place: Place, seen: Seen, to: str | None) -> None:
    """Somebody's to do, by name; or nobody's."""
    name = " ".join((to or "").split())
    whose = Moderator(COMMAND_LINE_ID, name) if name else None
    async with place.store() as store:
        cluster = await _cluster(store, seen)
        outcome = await store.acts.assign(cluster.id, _revision(cluster, seen), whose, seen.by, _now())
    form = wording.DID_ASSIGN if name else wording.DID_GIVE_BACK
    _tell(outcome, form.format(number=cluster.id, name=name), cluster.id)


async def undo(place: Place, action_id: int, by: Moderator) -> None:
    """Take an action back."""
    async with place.store() as store:
        outcome = await store.acts.undo(action_id, by, _now())
    if outcome is Refused.GONE:
        raise CouldNotRun(f"there is no action {action_id}; `caveat review history` lists them")
    if isinstance(outcome, Refused):
        _not_done(wording.CANNOT_UNDO)
    else:
        open_console().print(marked(wording.DID_UNDO.format(number=outcome.cluster.id)))


async def take_back(place: Place, change_id: int, by: Moderator) -> None:
    """Withdraw a change set, its branch with it."""
    async with place.store() as store:
        bench = await open_workbench(place.settings, store)
        done = await withdraw(bench, change_id, by, _now())
    if isinstance(done, NotOpen):
        if done.status is None:
            raise CouldNotRun(f"there is no change {change_id}; `caveat review history` lists them")
        _not_done(proposals.NOTHING_TO_WITHDRAW.format(id=change_id, status=done.status.value))
    form = proposals.WITHDREW_ONE if len(done.change_ids) == 1 else proposals.WITHDREW_MANY
    click.echo(form.format(ids=", ".join(map(str, done.change_ids))))
    for note in done.notes:
        click.echo(proposals.NOTE.format(note=note), err=True)


async def confirm(place: Place, seen: Seen, typed: str | None) -> None:
    """An entry answers it; whoever waits is told by the bot."""
    live = place.live()
    async with place.store() as store:
        await ask_again(store, live, _now())
        cluster = await _cluster(store, seen)
        entry_id = _entry(typed, live).id if typed is not None else cluster.proposed_entry_id
        if entry_id is None:
            raise CouldNotRun(f"no entry is proposed for cluster {cluster.id}; name it with --entry")
        outcome = await resolve(store, live, cluster.id, _revision(cluster, seen), entry_id, seen.by, _now())
    if isinstance(outcome, Outdated):
        _not_done(
            f"Cluster {cluster.id} was not resolved ({outcome.why.value}): `caveat review show {cluster.id}` "
            f"shows how it stands, and the entry {entry_id} must be live."
        )
    told = told_line(outcome.told)
    text = wording.DID_CONFIRM.format(number=cluster.id, entry=entry_id, told=told)
    open_console().print(marked(text))


async def _cluster(store: Store, seen: Seen) -> Cluster:
    """The cluster that the number leads to. Raises CouldNotRun where there is none."""
    cluster = await store.clusters.left_of(seen.number)
    if cluster is None:
        raise CouldNotRun(f"there is no cluster {seen.number}; `caveat review list` shows which there are")
    if cluster.id != seen.number:
        click.echo(f"Cluster {seen.number} went into {cluster.id}, which is meant from here on.", err=True)
    return cluster


def _revision(cluster: Cluster, seen: Seen) -> int:
    return cluster.revision if seen.revision is None else seen.revision


def _entry(typed: str, live: Live) -> Entry:
    entry = entry_called(typed, live)
    if entry is None:
        near = ", ".join(called_alike(typed, live))
        raise CouldNotRun(f'there is no live entry "{" ".join(typed.split())}"; did you mean {near}?')
    return entry


def _tell(outcome: Done | Refused, told: str, number: int, impossible: str = wording.CANNOT_UNDO) -> None:
    if isinstance(outcome, Done):
        open_console().print(marked(told))
        undo_it = f"caveat review undo {outcome.action_id}"
        click.echo(f"To take it back: {undo_it}", err=True)
    elif outcome is Refused.IMPOSSIBLE:
        _not_done(impossible)
    elif outcome is Refused.GONE:
        raise CouldNotRun("there is no such cluster; `caveat review list` shows which there are")
    else:
        _not_done(
            f"Nothing was done: cluster {number} is not open, or somebody did something with it meanwhile; "
            f"`caveat review show {number}` shows how it stands now."
        )


def _not_done(text: str) -> NoReturn:
    """Raises Exit with code 1."""
    click.echo(text, err=True)
    raise click.exceptions.Exit(NOT_DONE)


def _tell_proposal(outcome: Proposed | NotProposed, output: Path | None) -> None:
    if isinstance(outcome, NotProposed):
        lines = [proposals.NOT_PROPOSED.format(message=outcome.message, mend=outcome.mend)]
        if outcome.rewording is not None:
            lines.append(proposals.REWORDING.format(text=outcome.rewording))
        for line in [*lines, *_problems(outcome.problems)]:
            click.echo(line.replace("**", ""), err=True)
        raise click.exceptions.Exit(NOT_DONE)
    console = open_console()
    for line in _proposal_lines(outcome):
        console.print(marked(line.removeprefix("### ").removeprefix("-# ")))
    if outcome.status is not ChangeStatus.PUSHED:
        _hand_over(outcome, output)
    click.echo(f"To take it back: caveat review withdraw {outcome.change_id}", err=True)


def _proposal_lines(made: Proposed) -> Iterator[str]:
    yield proposals.HEADING[made.kind.value].format(entry=made.entry_id)
    if made.status is ChangeStatus.PUSHED:
        yield proposals.PUSHED.format(branch=made.branch)
    elif made.status is ChangeStatus.COMMITTED:
        yield proposals.COMMITTED.format(branch=made.branch)
    else:
        form = proposals.KEPT if made.branch is None else proposals.KEPT_BRANCH
        yield form.format(branch=made.branch)
    if made.link is not None:
        yield made.link
    if made.kind is ChangeKind.ENTRY:
        yield proposals.DRAFT_HOW
    yield from (proposals.NOTE.format(note=note) for note in made.notes)
    yield proposals.ADVICE if made.problems else proposals.NO_ADVICE
    yield from _problems(made.problems)


def _problems(problems: tuple[Problem, ...]) -> Iterator[str]:
    for problem in problems:
        yield f"{problem.path}:{problem.line}:{problem.column}: {problem.message} [{problem.rule}]"
        yield f"    {problem.mend}"


def _hand_over(made: Proposed, output: Path | None) -> None:
    """The file and the patch into a folder; the patch to the terminal where none is named."""
    if output is None:
        click.echo(made.patch.decode("utf-8", "replace"), nl=False)
        return
    files = {PurePosixPath(path).name: content for path, content in made.files.items()}
    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, content in {**files, f"{made.entry_id}.patch": made.patch}.items():
            (output / name).write_bytes(content)
            click.echo(f"wrote {output / name}", err=True)
    except OSError as fault:
        raise CouldNotRun(f"{output} cannot be written: {fault.strerror}; name another folder") from fault


def _now() -> datetime:
    return datetime.now(UTC)


async def gathered(place: Place, store: Store, *, asks_again: bool = False) -> None:
    """Gather what waits, and ask what is open of this library: the bot may not have run since.

    The search is opened only where there is something to do.
    """
    waits = await store.placing.waiting(1) or await store.placing.disputes_waiting(1)
    if not waits and not asks_again:
        return
    live = await asyncio.to_thread(place.live)
    gatherer = Gatherer(store, Pseudonyms(place.settings.data_dir))
    placed, is_all = 0, not waits
    while not is_all:
        done = await gatherer.gather(live.matcher.engine, _now())
        placed, is_all = placed + done.placed, done.is_all
        if not is_all:
            click.echo(f"gathered {placed} questions so far", err=True)
    if asks_again:
        await ask_again(store, live, _now())
