"""Many at once: nothing is lost, nothing counts twice, and of two who press only one wins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.core.outcome import Reason
from bot.journeys.choose import expire_offers
from bot.store.store import Store
from tests.databases import a_postgres_database
from tests.make_kept import NOON, a_kept, an_answered, later

pytest_plugins = ["tests.store_fixtures"]


async def test_fifty_who_ask_the_same_at_once_count_to_fifty(store: Store) -> None:
    ids = await asyncio.gather(
        *(store.log_unanswered(a_kept(channel_id=n), Reason.UNSURE, NOON) for n in range(50))
    )
    assert len(set(ids)) == 1
    found = await store.question(ids[0])
    assert found is not None
    assert found[0].times == 50
    assert sorted(each.channel_id for each in found[1]) == list(range(50))


async def test_two_bots_on_one_database_count_together(store: Store, database_url: str) -> None:
    other = await Store.open(database_url)
    writers = [store, other] * 25
    await asyncio.gather(*(each.log_unanswered(a_kept(), Reason.UNSURE, NOON) for each in writers))
    assert [each.times for each in await other.open_questions()] == [50]
    await other.close()


async def test_fifty_different_questions_at_once_are_all_logged(store: Store) -> None:
    await asyncio.gather(
        *(store.log_unanswered(a_kept(f"question {n}"), Reason.UNSURE, NOON) for n in range(50))
    )
    assert {each.text for each in await store.open_questions(100)} == {f"question {n}" for n in range(50)}


async def test_of_many_who_press_none_of_these_at_once_exactly_one_wins(store: Store) -> None:
    offer_id = await store.open_offer(a_kept(), NOON)
    closed = await asyncio.gather(
        *(store.close_offer_unanswered(offer_id, Reason.NONE_OF_THESE, NOON) for _ in range(20))
    )
    assert len([each for each in closed if each is not None]) == 1
    assert [each.times for each in await store.open_questions()] == [1]


@pytest.mark.parametrize("attempt", range(5))
async def test_of_a_choice_and_none_of_these_exactly_one_wins(store: Store, attempt: int) -> None:
    offer_id = await store.open_offer(a_kept(f"question {attempt}"), NOON)
    presses: list[Awaitable[int | None]] = []
    for _ in range(5):
        presses.append(store.close_offer_chosen(offer_id, an_answered(), NOON))
        presses.append(store.close_offer_unanswered(offer_id, Reason.NONE_OF_THESE, NOON))
    won = [each for each in await asyncio.gather(*presses) if each is not None]
    assert len(won) == 1
    assert len(await store.answered_rows()) + len(await store.open_questions()) == 1


async def test_a_press_and_the_tidying_together_log_a_question_once(store: Store) -> None:
    offers = [await store.open_offer(a_kept(f"question {n}"), NOON) for n in range(10)]
    pressed, expired, again = await asyncio.gather(
        asyncio.gather(
            *(store.close_offer_unanswered(each, Reason.NONE_OF_THESE, later(16)) for each in offers)
        ),
        expire_offers(store, later(16)),
        expire_offers(store, later(16)),
    )
    assert len([each for each in pressed if each is not None]) + expired + again == 10
    assert [each.times for each in await store.open_questions()] == [1] * 10


async def test_of_many_presses_of_one_member_one_is_new(store: Store) -> None:
    question_id = await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    added = await asyncio.gather(*(store.add_waiter(question_id, 501, NOON) for _ in range(20)))
    assert sorted(map(str, added)) == ["False"] * 19 + ["True"]
    assert await store.waiting(question_id) == [501]


async def test_nobody_sees_a_count_without_its_asking(store: Store) -> None:
    question_id = await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)

    async def write() -> None:
        for _ in range(20):
            await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)

    async def read() -> list[tuple[int, int]]:
        found = [await store.question(question_id) for _ in range(20)]
        return [(question.times, len(askings)) for question, askings in filter(None, found)]

    seen, *_ = await asyncio.gather(read(), write(), write())
    assert len(seen) == 20
    assert [pair for pair in seen if pair[0] > pair[1]] == []
    assert [each.times for each in await store.open_questions()] == [41]


async def test_who_is_cancelled_leaves_nothing_half_done_and_nobody_locked_out(store: Store) -> None:
    async def cancelled_after(turns: int, write: asyncio.Task[Any]) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        write.cancel()
        await asyncio.gather(write, return_exceptions=True)

    for turns in range(40):
        await cancelled_after(turns, asyncio.create_task(store.log_unanswered(a_kept(), Reason.UNSURE, NOON)))
    question_id = await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    found = await store.question(question_id)
    assert found is not None
    assert found[0].times == len(found[1])


async def test_connections_that_the_server_dropped_are_found_out() -> None:
    async with a_postgres_database() as url:
        store, other = await Store.open(url), create_async_engine(url)
        await asyncio.gather(*(store.keep_answered(an_answered(), NOON) for _ in range(5)))
        async with other.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        await other.dispose()
        assert len(await store.answered_rows()) == 5
        await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
        await store.close()
