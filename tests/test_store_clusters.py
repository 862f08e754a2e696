"""Clusters: placed as planned, counted, acted upon once, undone, and listed in their rank."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.moderator import Moderator
from bot.core.outcome import Reason
from bot.store.cluster_records import (
    Act,
    Cluster,
    ClusterKind,
    ClusterStatus,
    Dismissal,
    Done,
    Plan,
    QuestionStatus,
    Refused,
    View,
)
from bot.store.loop_tables import clusters
from bot.store.records import Feedback, FeedbackKind, Place
from bot.store.store import Store
from bot.store.tables import questions
from tests.make_changes import ADA, BO
from tests.make_kept import NOON, a_kept, later

pytest_plugins = ["tests.store_fixtures"]
MODEL = "made-up"


def a_vector(*numbers: float) -> np.ndarray:
    """A vector of length one."""
    vector = np.array([*numbers, *([0.0] * (4 - len(numbers)))], dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector))


async def asked(store: Store, text: str, minutes: float = 0, channel_id: int = 20) -> int:
    """A question that was not answered."""
    kept = a_kept(text, channel_id=channel_id)
    return await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, later(minutes))


async def placed(store: Store, *question_ids: int, number: int = -1) -> int:
    """These questions in one cluster, a new one unless its number is given; the number."""
    turn, _ = await store.placing.sums(MODEL, 0)
    short = a_vector(1).astype(np.float16).tobytes()
    total = (a_vector(1) * len(question_ids)).astype(np.float32).tobytes()
    rows = tuple((question_id, number, short) for question_id in question_ids)
    made = await store.placing.write(Plan(turn, MODEL, rows, (), (), {number: total}), NOON)
    assert made is not None
    return made.get(number, number)


async def the(store: Store, cluster_id: int) -> Cluster:
    """The cluster, which must be there."""
    found = await store.clusters.cluster(cluster_id)
    assert found is not None
    return found


def done(outcome: Done | Refused) -> Done:
    """The outcome, which must be that it is done."""
    assert isinstance(outcome, Done), outcome
    return outcome


async def statuses(store: Store, *question_ids: int) -> list[bool]:
    """Which of them are open."""
    still = {question.id for question in await store.open_questions()}
    return [question_id in still for question_id in question_ids]


# ------------------------------------------------------------------ gathered


async def test_a_cluster_counts_its_questions_and_when_they_were_asked(store: Store) -> None:
    first, second = await asked(store, "do ferns dream"), await asked(store, "do ferns sleep", 5)
    await asked(store, "do ferns sleep", 9)
    number = await placed(store, first, second)
    found = await the(store, number)
    assert (found.size, found.times, found.askers) == (2, 3, 1)
    assert (found.first_at, found.last_at) == (NOON, later(9))
    assert found.title == "do ferns sleep"
    assert (found.kind, found.status) == (ClusterKind.QUESTION, ClusterStatus.OPEN)
    assert [q.id for q in await store.clusters.questions(number)] == [second, first]


async def test_a_plan_upon_an_older_turn_is_not_written(store: Store) -> None:
    first, second = await asked(store, "one"), await asked(store, "two")
    plan = Plan(0, MODEL, ((first, -1, b""),), (), (), {-1: a_vector(1).tobytes()})
    assert await store.placing.write(plan, NOON) is not None
    late = Plan(0, MODEL, ((second, -1, b""),), (), (), {-1: a_vector(1).tobytes()})
    assert await store.placing.write(late, NOON) is None
    assert [waiting.question_id for waiting in await store.placing.waiting(9)] == [second]


async def test_of_many_who_gather_at_once_each_question_is_placed_once(store: Store) -> None:
    ids = [await asked(store, f"question {n}") for n in range(5)]

    async def place(question_id: int) -> None:
        for _ in range(50):
            turn, _ = await store.placing.sums(MODEL, 0)
            plan = Plan(turn, MODEL, ((question_id, -1, b""),), (), (), {-1: a_vector(1).tobytes()})
            if await store.placing.write(plan, NOON) is not None:
                return
        raise AssertionError("never its turn")

    await asyncio.gather(*(place(question_id) for question_id in ids))
    numbers = [await store.placing.cluster_of(question_id) for question_id in ids]
    assert len(set(numbers)) == 5
    assert await store.clusters.count(View.QUEUE, NOON) == 5


async def test_a_question_that_was_placed_meanwhile_is_not_placed_twice(store: Store) -> None:
    question = await asked(store, "one")
    number = await placed(store, question)
    turn, _ = await store.placing.sums(MODEL, 0)
    again = Plan(turn, MODEL, ((question, -1, b""),), (), (), {-1: a_vector(1).tobytes()})
    assert await store.placing.write(again, NOON) is None
    assert await store.placing.cluster_of(question) == number


async def test_joined_clusters_keep_the_lower_number_and_the_higher_leads_there(store: Store) -> None:
    first, second = await asked(store, "one"), await asked(store, "two")
    low, high = await placed(store, first), await placed(store, second)
    turn, _ = await store.placing.sums(MODEL, 0)
    plan = Plan(turn, MODEL, (), ((low, high),), (), {low: (2 * a_vector(1)).tobytes()})
    assert await store.placing.write(plan, NOON) is not None
    assert (await the(store, low)).size == 2
    gone = await the(store, high)
    assert (gone.status, gone.merged_into, gone.title) == (ClusterStatus.MERGED, low, "")
    left = await store.clusters.left_of(high)
    assert left is not None and left.id == low


async def test_a_cluster_whose_last_question_moves_away_leads_there(store: Store) -> None:
    first, second = await asked(store, "one"), await asked(store, "two")
    to, emptied = await placed(store, first), await placed(store, second)
    turn, _ = await store.placing.sums(MODEL, 0)
    plan = Plan(turn, MODEL, (), (), ((second, emptied, to),), {to: (2 * a_vector(1)).tobytes()})
    assert await store.placing.write(plan, NOON) is not None
    assert (await the(store, emptied)).merged_into == to
    assert (await the(store, to)).size == 2


async def test_what_changed_since_a_turn_is_told_and_nothing_else(store: Store) -> None:
    first = await placed(store, await asked(store, "one"))
    turn, sums = await store.placing.sums(MODEL, 0)
    assert [(each.cluster_id, each.size, each.is_free) for each in sums] == [(first, 1, True)]
    assert await store.placing.sums(MODEL, turn) == (turn, [])
    done(await store.acts.dismiss(first, 1, Dismissal.SPAM, ADA, NOON))
    _, sums = await store.placing.sums(MODEL, turn)
    assert [(each.cluster_id, each.size) for each in sums] == [(first, 0)]


async def test_vectors_of_questions_that_have_moved_meanwhile_are_not_taken(store: Store) -> None:
    first, second = [await asked(store, f"question {n}") for n in range(2)]
    number = await placed(store, first, second)
    done(await store.acts.split(number, 1, [second], ADA, NOON))
    short, total = a_vector(1).astype(np.float16).tobytes(), a_vector(1).tobytes()
    await store.renewing.renew(number, MODEL, total, {first: short, second: short}, NOON)
    assert number in await store.renewing.stale(MODEL, 9)
    await store.renewing.renew(number, MODEL, total, {first: short}, NOON)
    assert number not in await store.renewing.stale(MODEL, 9)


async def test_distinct_askers_are_those_of_one_origin_and_epoch(store: Store) -> None:
    question = await asked(store, "one")
    number = await placed(store, question)
    for pseudonym in ((number, "e1", "a"), (number, "e1", "b"), (number, "e1", "a"), (number, "e2", "a")):
        assert await store.placing.note_asked(question, pseudonym, NOON) == number
    assert (await the(store, number)).askers == 2


async def test_what_is_asked_again_after_it_was_resolved_is_open_again(
    store: Store, database_url: str
) -> None:
    question = await asked(store, "one")
    number = await placed(store, question)
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(sa.update(questions).values(status=QuestionStatus.ANSWERED))
        resolved = {"status": ClusterStatus.RESOLVED, "proposed_entry_id": "cactus-in-winter"}
        await connection.execute(sa.update(clusters).values(**resolved))
    await engine.dispose()
    assert await statuses(store, question) == [False]
    assert await asked(store, "one", 60) == question
    assert await store.placing.note_asked(question, None, later(60)) == number
    assert await statuses(store, question) == [True]
    again = await the(store, number)
    assert (again.status, again.proposed_entry_id) == (ClusterStatus.OPEN, None)


# ------------------------------------------------------------------ the rank


async def test_most_askers_first_then_what_was_asked_last(store: Store) -> None:
    numbers = []
    for n, (askers, minutes) in enumerate([(1, 0), (2, 1), (1, 9), (2, 5)]):
        question = await asked(store, f"question {n}", minutes)
        number = await placed(store, question)
        for each in range(askers):
            await store.placing.note_asked(question, (number, "e", str(each)), later(minutes))
        numbers.append(number)
    ranked = [numbers[3], numbers[1], numbers[2], numbers[0]]
    assert [c.id for c in await store.clusters.page(View.QUEUE, NOON)] == ranked
    assert [c.id for c in await store.clusters.page(View.QUEUE, NOON, limit=2, offset=1)] == ranked[1:3]
    walked = [await the(store, ranked[0])]
    while (following := await store.clusters.next_to(walked[-1], View.QUEUE, NOON)) is not None:
        walked.append(following)
    assert [c.id for c in walked] == ranked
    assert [await store.clusters.before(c, View.QUEUE, NOON) for c in walked] == [0, 1, 2, 3]
    back = await store.clusters.next_to(walked[2], View.QUEUE, NOON, back=True)
    assert back is not None and back.id == ranked[1]
    assert await store.clusters.next_to(walked[0], View.QUEUE, NOON, back=True) is None


async def test_where_it_was_asked_is_told_most_often_first(store: Store) -> None:
    question = await asked(store, "one", channel_id=7)
    for channel_id in (8, 8):
        await asked(store, "one", channel_id=channel_id)
    number = await placed(store, question)
    found = await store.clusters.places(number)
    assert [(place.guild_id, place.channel_id, place.times) for place in found] == [(10, 8, 2), (10, 7, 1)]


# ------------------------------------------------------------------ what moderators do


async def test_dismissed_is_out_of_the_queue_and_undo_brings_all_of_it_back(store: Store) -> None:
    first, second = await asked(store, "one"), await asked(store, "two")
    number = await placed(store, first, second)
    outcome = done(await store.acts.dismiss(number, 1, Dismissal.OFF_TOPIC, ADA, NOON))
    assert outcome.cluster.dismissed is Dismissal.OFF_TOPIC
    assert await statuses(store, first, second) == [False, False]
    assert await store.clusters.count(View.QUEUE, NOON) == 0
    assert [c.id for c in await store.clusters.page(View.DISMISSED, NOON)] == [number]
    back = done(await store.acts.undo(outcome.action_id, BO, later(1)))
    assert (back.cluster.status, back.cluster.dismissed) == (ClusterStatus.OPEN, None)
    assert await statuses(store, first, second) == [True, True]
    told = [(a.action, a.moderator.name, a.undone) for a in await store.clusters.history()]
    assert told == [(Act.UNDO, "Bo", False), (Act.DISMISS, "Ada Lovelace", True)]
    assert await store.acts.undo(outcome.action_id, BO, later(2)) is Refused.IMPOSSIBLE


async def test_what_was_dismissed_stays_so_when_it_is_asked_again(store: Store) -> None:
    question = await asked(store, "one")
    number = await placed(store, question)
    done(await store.acts.dismiss(number, 1, Dismissal.SPAM, ADA, NOON))
    await asked(store, "one", 5)
    assert await store.placing.note_asked(question, None, later(5)) == number
    assert await statuses(store, question) == [False]
    found = await the(store, number)
    assert (found.status, found.times) == (ClusterStatus.DISMISSED, 2)


@pytest.mark.parametrize("count", [2, 5])
async def test_of_many_who_act_at_once_one_wins(store: Store, count: int) -> None:
    number = await placed(store, await asked(store, "one"))
    outcomes = await asyncio.gather(
        *(
            store.acts.dismiss(number, 1, Dismissal.SPAM, Moderator(n, f"moderator {n}"), NOON)
            for n in range(count)
        )
    )
    assert sum(isinstance(outcome, Done) for outcome in outcomes) == 1
    assert outcomes.count(Refused.OUTDATED) == count - 1
    assert len(await store.clusters.history(number)) == 1


async def test_undo_waits_for_what_is_being_done_and_does_not_undo_it(
    store: Store, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite has one writer at a time, so nobody meets another there")
    number = await placed(store, await asked(store, "one"))
    outcome = done(await store.acts.snooze(number, 1, later(60), ADA, NOON))
    engine = create_async_engine(database_url)
    here = "FROM pg_stat_activity WHERE datname = current_database()"
    waits = sa.text(f"SELECT count(*) {here} AND wait_event_type = 'Lock'")
    async with engine.connect() as bo, engine.connect() as looking:
        assigned = {"revision": 3, "assigned_id": BO.id, "assigned_name": BO.name}
        await bo.execute(sa.update(clusters).values(**assigned))
        undone = asyncio.ensure_future(store.acts.undo(outcome.action_id, ADA, NOON))
        while not await looking.scalar(waits):
            assert not undone.done()
            await looking.rollback()  # within one transaction the server tells the same again
        await bo.commit()
    await engine.dispose()
    assert await undone is Refused.OUTDATED
    assert (await the(store, number)).assigned == BO


async def test_snoozed_is_out_of_the_queue_until_its_time(store: Store) -> None:
    number = await placed(store, await asked(store, "one"))
    until = NOON + timedelta(days=7)
    outcome = done(await store.acts.snooze(number, 1, until, ADA, NOON))
    assert outcome.cluster.snoozed_until == until
    assert await store.clusters.count(View.QUEUE, NOON) == 0
    assert await store.clusters.count(View.SNOOZED, NOON) == 1
    assert await store.clusters.count(View.QUEUE, until) == 1
    done(await store.acts.undo(outcome.action_id, ADA, NOON))
    assert await store.clusters.count(View.QUEUE, NOON) == 1


async def test_assigned_is_somebodys_and_can_be_given_back(store: Store) -> None:
    number = await placed(store, await asked(store, "one"))
    outcome = done(await store.acts.assign(number, 1, BO, ADA, NOON))
    assert outcome.cluster.assigned == BO
    assert await store.clusters.count(View.MINE, NOON, moderator_id=BO.id) == 1
    assert await store.clusters.count(View.MINE, NOON, moderator_id=ADA.id) == 0
    assert done(await store.acts.assign(number, 2, None, BO, NOON)).cluster.assigned is None
    assert await store.acts.undo(outcome.action_id, ADA, NOON) is Refused.OUTDATED


async def test_a_split_parts_the_questions_and_undo_joins_them(store: Store) -> None:
    ids = [await asked(store, f"question {n}") for n in range(3)]
    number = await placed(store, *ids)
    outcome = done(await store.acts.split(number, 1, [ids[2]], ADA, NOON))
    new = outcome.cluster
    assert (new.id > number, new.size, new.title) == (True, 1, "question 2")
    assert (await the(store, number)).size == 2
    assert await store.renewing.stale(MODEL, 9) == [number, new.id]
    back = done(await store.acts.undo(outcome.action_id, ADA, NOON))
    assert (back.cluster.id, back.cluster.size) == (number, 3)
    led = await the(store, new.id)
    assert (led.merged_into, led.title) == (number, "")


async def test_a_split_of_all_or_of_nothing_is_refused(store: Store) -> None:
    ids = [await asked(store, f"question {n}") for n in range(2)]
    number = await placed(store, *ids)
    for chosen in ([], ids, [999]):
        assert await store.acts.split(number, 1, chosen, ADA, NOON) is Refused.IMPOSSIBLE
    assert await store.acts.split(number, 9, ids[:1], ADA, NOON) is Refused.OUTDATED
    assert (await the(store, number)).revision == 1
    assert await store.clusters.history() == []


async def test_a_merge_takes_everything_over_and_undo_parts_it_again(store: Store) -> None:
    first, second = await asked(store, "one"), await asked(store, "two", 4)
    ours, theirs = await placed(store, first), await placed(store, second)
    await store.placing.note_asked(first, (ours, "e", "a"), NOON)
    outcome = done(await store.acts.merge(ours, 1, theirs, ADA, NOON))
    assert (outcome.cluster.id, outcome.cluster.size, outcome.cluster.first_at) == (theirs, 2, NOON)
    led = await the(store, ours)
    assert (led.merged_into, led.title) == (theirs, "")
    back = done(await store.acts.undo(outcome.action_id, ADA, NOON))
    assert (back.cluster.id, back.cluster.size, back.cluster.status) == (ours, 1, ClusterStatus.OPEN)
    assert back.cluster.title == "one"
    assert (await the(store, theirs)).size == 1


async def test_a_merge_with_itself_or_with_nothing_is_refused(store: Store) -> None:
    number = await placed(store, await asked(store, "one"))
    assert await store.acts.merge(number, 1, number, ADA, NOON) is Refused.IMPOSSIBLE
    assert await store.acts.merge(number, 1, 999, ADA, NOON) is Refused.GONE
    assert await store.acts.dismiss(999, 1, Dismissal.SPAM, ADA, NOON) is Refused.GONE
    assert await store.acts.undo(999, ADA, NOON) is Refused.GONE


# ------------------------------------------------------------------ disputes


async def disputed(store: Store, entry_id: str = "lily-and-cats", why: str | None = "no") -> int:
    """A "This is wrong"."""
    said = Feedback(FeedbackKind.WRONG, Place(10, 20), entry_id, "0a1b2c3d", "library-1", None, why)
    return await store.log_feedback(said, NOON)


async def test_disputes_of_one_entry_come_together(store: Store) -> None:
    ids = [await disputed(store), await disputed(store, why="really not"), await disputed(store, "other")]
    numbers = [await store.disputes.place(feedback_id, NOON) for feedback_id in ids]
    assert numbers[0] is not None and numbers[2] is not None
    assert (numbers[0] == numbers[1], numbers[0] == numbers[2]) == (True, False)
    found = await the(store, numbers[0])
    assert (found.kind, found.entry_id, found.size) == (ClusterKind.DISPUTE, "lily-and-cats", 2)
    assert [each.why for each in await store.clusters.disputes(found.id)] == ["really not", "no"]
    assert await store.disputes.place(ids[0], NOON) == numbers[0]
    assert await store.disputes.waiting(9) == []


async def test_after_a_dispute_was_dismissed_the_next_one_is_new(store: Store) -> None:
    first = await store.disputes.place(await disputed(store), NOON)
    assert first is not None
    done(await store.acts.dismiss(first, 1, Dismissal.NOT_ANSWERABLE, ADA, NOON))
    second = await store.disputes.place(await disputed(store), NOON)
    assert second not in (None, first)


async def test_a_dispute_never_merges_with_questions(store: Store) -> None:
    dispute = await store.disputes.place(await disputed(store), NOON)
    number = await placed(store, await asked(store, "one"))
    assert dispute is not None
    assert await store.acts.merge(number, 1, dispute, ADA, NOON) is Refused.IMPOSSIBLE
