"""Public answers: which message showed which edition, which are behind, and one notice a channel."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.store.shown import Edition, Notice, Place, PublicAnswer
from bot.store.store import Store
from tests.make_kept import NOON

pytest_plugins = ["tests.store_fixtures"]
GUILD, GENERAL, OTHER = 1, 10, 20
SINCE = NOON - timedelta(days=90)
HOLES = [Notice("holes", 1, "2026-01-04", "How many holes?", "It is two.")]


async def noted(store: Store, message_id: int, entry_id: str = "holes", **changes: int) -> None:
    """A message that showed that entry; in `channel_id`, `days` ago, with so many `corrections`."""
    place = Place(GUILD, changes.get("channel_id", GENERAL), message_id)
    edition = Edition(entry_id, "0a1b2c3d", changes.get("corrections", 0))
    await store.shown.note(place, edition, NOON - timedelta(days=changes.get("days", 0)))


async def behind(store: Store, limit: int = 10, **corrections: int) -> list[PublicAnswer]:
    """The messages that miss a correction."""
    return await store.shown.outdated(corrections, SINCE, limit)


def ids(answers: list[PublicAnswer]) -> list[int]:
    """Their message ids."""
    return [answer.place.message_id for answer in answers]


async def test_a_message_is_noted_once_and_forgotten_when_it_goes(store: Store) -> None:
    await noted(store, 1)
    await noted(store, 1, "saucers")
    (row,) = await store.shown.rows()
    assert row["entry_id"] == "holes"
    assert await store.shown.forget(1)
    assert not await store.shown.forget(1)
    assert await store.shown.rows() == []


async def test_only_what_misses_a_correction_is_behind_a_channel_after_the_other(store: Store) -> None:
    await noted(store, 1, channel_id=OTHER)
    await noted(store, 2)
    await noted(store, 3, channel_id=OTHER)
    await noted(store, 4, corrections=1)
    await noted(store, 5, "saucers")
    assert ids(await behind(store, holes=1)) == [2, 1, 3]
    assert ids(await behind(store, limit=2, holes=1)) == [2, 1]
    assert await behind(store, saucers=0) == []


async def test_what_is_too_old_or_left_out_is_not_worked_on(store: Store) -> None:
    await noted(store, 1, days=91)
    await noted(store, 2)
    (answer,) = await behind(store, holes=1)
    assert ids([answer]) == [2]
    assert await store.shown.outdated({"holes": 1}, SINCE, 10, [answer.id]) == []


async def test_edited_it_is_not_behind_until_the_next_correction_and_keeps_what_was_given(
    store: Store,
) -> None:
    await noted(store, 1)
    (answer,) = await behind(store, holes=1)
    await store.shown.edited(answer, Edition("holes", "11111111", 1))
    assert await behind(store, holes=1) == []
    (again,) = await behind(store, holes=2)
    assert (again.given.corrections, again.shown) == (0, Edition("holes", "11111111", 1))


async def test_refused_it_is_left_alone_until_it_is_revived(store: Store) -> None:
    await noted(store, 1)
    (answer,) = await behind(store, holes=1)
    await store.shown.refused(answer)
    assert await behind(store, holes=1) == []
    assert await store.shown.revive() == 1
    assert ids(await behind(store, holes=1)) == [1]


async def edited_all(store: Store) -> None:
    """Every message shows the first correction of the holes."""
    for answer in await behind(store, holes=1):
        await store.shown.edited(answer, Edition("holes", "11111111", 1))


async def test_a_channel_is_told_once_all_its_messages_show_it(store: Store) -> None:
    await noted(store, 1)
    await noted(store, 2)
    await noted(store, 3, channel_id=OTHER)
    first, *_ = await behind(store, holes=1)
    await store.shown.edited(first, Edition("holes", "11111111", 1))
    assert await store.shown.give_notice(HOLES, NOON, []) == 0, "one message of it is behind still"
    await edited_all(store)
    assert await store.shown.give_notice(HOLES, NOON, []) == 2
    assert await store.shown.give_notice(HOLES, NOON, []) == 0
    rows = await store.outbox.rows()
    assert [(row["channel_id"], row["content"]["messages"]) for row in rows] == [
        (GENERAL, [1, 2]),
        (OTHER, [3]),
    ]


async def test_many_who_give_notice_at_once_give_it_once(store: Store) -> None:
    await noted(store, 1)
    await edited_all(store)
    counts = await asyncio.gather(*(store.shown.give_notice(HOLES, NOON, []) for _ in range(6)))
    assert sum(counts) == 1


@pytest.mark.parametrize("changes", [{"days": 15}, {"corrections": 1}])
async def test_no_notice_speaks_of_old_messages_or_of_those_given_since(
    store: Store, changes: dict[str, int]
) -> None:
    await noted(store, 1, "holes", **changes)
    await edited_all(store)
    assert await store.shown.give_notice(HOLES, NOON, []) == 0


async def test_after_ninety_days_it_is_forgotten(store: Store) -> None:
    await noted(store, 1, days=91)
    await noted(store, 2)
    assert await store.shown.purge(SINCE) == 1
    assert [row["message_id"] for row in await store.shown.rows()] == [2]
