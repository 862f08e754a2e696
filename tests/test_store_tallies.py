"""What questions came to, counted by day on a real database; the words are nowhere in it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from bot.journeys.answer import Asked, Offered, Shown, answer, show_entry
from bot.journeys.choose import choose, expire_offers, none_of_these
from bot.journeys.feedback import About, not_my_question
from bot.store.records import Door, Place, Way
from bot.store.store import Store
from bot.store.tallies import Came, Tally
from tests.make_kept import NOON, a_live, later

pytest_plugins = ["tests.store_fixtures"]

TODAY = NOON.date()
TOMORROW = TODAY + timedelta(days=1)
EXACT = "How often should a cactus be watered in winter?"
NEAR = "my cat chewed a lily leaf in winter, what about the soil"
HERE = Place(10, 20)


async def counted(store: Store) -> list[tuple[Came, Door, str, int]]:
    """Today's counts."""
    found = await store.tallies.between(TODAY, TOMORROW)
    return [(tally.came, tally.door, tally.entry_id, tally.count) for tally in found]


async def test_the_same_counts_up_and_all_else_stands_apart(store: Store) -> None:
    for came, door, entry_id in (
        (Came.ANSWERED, Door.SLASH, "cactus"),
        (Came.ANSWERED, Door.SLASH, "cactus"),
        (Came.ANSWERED, Door.MENTION, "cactus"),
        (Came.ANSWERED, Door.SLASH, "fern"),
        (Came.UNANSWERED, Door.SLASH, ""),
    ):
        await store.tallies.count(came, door, NOON, entry_id)
    assert await store.tallies.between(TODAY, TOMORROW) == [
        Tally(TODAY, Came.ANSWERED, Door.SLASH, "cactus", 2),
        Tally(TODAY, Came.ANSWERED, Door.MENTION, "cactus", 1),
        Tally(TODAY, Came.ANSWERED, Door.SLASH, "fern", 1),
        Tally(TODAY, Came.UNANSWERED, Door.SLASH, "", 1),
    ]


async def test_a_day_is_a_day_in_utc(store: Store) -> None:
    late = datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    await store.tallies.count(Came.UNANSWERED, Door.SLASH, late)
    (tally,) = await store.tallies.between(date(2026, 2, 28), date(2026, 3, 1))
    assert tally.day == late.astimezone(UTC).date() == date(2026, 2, 28)
    assert await store.tallies.between(date(2026, 3, 1), date(2026, 3, 2)) == []


async def test_counting_began_on_the_first_day(store: Store) -> None:
    assert await store.tallies.first_day() is None
    await store.tallies.count(Came.UNANSWERED, Door.SLASH, NOON)
    await store.tallies.count(Came.UNANSWERED, Door.SLASH, NOON - timedelta(days=3))
    assert await store.tallies.first_day() == TODAY - timedelta(days=3)


async def test_of_fifty_at_once_none_is_lost(store: Store) -> None:
    await asyncio.gather(*(store.tallies.count(Came.ANSWERED, Door.SLASH, NOON, "fern") for _ in range(50)))
    assert await counted(store) == [(Came.ANSWERED, Door.SLASH, "fern", 50)]


@pytest.mark.parametrize("kept_days", [0, 30])
async def test_a_question_counts_once_for_what_came_of_it(store: Store, kept_days: int) -> None:
    sure, offering = a_live(), a_live(suggest=0.0)
    await answer(Asked(EXACT, Door.MENTION, HERE), sure, store, NOON, kept_days)
    await answer(Asked("who won the match", Door.DIRECT, Place(0, 0)), sure, store, NOON, kept_days)
    await answer(Asked(NEAR, Door.SLASH, HERE), offering, store, NOON, kept_days)
    await show_entry("lily-and-cats", sure, store, NOON, kept_days, Way.AUTOCOMPLETE)
    await show_entry("lily-and-cats", sure, store, NOON, kept_days, Way.CHOICE)
    assert await counted(store) == [
        (Came.ANSWERED, Door.MENTION, "cactus-in-winter", 1),
        (Came.UNANSWERED, Door.DIRECT, "", 1),
        (Came.SUGGESTED, Door.SLASH, "", 1),
        (Came.PICKED, Door.SLASH, "lily-and-cats", 1),
        (Came.PICKED, Door.BUTTON, "lily-and-cats", 1),
    ]


@pytest.mark.parametrize("text", ["", "?!", "why " * 400])
async def test_what_is_no_question_counts_as_nothing(store: Store, text: str) -> None:
    await answer(Asked(text, Door.SLASH, HERE), a_live(), store, NOON, 30)
    assert await counted(store) == []


@pytest.mark.parametrize("kept_days", [0, 30])
async def test_a_choice_that_is_taken_counts_once_through_the_door_of_its_question(
    store: Store, kept_days: int
) -> None:
    live = a_live(suggest=0.0)
    offered = await answer(Asked(NEAR, Door.MENTION, HERE), live, store, NOON, kept_days)
    assert isinstance(offered, Offered)
    for _ in range(2):
        await choose(offered.offer_id, "lily-and-cats", live, store, NOON, kept_days)
    assert await counted(store) == [
        (Came.SUGGESTED, Door.MENTION, "", 1),
        (Came.CHOSEN, Door.MENTION, "lily-and-cats", 1),
    ]


async def test_choices_that_did_not_fit_count_as_suggested_only(store: Store) -> None:
    live = a_live(suggest=0.0)
    for _ in range(2):
        offered = await answer(Asked(NEAR, Door.SLASH, HERE), live, store, NOON, 30)
    assert isinstance(offered, Offered)
    await none_of_these(offered.offer_id, store, NOON)
    assert await expire_offers(store, later(60)) == 1
    assert await counted(store) == [(Came.SUGGESTED, Door.SLASH, "", 2)]


async def test_an_answer_that_is_taken_back_counts_once_on_the_day_of_the_answer(store: Store) -> None:
    live = a_live()
    shown = await answer(Asked(EXACT, Door.SLASH, HERE), live, store, NOON, 30)
    assert isinstance(shown, Shown)
    about = About(shown.entry.id, shown.entry.version, shown.answered_id)
    for _ in range(2):
        await not_my_question(about, HERE, live, store, NOON + timedelta(days=2))
    assert await counted(store) == [
        (Came.ANSWERED, Door.SLASH, "cactus-in-winter", 1),
        (Came.TAKEN_BACK, Door.BUTTON, "cactus-in-winter", 1),
    ]
    assert await store.tallies.between(TOMORROW, TOMORROW + timedelta(days=9)) == []


async def test_no_word_of_a_question_stands_in_the_tallies(store: Store) -> None:
    await answer(Asked("who won the match", Door.SLASH, HERE), a_live(), store, NOON, 30)
    (tally,) = await store.tallies.between(TODAY, TOMORROW)
    assert tally == Tally(TODAY, Came.UNANSWERED, Door.SLASH, "", 1)
