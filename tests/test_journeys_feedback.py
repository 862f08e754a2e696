"""What members say of an answer, and checking a message, on a real store."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.outcome import Reason
from bot.journeys.answer import Asked, Shown, Unanswered, answer
from bot.journeys.check_message import check_message
from bot.journeys.feedback import About, not_my_question, this_is_wrong
from bot.journeys.live import Live
from bot.store.records import Door, Place
from bot.store.store import Store
from tests.make_kept import NOON, a_live, later

pytest_plugins = ["tests.store_fixtures"]

HERE = Place(guild_id=10, channel_id=20)
EXACT = "my cat chewed a lily leaf"


@pytest.fixture
def live() -> Live:
    """A library that answers only exact phrasings."""
    return a_live()


@pytest.fixture
async def about(store: Store, live: Live) -> About:
    """An answer that was given at noon and is kept."""
    shown = await answer(Asked(EXACT, Door.SLASH, HERE), live, store, NOON, kept_days=30)
    assert isinstance(shown, Shown)
    return About(shown.entry.id, shown.entry.version, shown.answered_id)


async def test_not_my_question_is_noted_on_the_entry_and_logged_as_unanswered(
    store: Store, live: Live, about: About
) -> None:
    reply = await not_my_question(about, HERE, live, store, later(1))
    assert reply is not None
    assert reply.reason is Reason.NOT_MY_QUESTION
    assert reply.question_id is not None
    found = await store.question(reply.question_id)
    assert found is not None
    question, (asking,) = found
    assert (question.text, question.guild_id, asking.channel_id) == (EXACT, 10, 20)
    assert (asking.door, asking.reason) == (Door.BUTTON, Reason.NOT_MY_QUESTION)
    assert asking.candidates[0].entry_id == "lily-and-cats"
    (row,) = await store.feedback_rows()
    assert (row["kind"], row["entry_id"], row["entry_version"], row["text"]) == (
        "not-my-question",
        "lily-and-cats",
        about.entry_version,
        EXACT,
    )
    assert row["library_version"] == live.library.version
    assert await store.answered_rows() == []


async def test_not_my_question_said_twice_counts_once(store: Store, live: Live, about: About) -> None:
    said = await asyncio.gather(*(not_my_question(about, HERE, live, store, later(1)) for _ in range(5)))
    assert len([reply for reply in said if reply is not None]) == 1
    assert len(await store.feedback_rows()) == 1
    assert [each.times for each in await store.open_questions()] == [1]


async def test_not_my_question_of_a_question_that_was_never_kept_is_feedback_alone(
    store: Store, live: Live
) -> None:
    reply = await not_my_question(About("lily-and-cats", "version-1", 0), HERE, live, store, NOON)
    assert reply == Unanswered(Reason.NOT_MY_QUESTION, None)
    (row,) = await store.feedback_rows()
    assert row["text"] is None
    assert await store.open_questions() == []


async def test_this_is_wrong_is_logged_with_the_reason_scrubbed(
    store: Store, live: Live, about: About
) -> None:
    why = "Ask me at jane@example.com or +49 170 1234567:\nit was 290 times in 2000."
    feedback_id = await this_is_wrong(about, why, HERE, live, store, later(1))
    (row,) = await store.feedback_rows()
    assert row["id"] == feedback_id
    assert (row["kind"], row["text"]) == ("wrong", EXACT)
    assert row["why"] == "Ask me at [e-mail] or [number] : it was 290 times in 2000."
    assert (row["at"], row["guild_id"], row["channel_id"]) == (later(1), 10, 20)


async def test_a_disputed_answer_stays_answered(store: Store, live: Live, about: About) -> None:
    await this_is_wrong(about, "It is not.", HERE, live, store, later(1))
    assert await store.answered_text(about.answered_id) == EXACT
    assert await store.open_questions() == []


@pytest.mark.parametrize("why", ["", "  ", "\u200b\x00", "\ud800"])
async def test_a_reason_that_says_nothing_is_none(store: Store, live: Live, about: About, why: str) -> None:
    await this_is_wrong(about, why, HERE, live, store, NOON)
    assert [row["why"] for row in await store.feedback_rows()] == [None]


async def test_a_dispute_outlives_the_question(store: Store, live: Live, about: About) -> None:
    await store.purge_answered(later(1))
    await this_is_wrong(about, "It is not.", HERE, live, store, later(2))
    (row,) = await store.feedback_rows()
    assert (row["text"], row["why"]) == (None, "It is not.")


# ---- "Check this message" keeps nothing: it has no store to keep anything in

PASTED = """Great article… thanks.
- My cat chewed a lily leaf!
- Nobody knows why ferns dream at night.
- Are lilies toxic for cats? Should I speak to my pothos?"""


def test_each_entry_that_a_message_touches_is_shown_once_in_the_order_of_the_message(live: Live) -> None:
    check = check_message(PASTED, live)
    assert check.checked == 4
    assert [(each.sentence, each.entry.id, each.confidence) for each in check.covered] == [
        ("My cat chewed a lily leaf!", "lily-and-cats", 1.0),
        ("Should I speak to my pothos?", "talking-to-plants", 1.0),
    ]


@pytest.mark.parametrize("text", ["", "🔥", "Thanks a lot!", "\x00\ud800", "a" * 4000, ".\n" * 2000])
def test_a_message_without_claims_covers_nothing(live: Live, text: str) -> None:
    assert check_message(text, live).covered == ()


def test_the_same_claim_twice_is_covered_once(live: Live) -> None:
    check = check_message("My cat chewed a lily leaf. " * 30, live)
    assert (check.checked, len(check.covered)) == (30, 1)
