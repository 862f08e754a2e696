"""The log of unanswered questions, on a real SQLite file and a real PostgreSQL server."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from bot.core.outcome import Candidate, Reason
from bot.store.records import Asking, Door, OpenQuestion
from bot.store.store import Store
from tests.make_kept import NOON, a_kept, later

pytest_plugins = ["tests.store_fixtures"]


async def test_a_logged_question_is_found_again_with_all_that_was_known(store: Store) -> None:
    candidates = (Candidate("misting-monstera", 0.2512), Candidate("lily-and-cats", 0.1))
    kept = a_kept("Do ferns dream?", key="do ferns dream", door=Door.MENTION, candidates=candidates)
    question_id = await store.log_unanswered(kept, Reason.LOW_CONFIDENCE, NOON)
    asking = Asking(NOON, 20, Door.MENTION, Reason.LOW_CONFIDENCE, "library-1", candidates)
    logged = OpenQuestion(
        question_id, 10, "Do ferns dream?", times=1, waiting=0, first_at=NOON, last_at=NOON, last=asking
    )
    assert await store.question(question_id) == (logged, [asking])
    assert await store.open_questions() == [logged]


async def test_confidences_are_kept_to_four_digits(store: Store) -> None:
    kept = a_kept(candidates=(Candidate("misting-monstera", 1 / 3),))
    question_id = await store.log_unanswered(kept, Reason.UNSURE, NOON)
    found = await store.question(question_id)
    assert found is not None
    assert found[1][0].candidates == (Candidate("misting-monstera", 0.3333),)


async def test_a_question_without_candidates_is_logged(store: Store) -> None:
    question_id = await store.log_unanswered(a_kept(candidates=()), Reason.UNKNOWN_WORDS, NOON)
    found = await store.question(question_id)
    assert found is not None
    assert found[1][0].candidates == ()


async def test_the_same_question_counts_up_and_keeps_its_first_words(store: Store) -> None:
    first = await store.log_unanswered(a_kept("Do ferns dream?", key="k"), Reason.UNSURE, NOON)
    again = await store.log_unanswered(
        a_kept("DO FERNS DREAM", key="k", channel_id=21, library_version="library-2", door=Door.DIRECT),
        Reason.LEFT_ALONE,
        later(5),
    )
    assert again == first
    found = await store.question(first)
    assert found is not None
    question, askings = found
    assert (question.text, question.times) == ("Do ferns dream?", 2)
    assert (question.first_at, question.last_at) == (NOON, later(5))
    assert [(each.channel_id, each.reason, each.library_version) for each in askings] == [
        (20, Reason.UNSURE, "library-1"),
        (21, Reason.LEFT_ALONE, "library-2"),
    ]
    assert question.last == askings[1]


async def test_the_same_question_in_another_guild_is_another_question(store: Store) -> None:
    here = await store.log_unanswered(a_kept(guild_id=10), Reason.UNSURE, NOON)
    there = await store.log_unanswered(a_kept(guild_id=11), Reason.UNSURE, NOON)
    in_private = await store.log_unanswered(a_kept(guild_id=0), Reason.UNSURE, NOON)
    assert len({here, there, in_private}) == 3


async def test_the_largest_id_of_discord_fits(store: Store) -> None:
    largest = 2**63 - 1
    question_id = await store.log_unanswered(
        a_kept(guild_id=largest, channel_id=largest), Reason.UNSURE, NOON
    )
    await store.add_waiter(question_id, largest, NOON)
    found = await store.question(question_id)
    assert found is not None
    assert (found[0].guild_id, found[1][0].channel_id) == (largest, largest)
    assert await store.waiting(question_id) == [largest]


async def test_a_moment_from_another_time_zone_comes_back_in_utc(store: Store) -> None:
    in_tokyo = NOON.astimezone(timezone(timedelta(hours=9)))
    question_id = await store.log_unanswered(a_kept(), Reason.UNSURE, in_tokyo)
    found = await store.question(question_id)
    assert found is not None
    assert found[0].first_at == NOON
    assert found[0].first_at.utcoffset() == timedelta(0)


async def test_an_unknown_question_is_none(store: Store) -> None:
    assert await store.question(404) is None


async def test_the_log_shows_most_asked_first_then_newest(store: Store) -> None:
    for minute, text in enumerate(["old", "twice", "new", "twice"]):
        await store.log_unanswered(a_kept(text), Reason.UNSURE, later(minute))
    assert [each.text for each in await store.open_questions()] == ["twice", "new", "old"]
    assert [each.text for each in await store.open_questions(limit=1, offset=1)] == ["new"]
    assert await store.open_questions(offset=3) == []


async def test_the_log_shows_how_many_wait_and_the_last_asking_of_each(store: Store) -> None:
    first = await store.log_unanswered(a_kept("one", channel_id=1), Reason.UNSURE, NOON)
    await store.log_unanswered(a_kept("one", channel_id=2), Reason.UNSURE, later(1))
    await store.log_unanswered(a_kept("two", channel_id=3), Reason.DECOY, NOON)
    await store.add_waiter(first, 501, NOON)
    await store.add_waiter(first, 502, NOON)
    shown = {each.text: each for each in await store.open_questions()}
    assert (shown["one"].waiting, shown["two"].waiting) == (2, 0)
    last = {text: each.last.channel_id for text, each in shown.items() if each.last is not None}
    assert last == {"one": 2, "two": 3}


async def test_an_export_holds_every_question_once(store: Store) -> None:
    texts = [f"question {number}" for number in range(7)]
    for text in texts:
        await store.log_unanswered(a_kept(text), Reason.UNSURE, NOON)
    for batch in (1, 3, 7, 100):
        assert [each.text async for each in store.every_question(batch)] == texts


async def test_an_export_misses_nothing_while_questions_are_asked_again(store: Store) -> None:
    texts = [f"question {number}" for number in range(6)]
    for text in texts:
        await store.log_unanswered(a_kept(text), Reason.UNSURE, NOON)
    exported = []
    async for each in store.every_question(batch=2):
        exported.append(each.text)
        await store.log_unanswered(a_kept(texts[-len(exported)]), Reason.UNSURE, later(1))
    assert exported == texts


async def test_an_empty_log_is_empty(store: Store) -> None:
    assert await store.open_questions() == []
    assert [each async for each in store.every_question()] == []
    assert await store.feedback_rows() == []
    assert await store.answered_rows() == []


async def test_a_naive_moment_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="give an aware datetime"):
        await store.log_unanswered(a_kept(), Reason.UNSURE, NOON.replace(tzinfo=None))
    assert await store.open_questions() == []
