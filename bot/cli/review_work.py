"""What the verbs of `caveat review` do to clusters, and how new questions are gathered first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import click

from bot.cli.edges import CouldNotRun
from bot.cli.review_place import Place, Seen, cluster_of, entry_of, not_done, now, revision_of
from bot.cli.terminal import marked, open_console
from bot.core import wording_review as wording
from bot.core.moderator import COMMAND_LINE_ID, Moderator
from bot.journeys.gather import Gatherer
from bot.journeys.pseudonyms import Pseudonyms
from bot.journeys.resolve import Outdated, ask_again, resolve
from bot.reports.review_text import told_line
from bot.store.cluster_records import Cluster, ClusterKind, ClusterStatus, Dismissal, Done, Refused
from bot.store.store import Store


async def dismiss(place: Place, seen: Seen, why: Dismissal) -> None:
    """Nobody is to answer it."""
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        revision = revision_of(cluster, seen)
        outcome = await store.acts.dismiss(cluster.id, revision, why, seen.by, now())
    told = wording.DID_DISMISS.format(number=cluster.id, why=wording.DISMISSALS[why.value])
    whys = ", ".join(each for each in Dismissal if each is not Dismissal.SETTLED)
    impossible = (
        f"Nothing was done: settled is for what was said to be wrong, and cluster {cluster.id} "
        f"is of questions; name one of {whys}"
    )
    _tell(outcome, told, cluster.id, impossible)


async def snooze(place: Place, seen: Seen, wait: timedelta) -> None:
    """Out of the queue for so long."""
    until = now() + wait
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        outcome = await store.acts.snooze(cluster.id, revision_of(cluster, seen), until, seen.by, now())
    _tell(outcome, wording.DID_SNOOZE.format(number=cluster.id, until=f"{until:%Y-%m-%d}"), cluster.id)


async def split(place: Place, seen: Seen, questions: tuple[int, ...]) -> None:
    """Some questions become a cluster of their own."""
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        outcome = await store.acts.split(cluster.id, revision_of(cluster, seen), questions, seen.by, now())
    new = outcome.cluster.id if isinstance(outcome, Done) else 0
    _tell(outcome, wording.DID_SPLIT.format(number=new), cluster.id, wording.CANNOT_SPLIT)


async def merge(place: Place, seen: Seen, into: int) -> None:
    """All of it goes into another cluster."""
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        outcome = await store.acts.merge(cluster.id, revision_of(cluster, seen), into, seen.by, now())
    told = wording.DID_MERGE.format(number=cluster.id, into=into)
    _tell(outcome, told, cluster.id, wording.CANNOT_MERGE)


async def assign(place: Place, seen: Seen, to: str | None) -> None:
    """Somebody's to do, by name; or nobody's."""
    name = " ".join((to or "").split())
    whose = Moderator(COMMAND_LINE_ID, name) if name else None
    async with place.store() as store:
        cluster = await cluster_of(store, seen)
        outcome = await store.acts.assign(cluster.id, revision_of(cluster, seen), whose, seen.by, now())
    form = wording.DID_ASSIGN if name else wording.DID_GIVE_BACK
    _tell(outcome, form.format(number=cluster.id, name=name), cluster.id)


async def undo(place: Place, action_id: int, by: Moderator) -> None:
    """Take an action back; a proposal is no action that can be, and its number is taken for the change's."""
    async with place.store() as store:
        outcome = await store.acts.undo(action_id, by, now())
        change_id = None if isinstance(outcome, Done) else await _change_meant(store, action_id, outcome)
    if change_id is not None:
        not_done(f"Nothing was done: that is a change; to take it back: caveat review withdraw {change_id}")
    if outcome is Refused.GONE:
        raise CouldNotRun(f"there is no action {action_id}; `caveat review history` lists them")
    if isinstance(outcome, Refused):
        not_done(wording.CANNOT_UNDO)
    else:
        open_console().print(marked(wording.DID_UNDO.format(number=outcome.cluster.id)))


