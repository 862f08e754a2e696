"""Resolving: asked again after a reload, confirmed by a person, and each who waits told once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.delivery import Kind
from bot.core.outcome import Candidate, Reason
from bot.journeys.choose import expire_offers
from bot.journeys.entry_tests import StoppedError
from bot.journeys.gather import Gathered, Gatherer
from bot.journeys.live import Live
from bot.journeys.pseudonyms import Pseudonyms
from bot.journeys.resolve import Outdated, Proposed, Resolved, ask_again, resolve
from bot.matching.engine import PLAIN
from bot.matching.normalise import normalise
from bot.store.cluster_records import Act, Cluster, ClusterStatus, Dismissal, Done, Refused, View
from bot.store.records import Feedback, FeedbackKind, Place
from bot.store.store import Store
from tests.make import with_entry, with_library
from tests.make_changes import ADA, BO
from tests.make_kept import NOON, a_kept, a_live, later

pytest_plugins = ["tests.store_fixtures"]
FERNS = ("do ferns dream at night", "at night do ferns dream", "ferns dream at night, do they")
ALICE, BOB, CAROL = 101, 102, 103
CACTUS = "cactus-in-winter"
OLD = a_live()
NEW = with_entry(OLD, CACTUS, phrasings=(*OLD.library.entries[CACTUS].phrasings, FERNS[0]))


@pytest.fixture
def gatherer(store: Store, tmp_path: Path) -> Gatherer:
    """A gatherer with a key of its own."""
    return Gatherer(store, Pseudonyms(tmp_path))


async def ask(
    store: Store,
    gatherer: Gatherer,
    text: str,
    user_id: int = ALICE,
    reason: Reason = Reason.LOW_CONFIDENCE,
    candidates: tuple[Candidate, ...] = (),
) -> int:
    """A question that was not answered, in its cluster; its id."""
    kept = a_kept(text, key=normalise(text), candidates=candidates)
    question_id = await store.log_unanswered(kept, reason, NOON)
    await gatherer.asked(question_id, user_id, PLAIN, NOON)
    return question_id


async def the(store: Store) -> Cluster:
    """The one open cluster."""
    (only,) = await store.clusters.page(View.QUEUE, NOON)
    return only


async def resolved(store: Store, live: Live = NEW, revision: int | None = None) -> Resolved | Outdated:
    """Ada confirms that the cactus answers the one open cluster."""
    cluster = await the(store)
    seen = cluster.revision if revision is None else revision
    return await resolve(store, live, cluster.id, seen, CACTUS, ADA, later(1))


# ------------------------------------------------------------------ asked again


async def test_choices_of_an_older_library_that_were_left_alone_are_asked_of_the_newer_one(
    store: Store, gatherer: Gatherer
) -> None:
    kept = a_kept(FERNS[0], key=normalise(FERNS[0]), library_version=OLD.library.version)
    await store.open_offer(kept, NOON)
    assert await ask_again(store, NEW, later(1)) == ()
    assert await expire_offers(store, later(60)) == 1
    await gatherer.gather(PLAIN, later(61))
    assert await ask_again(store, NEW, later(62)) == (Proposed(1, CACTUS, 1, 1),)
    assert not await store.resolving.has_late(NEW.library.version, later(62))


async def test_a_question_that_this_library_was_asked_makes_no_other_be_asked_again(
    store: Store, gatherer: Gatherer
) -> None:
    assert await ask_again(store, NEW, later(1)) == ()
    kept = a_kept(FERNS[0], key=normalise(FERNS[0]), library_version=NEW.library.version)
    question_id = await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, later(2))
    await gatherer.asked(question_id, ALICE, PLAIN, later(2))
    assert not await store.resolving.has_late(NEW.library.version, later(1))
    assert await store.resolving.has_late(OLD.library.version, later(1))


async def test_a_cluster_that_an_entry_answers_by_now_is_proposed(store: Store, gatherer: Gatherer) -> None:
    for text in FERNS:
        await ask(store, gatherer, text)
    cluster = await the(store)
    assert await ask_again(store, OLD, NOON) == ()
    assert await ask_again(store, NEW, NOON) == (Proposed(cluster.id, CACTUS, 1, 3),)
    now = await the(store)
    assert now.proposed_entry_id == CACTUS
    assert now.revision == cluster.revision, "who looks at it meanwhile can still act"
    assert [each.id for each in await store.clusters.page(View.PROPOSED, NOON)] == [cluster.id]


async def test_a_library_is_asked_once(store: Store, gatherer: Gatherer) -> None:
    await ask_again(store, NEW, NOON)
    await ask(store, gatherer, FERNS[0])
    assert await ask_again(store, NEW, NOON) == ()
    assert (await the(store)).proposed_entry_id is None
    assert len(await ask_again(store, with_library(NEW, version="next"), NOON)) == 1


async def test_given_up_in_the_middle_it_begins_anew_the_next_time(store: Store, gatherer: Gatherer) -> None:
    await ask(store, gatherer, FERNS[0])
    with pytest.raises(StoppedError):
        await ask_again(store, NEW, NOON, lambda: False)
    assert (await the(store)).proposed_entry_id is None
    assert len(await ask_again(store, NEW, NOON)) == 1


async def test_what_no_entry_answers_any_more_is_not_proposed_any_more(
    store: Store, gatherer: Gatherer
) -> None:
    await ask(store, gatherer, FERNS[0])
    await ask_again(store, NEW, NOON)
    assert await ask_again(store, OLD, NOON) == ()
    assert (await the(store)).proposed_entry_id is None


@pytest.mark.parametrize(
    ("reason", "candidates", "is_proposed"),
    [
        (Reason.NOT_MY_QUESTION, (Candidate(CACTUS, 0.9),), False),
        (Reason.NOT_MY_QUESTION, (Candidate("lily-and-cats", 0.9), Candidate(CACTUS, 0.5)), True),
        (Reason.NONE_OF_THESE, (Candidate("lily-and-cats", 0.5), Candidate(CACTUS, 0.4)), False),
        (Reason.LOW_CONFIDENCE, (Candidate(CACTUS, 0.4),), True),
    ],
)
async def test_an_entry_that_the_asker_refused_is_not_proposed_again(
    store: Store, gatherer: Gatherer, reason: Reason, candidates: tuple[Candidate, ...], is_proposed: bool
) -> None:
    unsure = with_library(NEW, thresholds=replace(NEW.library.thresholds, answer=0.0, suggest=0.0))
    text = "how much water for a cactus in the winter months"
    await ask(store, gatherer, text, reason=reason, candidates=candidates)
    assert bool(await ask_again(store, unsure, NOON)) is is_proposed


async def test_a_phrasing_that_a_person_wrote_overrules_the_refusal(store: Store, gatherer: Gatherer) -> None:
    await ask(store, gatherer, FERNS[0], reason=Reason.NOT_MY_QUESTION, candidates=(Candidate(CACTUS, 0.9),))
    assert len(await ask_again(store, NEW, NOON)) == 1


# ------------------------------------------------------------------ confirmed


async def test_confirming_answers_the_questions_and_writes_a_message_for_each_who_waits(
    store: Store, gatherer: Gatherer
) -> None:
    first, second = [await ask(store, gatherer, text) for text in FERNS[:2]]
    await store.add_waiter(first, ALICE, NOON)
    await store.add_waiter(second, BOB, NOON)
    await store.wish(second, BOB, mention_channel_id=55)
    cluster = await the(store)
    found = await resolved(store)
    assert isinstance(found, Resolved)
    assert (found.cluster.status, found.told) == (ClusterStatus.RESOLVED, 2)
    assert await store.open_questions() == []
    rows = await store.outbox.rows()
    assert [(r["kind"], r["user_id"], r["mention_channel_id"]) for r in rows] == [
        (Kind.ANSWER, ALICE, None),
        (Kind.ANSWER, BOB, 55),
    ]
    assert {(r["entry_id"], r["cluster_id"]) for r in rows} == {(CACTUS, cluster.id)}
    (action,) = await store.clusters.history(cluster.id)
    assert (action.action, action.entry_id, action.moderator) == (Act.RESOLVE, CACTUS, ADA)
    assert not any(str(user) in r["unique_key"] for r in rows for user in (ALICE, BOB))


async def test_who_waits_for_several_of_its_questions_is_told_once(store: Store, gatherer: Gatherer) -> None:
    for text in FERNS:
        await store.add_waiter(await ask(store, gatherer, text), ALICE, NOON)
    last = await ask(store, gatherer, FERNS[2])
    await store.wish(last, ALICE, mention_channel_id=55)
    found = await resolved(store)
    assert isinstance(found, Resolved)
    assert found.told == 1
    (row,) = await store.outbox.rows()
    assert row["mention_channel_id"] == 55, "allowed once is allowed"
    assert await store.waiting(last) == [ALICE], "the one trace that goes with the message"


async def test_who_waits_for_what_was_answered_before_it_was_opened_again_is_told_too(
    store: Store, gatherer: Gatherer
) -> None:
    first, second = [await ask(store, gatherer, text) for text in FERNS[:2]]
    assert isinstance(await resolved(store), Resolved)
    assert await ask(store, gatherer, FERNS[1]) == second
    await store.add_waiter(first, ALICE, NOON)
    assert await store.outbox.rows() == [], "what answered it before may not"
    found = await resolved(store)
    assert isinstance(found, Resolved)
    assert found.told == 1
    assert [row["user_id"] for row in await store.outbox.rows()] == [ALICE]


async def test_of_two_who_confirm_one_wins_and_the_other_sees_how_it_stands(
    store: Store, gatherer: Gatherer
) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    await store.add_waiter(question_id, ALICE, NOON)
    cluster = await the(store)
    outcomes = await asyncio.gather(
        *(resolve(store, NEW, cluster.id, cluster.revision, CACTUS, who, NOON) for who in (ADA, BO, ADA, BO))
    )
    assert sum(isinstance(each, Resolved) for each in outcomes) == 1
    lost = next(each for each in outcomes if isinstance(each, Outdated))
    assert lost.why is Refused.OUTDATED
    assert lost.cluster is not None
    assert lost.cluster.status is ClusterStatus.RESOLVED
    assert len(await store.outbox.rows()) == 1


async def test_an_older_revision_a_gone_cluster_and_an_entry_that_is_not_live_resolve_nothing(
    store: Store, gatherer: Gatherer
) -> None:
    await ask(store, gatherer, FERNS[0])
    cluster = await the(store)
    assert await resolved(store, revision=cluster.revision - 1) == Outdated(cluster, Refused.OUTDATED)
    gone = await resolve(store, NEW, 999, 1, CACTUS, ADA, NOON)
    assert gone == Outdated(None, Refused.GONE)
    draft = await resolve(store, NEW, cluster.id, cluster.revision, "coffee-for-ferns", ADA, NOON)
    assert draft == Outdated(cluster, Refused.IMPOSSIBLE)
    assert len(await store.open_questions()) == 1


async def test_a_dispute_is_no_question_that_an_entry_answers(store: Store, gatherer: Gatherer) -> None:
    said = Feedback(FeedbackKind.WRONG, Place(1, 2), CACTUS, "0a1b2c3d", "library-1", None, "no")
    await gatherer.disputed(await store.log_feedback(said, NOON), ALICE, NOON)
    found = await resolved(store)
    assert isinstance(found, Outdated)
    assert found.why is Refused.IMPOSSIBLE


async def test_who_begins_to_wait_after_it_was_answered_is_told_too(store: Store, gatherer: Gatherer) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    await resolved(store)
    assert await store.add_waiter(question_id, CAROL, later(2)) is True
    assert await store.add_waiter(question_id, CAROL, later(3)) is False
    (row,) = await store.outbox.rows()
    assert (row["user_id"], row["entry_id"]) == (CAROL, CACTUS)


async def test_nobody_who_presses_at_the_moment_of_the_answer_is_forgotten(
    store: Store, gatherer: Gatherer
) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    members = range(200, 230)
    await asyncio.gather(
        resolved(store), *(store.add_waiter(question_id, user_id, NOON) for user_id in members)
    )
    told = [row["user_id"] for row in await store.outbox.rows()]
    assert sorted(told) == list(members)


# ------------------------------------------------------------------ still open


async def test_who_wished_it_hears_once_that_it_is_still_open(store: Store, gatherer: Gatherer) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    for user_id in (ALICE, BOB):
        await store.add_waiter(question_id, user_id, NOON)
    due = NOON + timedelta(days=14)
    await store.wish(question_id, ALICE, remind_at=due)
    assert await store.resolving.remind(due - timedelta(seconds=1)) == 0
    assert await store.resolving.remind(due) == 1
    assert await store.resolving.remind(due + timedelta(days=1)) == 0
    (row,) = await store.outbox.rows()
    assert (row["kind"], row["user_id"], row["question_id"]) == (Kind.STILL_OPEN, ALICE, question_id)


async def test_what_was_answered_meanwhile_is_not_said_to_be_open(store: Store, gatherer: Gatherer) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    await store.add_waiter(question_id, ALICE, NOON)
    await store.wish(question_id, ALICE, remind_at=NOON)
    assert await store.resolving.remind(NOON) == 1
    await resolved(store)
    assert [row["kind"] for row in await store.outbox.rows()] == [Kind.ANSWER]


async def test_a_wish_of_somebody_who_does_not_wait_is_none(store: Store, gatherer: Gatherer) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    assert await store.wish(question_id, ALICE, mention_channel_id=5) is None


# ------------------------------------------------------------------ dismissed


async def test_who_waits_for_what_was_dismissed_hears_so_once_it_was_thought_over(
    store: Store, gatherer: Gatherer
) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    await store.add_waiter(question_id, ALICE, NOON)
    cluster = await the(store)
    await store.acts.dismiss(cluster.id, cluster.revision, Dismissal.OFF_TOPIC, ADA, NOON)
    assert await store.resolving.close(NOON - timedelta(seconds=1), NOON) == 0
    assert await store.resolving.close(NOON, later(1)) == 1
    assert await store.resolving.close(NOON, later(2)) == 0
    (row,) = await store.outbox.rows()
    assert (row["kind"], row["user_id"], row["unique_key"]) == (Kind.CLOSED, ALICE, "closed:1")


async def test_a_dismissal_that_was_taken_back_closes_nothing(store: Store, gatherer: Gatherer) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    await store.add_waiter(question_id, ALICE, NOON)
    cluster = await the(store)
    done = await store.acts.dismiss(cluster.id, cluster.revision, Dismissal.OFF_TOPIC, ADA, NOON)
    assert isinstance(done, Done)
    await store.acts.undo(done.action_id, ADA, NOON)
    assert await store.resolving.close(later(1), later(1)) == 0


async def test_a_dismissal_that_is_taken_back_late_keeps_back_what_was_not_sent_yet(
    store: Store, gatherer: Gatherer
) -> None:
    question_id = await ask(store, gatherer, FERNS[0])
    await store.add_waiter(question_id, ALICE, NOON)
    cluster = await the(store)
    done = await store.acts.dismiss(cluster.id, cluster.revision, Dismissal.OFF_TOPIC, ADA, NOON)
    assert isinstance(done, Done)
    assert await store.resolving.close(NOON, later(1)) == 1
    assert isinstance(await store.acts.undo(done.action_id, ADA, later(2)), Done)
    assert await store.outbox.rows() == []
    assert await store.waiting(question_id) == [ALICE]


# ------------------------------------------------------------------ asked once more


async def test_what_is_left_alone_after_it_was_resolved_is_in_the_queue_again(
    store: Store, gatherer: Gatherer
) -> None:
    """Nobody notes the asker of choices that were left alone, so only the round can find them."""
    await ask(store, gatherer, FERNS[0])
    assert isinstance(await resolved(store), Resolved)
    kept = a_kept(FERNS[0], key=normalise(FERNS[0]))
    await store.open_offer(kept, NOON)
    assert await expire_offers(store, later(60)) == 1
    assert await store.clusters.page(View.QUEUE, NOON) == []
    await gatherer.gather(PLAIN, later(61))
    again = await the(store)
    assert (again.id, again.proposed_entry_id) == (1, None)
    assert await gatherer.gather(PLAIN, later(62)) == Gathered(0, 0, 0, 0, is_all=True)
    assert await the(store) == again
