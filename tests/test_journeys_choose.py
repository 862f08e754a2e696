"""The choices of a "Did you mean", on a real store: taken, refused, or left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.outcome import Reason
from bot.journeys.answer import OFFER_LASTS, Asked, Offered, Shown, Unanswered, answer
from bot.journeys.choose import choose, expire_offers, none_of_these, open_choices
from bot.journeys.live import Live
from bot.matching.decide import BESIDE
from bot.store.records import Door, Place
from bot.store.store import Store
from tests.make_kept import NOON, a_live, later

pytest_plugins = ["tests.store_fixtures"]

NEAR = "my cat chewed a lily leaf in winter, what about the soil"


@pytest.fixture
def live() -> Live:
    """A library that offers whatever it can."""
    return a_live(suggest=0.0)


@pytest.fixture
async def offered(store: Store, live: Live) -> Offered:
    """An open offer, made at noon to a member who mentioned the bot."""
    reply = await answer(Asked(NEAR, Door.MENTION, Place(10, 20)), live, store, NOON, kept_days=30)
    assert isinstance(reply, Offered)
    return reply


async def test_the_choices_of_an_open_offer_are_the_ones_offered(
    store: Store, live: Live, offered: Offered
) -> None:
    assert await open_choices(offered.offer_id, live, store) == offered


async def test_what_was_too_unsure_to_be_offered_is_not_among_the_choices(
    store: Store, live: Live, offered: Offered
) -> None:
    offer = await store.offer(offered.offer_id)
    assert offer is not None
    best, second, *_ = (each.confidence for each in offer.kept.candidates)
    assert [e.id for e in offered.entries] == [each.entry_id for each in offer.kept.candidates[:3]]
    opened = await open_choices(offered.offer_id, a_live(suggest=(best + second) / 2 / BESIDE), store)
    assert opened is not None
    assert [each.id for each in opened.entries] == [offered.entries[0].id]


async def test_a_taken_choice_is_shown_and_kept_as_answered(
    store: Store, live: Live, offered: Offered
) -> None:
    offer = await store.offer(offered.offer_id)
    assert offer is not None
    shown = await choose(offered.offer_id, "lily-and-cats", live, store, later(1), kept_days=30)
    assert isinstance(shown, Shown)
    (row,) = await store.answered_rows()
    assert row["id"] == shown.answered_id
    assert (row["at"], row["text"], row["entry_id"], row["way"]) == (
        later(1),
        NEAR,
        "lily-and-cats",
        "choice",
    )
    assert row["confidence"] == shown.confidence == offer.kept.candidates[0].confidence
    assert await store.open_questions() == []
    assert await open_choices(offered.offer_id, live, store) is None


async def test_a_taken_choice_is_not_kept_where_nothing_is(
    store: Store, live: Live, offered: Offered
) -> None:
    shown = await choose(offered.offer_id, "lily-and-cats", live, store, later(1), kept_days=0)
    assert shown is not None
    assert shown.answered_id == 0
    assert await store.answered_rows() == []
    assert await store.offer(offered.offer_id) is None


async def test_none_of_these_logs_the_question_with_its_door_and_candidates(
    store: Store, live: Live, offered: Offered
) -> None:
    reply = await none_of_these(offered.offer_id, store, later(2))
    assert reply is not None
    assert reply.reason is Reason.NONE_OF_THESE
    assert reply.question_id is not None
    found = await store.question(reply.question_id)
    assert found is not None
    question, (asking,) = found
    assert (question.text, question.guild_id, asking.channel_id) == (NEAR, 10, 20)
    assert (asking.door, asking.reason) == (Door.MENTION, Reason.NONE_OF_THESE)
    assert asking.candidates[0].entry_id == "lily-and-cats"
    assert asking.library_version == live.library.version


async def test_choices_left_alone_for_fifteen_minutes_count_as_unanswered(
    store: Store, live: Live, offered: Offered
) -> None:
    assert timedelta(minutes=15) == OFFER_LASTS
    assert await expire_offers(store, NOON + OFFER_LASTS) == 0
    assert await expire_offers(store, NOON + OFFER_LASTS + timedelta(seconds=1)) == 1
    (question,) = await store.open_questions()
    assert question.last is not None
    assert (question.text, question.last.reason) == (NEAR, Reason.LEFT_ALONE)
    assert await expire_offers(store, later(60)) == 0


async def test_offers_that_outlived_a_restart_run_out_too(
    store: Store, live: Live, offered: Offered, database_url: str
) -> None:
    after_restart = await Store.open(database_url)
    assert await expire_offers(after_restart, later(24 * 60)) == 1
    assert [each.text for each in await store.open_questions()] == [NEAR]
    await after_restart.close()


async def test_who_presses_too_late_still_reads_the_answer_and_nothing_counts_twice(
    store: Store, live: Live, offered: Offered
) -> None:
    await expire_offers(store, later(16))
    shown = await choose(offered.offer_id, "lily-and-cats", live, store, later(17), kept_days=30)
    assert shown is not None
    assert (shown.entry.id, shown.answered_id) == ("lily-and-cats", 0)
    assert await none_of_these(offered.offer_id, store, later(17)) is None
    assert [each.times for each in await store.open_questions()] == [1]
    assert await store.answered_rows() == []


async def test_a_choice_that_was_retired_meanwhile_is_not_shown_and_the_offer_stays(
    store: Store, live: Live, offered: Offered
) -> None:
    assert await choose(offered.offer_id, "misting-monstera", live, store, later(1), kept_days=30) is None
    assert await store.offer(offered.offer_id) is not None


async def test_the_same_question_offered_and_refused_twice_counts_twice(
    store: Store, live: Live, offered: Offered
) -> None:
    again = await answer(Asked(NEAR, Door.SLASH, Place(10, 21)), live, store, later(1), kept_days=30)
    assert isinstance(again, Offered)
    replies = [await none_of_these(each.offer_id, store, later(2)) for each in (offered, again)]
    assert [reply for reply in replies if reply is None] == []
    first, second = (reply for reply in replies if isinstance(reply, Unanswered))
    assert first == second
    assert [each.times for each in await store.open_questions()] == [2]
