"""What members leave behind: who waits for an answer, and what they said of one."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from bot.core.outcome import Reason
from bot.store.records import Door, Feedback, FeedbackKind, Place
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.make_kept import NOON, a_kept, an_answered, later

pytest_plugins = ["tests.store_fixtures"]


@pytest.fixture
async def question_id(store: Store) -> int:
    """A logged question."""
    return await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)


async def test_who_waits_is_noted_in_the_order_of_pressing(store: Store, question_id: int) -> None:
    assert await store.add_waiter(question_id, 502, NOON) is True
    assert await store.add_waiter(question_id, 501, later(1)) is True
    assert await store.waiting(question_id) == [502, 501]


async def test_a_fault_that_is_logged_names_nobody_and_quotes_nothing(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    question_id = await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    with closing(sqlite3.connect(tmp_path / "caveat.db")) as another_program:
        another_program.executescript("DROP TABLE waiters; DROP TABLE answered;")
    with pytest.raises(SQLAlchemyError) as of_a_member:
        await store.add_waiter(question_id, 424242, NOON)
    with pytest.raises(SQLAlchemyError) as of_a_question:
        await store.keep_answered(an_answered("my cat chewed a lily leaf"), NOON)
    await store.close()
    assert "424242" not in str(of_a_member.value)
    assert "lily" not in str(of_a_question.value)


async def test_who_presses_twice_waits_once(store: Store, question_id: int) -> None:
    await store.add_waiter(question_id, 501, NOON)
    assert await store.add_waiter(question_id, 501, later(1)) is False
    assert await store.waiting(question_id) == [501]


async def test_one_member_can_wait_for_two_questions(store: Store, question_id: int) -> None:
    other = await store.log_unanswered(a_kept("another"), Reason.UNSURE, NOON)
    assert await store.add_waiter(question_id, 501, NOON) is True
    assert await store.add_waiter(other, 501, NOON) is True


async def test_nobody_can_wait_for_a_question_that_is_gone(store: Store) -> None:
    assert await store.add_waiter(404, 501, NOON) is None
    assert await store.waiting(404) == []


async def test_who_no_longer_wants_to_know_is_forgotten(store: Store, question_id: int) -> None:
    await store.add_waiter(question_id, 501, NOON)
    await store.add_waiter(question_id, 502, NOON)
    assert await store.remove_waiter(question_id, 501) is True
    assert await store.waiting(question_id) == [502]
    assert await store.remove_waiter(question_id, 501) is False


async def test_who_changes_their_mind_again_waits_at_the_end(store: Store, question_id: int) -> None:
    for user_id in (501, 502):
        await store.add_waiter(question_id, user_id, NOON)
    await store.remove_waiter(question_id, 501)
    assert await store.add_waiter(question_id, 501, later(1)) is True
    assert await store.waiting(question_id) == [502, 501]


async def test_feedback_is_logged_on_that_entry_and_version(store: Store) -> None:
    record = Feedback(
        kind=FeedbackKind.WRONG,
        place=Place(10, 20),
        entry_id="lily-and-cats",
        entry_version="version-1",
        library_version="library-1",
        text="my cat chewed a lily leaf",
        why="Only true lilies are.",
    )
    feedback_id = await store.log_feedback(record, NOON)
    assert await store.feedback_rows() == [
        {
            "id": feedback_id,
            "at": NOON,
            "kind": "wrong",
            "guild_id": 10,
            "channel_id": 20,
            "entry_id": "lily-and-cats",
            "entry_version": "version-1",
            "library_version": "library-1",
            "text": "my cat chewed a lily leaf",
            "why": "Only true lilies are.",
        }
    ]


async def test_feedback_without_question_and_reason_is_logged_newest_first(store: Store) -> None:
    for kind in (FeedbackKind.WRONG, FeedbackKind.NOT_MY_QUESTION):
        await store.log_feedback(Feedback(kind, Place(0, 20), "e", "v", "l", text=None, why=None), NOON)
    rows = await store.feedback_rows()
    assert [(row["kind"], row["text"], row["why"]) for row in rows] == [
        ("not-my-question", None, None),
        ("wrong", None, None),
    ]


async def test_an_answer_that_missed_becomes_feedback_and_an_unanswered_question(store: Store) -> None:
    answered_id = await store.keep_answered(an_answered("my lily is ill"), NOON)
    said = Feedback(
        FeedbackKind.NOT_MY_QUESTION, Place(10, 20), "e", "v", "l", text="my lily is ill", why=None
    )
    kept = a_kept("my lily is ill", door=Door.BUTTON)
    question_id = await store.take_back_answered(answered_id, said, kept, Reason.NOT_MY_QUESTION, later(1))
    assert question_id is not None
    assert await store.answered_text(answered_id) is None
    assert [row["kind"] for row in await store.feedback_rows()] == ["not-my-question"]
    found = await store.question(question_id)
    assert found is not None
    assert [(each.door, each.reason) for each in found[1]] == [(Door.BUTTON, Reason.NOT_MY_QUESTION)]


async def test_of_many_who_say_at_once_that_it_missed_one_is_heard(store: Store) -> None:
    answered_id = await store.keep_answered(an_answered(), NOON)
    said = Feedback(FeedbackKind.NOT_MY_QUESTION, Place(10, 20), "e", "v", "l", text="a question", why=None)
    heard = await asyncio.gather(
        *(
            store.take_back_answered(answered_id, said, a_kept(), Reason.NOT_MY_QUESTION, NOON)
            for _ in range(10)
        )
    )
    assert len([each for each in heard if each is not None]) == 1
    assert len(await store.feedback_rows()) == 1
    assert [each.times for each in await store.open_questions()] == [1]
