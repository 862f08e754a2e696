"""The outbox: nothing stands in it twice, one of many works on a message, and ids are erased at the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.core.delivery import Delivery, Kind, Message, State
from bot.core.outcome import Reason
from bot.store.store import Store
from tests.make_kept import NOON, a_kept, later

pytest_plugins = ["tests.store_fixtures"]
ALICE, BOB = 101, 102
LEASE = later(2)


def a_notice(key: str = "notice:holes:1:7", **changes: Any) -> Message:
    """A notice for a channel."""
    given: dict[str, Any] = {"kind": Kind.NOTICE, "unique_key": key, "due_at": NOON, "channel_id": 7}
    return Message(**given | {"content": {"on": "2026-01-04", "messages": [1, 2]}} | changes)


async def an_answer(store: Store, user_id: int = ALICE, **changes: Any) -> Message:
    """An answer for somebody who waits for it."""
    question_id = await store.log_unanswered(a_kept(), Reason.LOW_CONFIDENCE, NOON)
    await store.add_waiter(question_id, user_id, NOON)
    given: dict[str, Any] = {
        "kind": Kind.ANSWER,
        "unique_key": f"answer:{len(await store.outbox.rows())}",
        "due_at": NOON,
        "user_id": user_id,
        "question_id": question_id,
        "entry_id": "holes",
        "entry_version": "0a1b2c3d",
    }
    return Message(**given | changes)


async def the(store: Store, minutes: float = 0) -> Delivery:
    """The one message that is due."""
    (only,) = await store.outbox.due(later(minutes), 10)
    return only


async def begun(store: Store) -> Delivery:
    """The one message that is due, as it is being sent."""
    delivery = await store.outbox.begin(await the(store), NOON, LEASE)
    assert delivery is not None
    return delivery


# ------------------------------------------------------------------ written down


async def test_what_is_written_down_comes_out_as_it_was(store: Store) -> None:
    notice = a_notice()
    assert await store.outbox.add([notice]) == 1
    found = await the(store)
    assert found.message == notice
    assert (found.state, found.attempts, found.began_at) == (State.DUE, 0, None)
    assert len(found.nonce) <= 25, "as many characters as Discord takes"
    assert 0x10000000 <= found.mark < 2**31


async def test_no_message_stands_twice_also_after_it_was_sent(store: Store) -> None:
    assert await store.outbox.add([a_notice(), a_notice()]) == 1
    await store.outbox.finish(await begun(store), State.SENT, NOON)
    assert await store.outbox.add([a_notice()]) == 0
    assert len(await store.outbox.rows()) == 1


async def test_what_has_been_due_for_longest_comes_first_and_nothing_too_early(store: Store) -> None:
    await store.outbox.add([a_notice("b", due_at=later(2)), a_notice("a"), a_notice("c", due_at=later(9))])
    due = await store.outbox.due(later(5), 10)
    assert [each.message.unique_key for each in due] == ["a", "b"]
    assert len(await store.outbox.due(later(5), 1)) == 1


# ------------------------------------------------------------------ worked on


async def test_of_many_who_begin_one_does(store: Store) -> None:
    await store.outbox.add([a_notice()])
    seen = await the(store)
    outcomes = await asyncio.gather(*(store.outbox.begin(seen, NOON, LEASE) for _ in range(8)))
    assert sum(each is not None for each in outcomes) == 1


async def test_what_is_being_sent_is_left_alone_until_its_time_and_looked_at_at_once_after_a_start(
    store: Store,
) -> None:
    await store.outbox.add([a_notice()])
    delivery = await begun(store)
    assert (delivery.state, delivery.attempts, delivery.began_at) == (State.SENDING, 1, NOON)
    assert await store.outbox.due(later(1), 10) == []
    assert await store.outbox.resume(later(1)) == 1
    now = await the(store, 1)
    assert (now.state, now.nonce, now.began_at) == (State.SENDING, delivery.nonce, NOON)


async def test_a_second_try_of_what_may_be_under_way_remembers_since_when(store: Store) -> None:
    await store.outbox.add([a_notice()])
    first = await begun(store)
    again = await store.outbox.begin(first, later(1), later(3), is_fresh=False)
    assert again is not None
    assert (again.began_at, again.attempts) == (NOON, 2)
    fresh = await store.outbox.begin(again, later(2), later(4))
    assert fresh is not None
    assert fresh.began_at == later(2)


async def test_postponed_it_is_due_again_then(store: Store) -> None:
    await store.outbox.add([a_notice()])
    assert await store.outbox.postpone(await begun(store), later(5), State.DUE)
    assert await store.outbox.due(later(4), 10) == []
    assert (await the(store, 5)).attempts == 1


async def test_who_took_the_name_off_meanwhile_is_not_told(store: Store) -> None:
    message = await an_answer(store)
    await store.outbox.add([message])
    seen = await the(store)
    await store.remove_waiter(message.question_id or 0, ALICE)
    assert await store.outbox.rows() == [], "what was not begun goes with the name"
    assert await store.outbox.begin(seen, NOON, LEASE) is None


async def test_redirected_it_is_a_message_of_its_own(store: Store) -> None:
    await store.outbox.add([await an_answer(store, mention_channel_id=55)])
    delivery = await begun(store)
    assert await store.outbox.redirect(delivery, later(1))
    now = await the(store, 1)
    assert (now.message.channel_id, now.attempts, now.state) == (55, 0, State.DUE)
    assert now.nonce != delivery.nonce


# ------------------------------------------------------------------ at the end


@pytest.mark.parametrize("kind", [Kind.ANSWER, Kind.CLOSED])
@pytest.mark.parametrize("state", [State.SENT, State.REFUSED, State.UNCLEAR])
async def test_at_the_end_no_id_and_no_content_is_left(store: Store, state: State, kind: Kind) -> None:
    message = await an_answer(store, kind=kind, mention_channel_id=55)
    await store.outbox.add([message])
    delivery = await begun(store)
    assert await store.outbox.finish(delivery, state, later(1), message_id=9)
    assert not await store.outbox.finish(delivery, state, later(1)), "it had ended"
    (row,) = await store.outbox.rows()
    assert row["state"] == state
    erased = ("user_id", "channel_id", "mention_channel_id", "message_id", "content")
    assert {row[name] for name in erased} == {None}
    assert await store.waiting(message.question_id or 0) == []


async def test_who_heard_that_it_is_open_waits_on(store: Store) -> None:
    message = await an_answer(store, kind=Kind.STILL_OPEN)
    await store.wish(message.question_id or 0, ALICE, remind_at=NOON)
    await store.outbox.add([message])
    await store.outbox.finish(await begun(store), State.SENT, NOON)
    assert await store.waiting(message.question_id or 0) == [ALICE]
    waiter = await store.wish(message.question_id or 0, ALICE)
    assert waiter is not None
    assert waiter.remind_at is None


async def test_a_notice_keeps_where_it_stands(store: Store) -> None:
    await store.outbox.add([a_notice()])
    await store.outbox.finish(await begun(store), State.SENT, NOON, message_id=9)
    (row,) = await store.outbox.rows()
    assert (row["channel_id"], row["message_id"], row["content"]) == (7, 9, None)


async def test_dropped_it_is_gone_and_who_waits_goes_on_waiting(store: Store) -> None:
    message = await an_answer(store)
    await store.outbox.add([message])
    assert await store.outbox.drop(await the(store))
    assert await store.outbox.rows() == []
    assert await store.waiting(message.question_id or 0) == [ALICE]


async def test_what_was_done_long_ago_is_forgotten_what_is_open_never(store: Store) -> None:
    await store.outbox.add([a_notice("old"), a_notice("open", due_at=later(1))])
    await store.outbox.finish(await begun(store), State.SENT, NOON)
    assert await store.outbox.purge(NOON) == 0
    assert await store.outbox.purge(NOON + timedelta(days=500)) == 1
    assert [row["unique_key"] for row in await store.outbox.rows()] == ["open"]
