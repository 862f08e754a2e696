"""Resolve: after a reload open questions are asked again; what an entry answers by now, a moderator confirms.

Nothing is told by itself: that the search finds an entry is a proposal, that it answers what was asked is a
person's word. With that word the cluster, its questions and a message to each who waits are written as one.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.library import Thresholds
from bot.core.moderator import Moderator
from bot.core.outcome import Answer, Candidate, Outcome, Reason
from bot.journeys.entry_tests import StoppedError
from bot.journeys.live import Live
from bot.matching.decide import offered
from bot.store.cluster_records import Cluster, Refused
from bot.store.resolving import ToAsk
from bot.store.store import Store

MARK = "asked-again"
"""Under this name stands the version of the library that every open question was asked of last."""
LATE = timedelta(hours=1)
"""So long after it was logged a question of an older library is looked for; it is in the queue in minutes."""
BATCH = 200
"""Questions that are asked together, off the event loop; members' own come in between."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An entry answers so many of the askings of a cluster by now, where none or another one did before."""

    cluster_id: int
    entry_id: str
    answered: int
    times: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """The cluster is resolved with that entry, and so many members are to be told."""

    cluster: Cluster
    entry_id: str
    told: int
    action_id: int


@dataclass(frozen=True, slots=True)
class Outdated:
    """Nothing was done: somebody was faster, it is gone, or it cannot be (a dispute; an entry not served).

    `cluster` as it stands by now, None where there is none.
    """

    cluster: Cluster | None
    why: Refused


async def ask_again(
    store: Store, live: Live, now: datetime, goes_on: Callable[[], bool] = lambda: True
) -> tuple[Proposed, ...]:
    """Ask every open question of this library, once for each version of it; what is new is returned.

    Once more where a question came to the log since that an older library had been asked, such as one whose
    choices were left alone meanwhile.
    Clusters that an entry answers are noted as proposed, those that none answers any more are not. Cut off
    anywhere, it begins anew at the next call. An entry that the asker has refused (as "Not my question" or
    "None of these") is proposed only where the question is a phrasing of it by now. Raises StoppedError once
    `goes_on`, which is asked between batches, says no.
    """
    version = live.library.version
    asked_of, at = await store.marks.noted(MARK)
    since = now - LATE if at is None else max(at, now - LATE)
    if asked_of == version and not await store.resolving.has_late(version, since):
        return ()
    hits: dict[int, Counter[str]] = defaultdict(Counter)
    times: Counter[int] = Counter()
    last_id = 0
    while found := await store.resolving.to_ask(last_id, BATCH):
        if not goes_on():
            raise StoppedError
        outcomes = await asyncio.to_thread(live.matcher.respond_many, [each.text for each in found])
        for question, outcome in zip(found, outcomes, strict=True):
            times[question.cluster_id] += question.times
            entry_id = answering(question, outcome, live.matcher.thresholds)
            if entry_id is not None:
                hits[question.cluster_id][entry_id] += question.times
        last_id = found[-1].question_id
    before = await store.resolving.proposals()
    best = {cluster_id: _best(counts) for cluster_id, counts in hits.items()}
    changed: dict[int, str | None] = {i: e for i, (e, _) in best.items() if before.get(i) != e}
    changed |= {cluster_id: None for cluster_id in before if cluster_id not in best}
    await store.resolving.propose(changed)
    await store.marks.set(MARK, version, now)
    return tuple(
        Proposed(cluster_id, entry_id, count, times[cluster_id])
        for cluster_id, (entry_id, count) in sorted(best.items())
        if cluster_id in changed
    )


def answering(question: ToAsk, outcome: Outcome, thresholds: Thresholds) -> str | None:
    """The entry that answers an open question; None where none does, or the asker has refused it."""
    if not isinstance(outcome, Answer):
        return None
    refused: tuple[Candidate, ...] = ()
    if question.reason is Reason.NOT_MY_QUESTION:
        refused = question.candidates[:1]
    elif question.reason is Reason.NONE_OF_THESE:
        refused = offered(question.candidates, thresholds)
    is_refused = any(candidate.entry_id == outcome.entry_id for candidate in refused)
    return None if is_refused and outcome.confidence < 1.0 else outcome.entry_id


async def resolve(
    store: Store,
    live: Live,
    cluster_id: int,
    revision: int,
    entry_id: str,
    moderator: Moderator,
    now: datetime,
) -> Resolved | Outdated:
    """A moderator's word that this entry answers the cluster, as it stood at that revision.

    When this returns `Resolved`, the questions are answered and the messages to who waits are on the disk;
    the bot sends them from there, each once.
    """
    entry = live.library.served(entry_id)
    if entry is None:
        return Outdated(await store.clusters.cluster(cluster_id), Refused.IMPOSSIBLE)
    found = await store.resolving.resolve(cluster_id, revision, entry.id, entry.version, moderator, now)
    if isinstance(found, Refused):
        return Outdated(await store.clusters.cluster(cluster_id), found)
    return Resolved(found.done.cluster, entry.id, found.told, found.done.action_id)


def _best(counts: Counter[str]) -> tuple[str, int]:
    """The entry that answers most of what was asked; of equals, the first by id."""
    return min(counts.items(), key=lambda each: (-each[1], each[0]))
