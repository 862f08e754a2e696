"""Review: one cluster of the queue as a moderator needs it: its questions, and why nothing answered them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.entry import Entry
from bot.core.library import Thresholds
from bot.core.outcome import Abstain, Answer, Outcome, Reason, Refer, Suggest
from bot.journeys.live import Live
from bot.matching.decide import offered
from bot.store.changes import ChangeSet
from bot.store.cluster_records import (
    Asked,
    Cluster,
    ClusterKind,
    ClusterStatus,
    Dispute,
    View,
)
from bot.store.records import OpenQuestion
from bot.store.store import Store

SHOWN_QUESTIONS = 10
SHOWN_DISPUTES = 5
SHOWN_NEAREST = 4
ASKED_ANEW = 5
"""Questions of a cluster that are asked of what is live, for the nearest entries."""
MOST_OPTIONS = 25
"""As many as a menu holds."""


class WhyNot(StrEnum):
    """Why an entry that came near was not good enough."""

    ANSWERS = "answers"
    MISSED = "missed"
    NOT_CHOSEN = "not-chosen"
    LEFT_ALONE = "left-alone"
    OUTDONE = "outdone"
    UNSURE = "unsure"
    FAR = "far"
    LANGUAGE = "language"
    UNKNOWN_WORDS = "unknown-words"
    DECOY = "decoy"
    REFERRED = "referred"


_GUARDS = {
    Reason.LANGUAGE: WhyNot.LANGUAGE,
    Reason.UNKNOWN_WORDS: WhyNot.UNKNOWN_WORDS,
    Reason.DECOY: WhyNot.DECOY,
}
_SAID = {
    Reason.NOT_MY_QUESTION: WhyNot.MISSED,
    Reason.NONE_OF_THESE: WhyNot.NOT_CHOSEN,
    Reason.LEFT_ALONE: WhyNot.LEFT_ALONE,
}


@dataclass(frozen=True, slots=True)
class Near:
    """An entry that comes near, the confidence (0 to 1) of today's search, and why that is not enough."""

    entry: Entry
    confidence: float
    why: WhyNot


@dataclass(frozen=True, slots=True)
class Case:
    """A cluster with all that is shown of it. `place` of `total` in its view, from 1; 0: not in the view."""

    cluster: Cluster
    questions: tuple[OpenQuestion, ...]
    disputes: tuple[Dispute, ...]
    places: tuple[Asked, ...]
    waiting: int
    near: tuple[Near, ...]
    thresholds: Thresholds
    changes: tuple[ChangeSet, ...]
    undoable: int | None
    view: View
    place: int
    total: int


async def first_case(
    store: Store, live: Live, view: View, now: datetime, moderator_id: int = 0
) -> Case | None:
    """The cluster that ranks first in a view; None where there is none."""
    found = await store.clusters.page(view, now, moderator_id=moderator_id, limit=1)
    return await case_of(store, live, found[0], view, now, moderator_id) if found else None


async def next_case(
    store: Store,
    live: Live,
    cluster_id: int,
    view: View,
    now: datetime,
    moderator_id: int = 0,
    *,
    back: bool = False,
) -> Case | None:
    """The next cluster of a view by rank, or the one before; at an end it begins at the other one."""
    cluster = await store.clusters.cluster(cluster_id)
    if cluster is None:
        return await first_case(store, live, view, now, moderator_id)
    found = await store.clusters.next_to(cluster, view, now, moderator_id=moderator_id, back=back)
    if found is None:
        total = await store.clusters.count(view, now, moderator_id=moderator_id)
        around = await store.clusters.page(
            view, now, moderator_id=moderator_id, limit=1, offset=max(0, total - 1) if back else 0
        )
        found = around[0] if around else None
    return None if found is None else await case_of(store, live, found, view, now, moderator_id)


async def numbered_case(
    store: Store, live: Live, cluster_id: int, view: View, now: datetime, moderator_id: int = 0
) -> Case | None:
    """What that number leads to by now; None where it never was a cluster's."""
    cluster = await store.clusters.left_of(cluster_id)
    return None if cluster is None else await case_of(store, live, cluster, view, now, moderator_id)