async def _change_meant(store: Store, number: int, why: Refused) -> int | None:
    """The open change that the action of that number proposed, or that has the number itself."""
    if why is Refused.GONE:
        change = await store.changes.change(number)
    else:
        newest = await store.clusters.history(limit=1, before=number + 1)
        proposed = newest[0].change_id if newest else None
        change = None if proposed is None else await store.changes.change(proposed)
    return change.id if change is not None and change.is_open else None


async def confirm(place: Place, seen: Seen, typed: str | None, *, anyway: bool) -> None:
    """An entry answers it; whoever waits is told by the bot.

    Only the entry that the search answers the questions with, unless `anyway`: what was told stays told.
    """
    live = place.live()
    async with place.store() as store:
        await ask_again(store, live, now())
        cluster = await cluster_of(store, seen)
        entry_id = entry_of(typed, live).id if typed is not None else cluster.proposed_entry_id
        if entry_id is None:
            raise CouldNotRun(f"no entry is proposed for cluster {cluster.id}; name it with --entry")
        if cluster.kind is ClusterKind.QUESTION and cluster.status is ClusterStatus.OPEN and not anyway:
            _check_found(cluster, entry_id)
        outcome = await resolve(store, live, cluster.id, revision_of(cluster, seen), entry_id, seen.by, now())
    if isinstance(outcome, Outdated):
        not_done(
            f"Cluster {cluster.id} was not resolved ({outcome.why.value}): `caveat review show {cluster.id}` "
            f"shows how it stands, and the entry {entry_id} must be live."
        )
    told = told_line(outcome.told)
    text = wording.DID_CONFIRM.format(number=cluster.id, entry=entry_id, told=told)
    open_console().print(marked(text))


def _check_found(cluster: Cluster, entry_id: str) -> None:
    """Raises Exit with code 1 where the search does not answer the cluster's questions with that entry."""
    found = cluster.proposed_entry_id
    if found == entry_id:
        return
    instead = "with no entry" if found is None else f"with {found}"
    not_done(
        f"Nothing was done: the search answers the questions of cluster {cluster.id} {instead}, "
        f"not with {entry_id}, and a message to those who wait cannot be taken back.\n"
        f'To make it answer them: caveat review add-phrasing {cluster.id} {entry_id} "THE QUESTION"\n'
        "If you have read both and it does answer them: the same with --anyway"
    )


def _tell(outcome: Done | Refused, told: str, number: int, impossible: str = wording.CANNOT_UNDO) -> None:
    if isinstance(outcome, Done):
        open_console().print(marked(told))
        undo_it = f"caveat review undo {outcome.action_id}"
        click.echo(f"To take it back: {undo_it}", err=True)
    elif outcome is Refused.IMPOSSIBLE:
        not_done(impossible)
    elif outcome is Refused.GONE:
        raise CouldNotRun("there is no such cluster; `caveat review list` shows which there are")
    else:
        not_done(
            f"Nothing was done: cluster {number} is not open, or somebody did something with it meanwhile; "
            f"`caveat review show {number}` shows how it stands now."
        )


async def gathered(place: Place, store: Store, *, asks_again: bool = False) -> None:
    """Gather what waits, and ask what is open of this library: the bot may not have run since.

    The search is opened only where there is something to do.
    """
    waits = await store.placing.waiting(1) or await store.disputes.waiting(1)
    if not waits and not asks_again:
        return
    live = await asyncio.to_thread(place.live)
    gatherer = Gatherer(store, Pseudonyms(place.settings.data_dir))
    placed, is_all = 0, not waits
    while not is_all:
        done = await gatherer.gather(live.matcher.engine, now())
        placed, is_all = placed + done.placed, done.is_all
        if not is_all:
            click.echo(f"gathered {placed} questions so far", err=True)
    if asks_again:
        await ask_again(store, live, now())