async def case_of(
    store: Store, live: Live, cluster: Cluster, view: View, now: datetime, moderator_id: int = 0
) -> Case:
    """All that is shown of a cluster; a few of its questions are asked of what is live."""
    queue, by = store.clusters, {"moderator_id": moderator_id}
    questions = tuple(await queue.questions(cluster.id, SHOWN_QUESTIONS))
    is_dispute = cluster.kind is ClusterKind.DISPUTE
    disputes = await queue.disputes(cluster.id, SHOWN_DISPUTES) if is_dispute else []
    found = await store.changes.of_cluster(cluster.id)
    total = await queue.count(view, now, **by)
    return Case(
        cluster=cluster,
        questions=questions,
        disputes=tuple(disputes),
        places=tuple(await queue.places(cluster.id)),
        waiting=await queue.waiting(cluster.id),
        near=await asyncio.to_thread(nearest, questions, live),
        thresholds=live.matcher.thresholds,
        changes=tuple(change for change in found if change.is_open),
        undoable=await queue.undoable(cluster.id, cluster.revision),
        view=view,
        place=1 + await queue.before(cluster, view, now, **by) if is_listed(cluster, view, now) else 0,
        total=total,
    )


def is_listed(cluster: Cluster, view: View, now: datetime) -> bool:
    """Whether a cluster belongs to a view, whosever it is."""
    is_open = cluster.status is ClusterStatus.OPEN
    is_asleep = cluster.snoozed_until is not None and cluster.snoozed_until > now
    if view is View.DISMISSED:
        return cluster.status is ClusterStatus.DISMISSED
    if view is View.SNOOZED:
        return is_open and is_asleep
    return is_open and not is_asleep and (view is not View.PROPOSED or cluster.proposed_entry_id is not None)


def nearest(questions: Sequence[OpenQuestion], live: Live, most: int = SHOWN_NEAREST) -> tuple[Near, ...]:
    """The entries that come nearest to any of these questions today, most confident first.

    What members said of an entry in the log goes before what the search thinks of it.
    """
    asked = questions[:ASKED_ANEW]
    outcomes = live.matcher.respond_many([question.text for question in asked]) if asked else []
    best: dict[str, Near] = {}
    for question, outcome in zip(asked, outcomes, strict=True):
        said = _said_of(question, live.matcher.thresholds)
        for place, candidate in enumerate(outcome.candidates):
            entry = live.library.served(candidate.entry_id)
            known = best.get(candidate.entry_id)
            if entry is None or (known is not None and known.confidence >= candidate.confidence):
                continue
            why = said.get(entry.id) or _why(outcome, place, candidate.confidence, live.matcher.thresholds)
            best[entry.id] = Near(entry, candidate.confidence, why)
    return tuple(sorted(best.values(), key=lambda near: -near.confidence)[:most])


def offered_entries(case: Case, live: Live, most: int = MOST_OPTIONS) -> tuple[Entry, ...]:
    """Entries for a menu: a dispute's own, then the nearest, then whatever the search completes to."""
    library = live.library
    own = [case.cluster.entry_id, case.cluster.proposed_entry_id]
    near = [each.entry.id for each in nearest(case.questions, live, most)]
    found = [entry_id for entry_id, _ in live.matcher.complete(case.cluster.title[:100], most)]
    order = dict.fromkeys([*(each for each in own if each), *near, *found, *(e.id for e in library.live)])
    served = (library.served(entry_id) for entry_id in order)
    return tuple(entry for entry in served if entry is not None)[:most]


def offered_sources(case: Case, live: Live, most: int = MOST_OPTIONS) -> tuple[str, ...]:
    """Keys of sources to start from: those that the nearest entries cite, then the others."""
    cited = (citation.key for entry in offered_entries(case, live, 8) for citation in entry.sources)
    order = dict.fromkeys([*cited, *live.library.sources])
    return tuple(key for key in order if key in live.library.sources)[:most]


def _said_of(question: OpenQuestion, thresholds: Thresholds) -> dict[str, WhyNot]:
    """What the member who asked last said of the entries shown, as far as today's thresholds tell which."""
    last = question.last
    why = None if last is None else _SAID.get(last.reason)
    if last is None or why is None:
        return {}
    shown = last.candidates[:1] if why is WhyNot.MISSED else offered(last.candidates, thresholds)
    return {candidate.entry_id: why for candidate in shown}


def _why(outcome: Outcome, place: int, confidence: float, thresholds: Thresholds) -> WhyNot:
    if isinstance(outcome, Answer):
        return WhyNot.ANSWERS if place == 0 else WhyNot.OUTDONE
    if isinstance(outcome, Refer):
        return WhyNot.REFERRED
    if isinstance(outcome, Abstain) and outcome.reason in _GUARDS:
        return _GUARDS[outcome.reason]
    if isinstance(outcome, Suggest) or confidence >= thresholds.suggest:
        return WhyNot.UNSURE if confidence >= thresholds.suggest else WhyNot.FAR
    return WhyNot.FAR
