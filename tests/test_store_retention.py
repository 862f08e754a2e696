"""What is forgotten is gone: answered questions after their days, and from the file itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.core.outcome import Reason
from bot.journeys.gather import Gatherer
from bot.journeys.pseudonyms import Pseudonyms
from bot.matching.engine import PLAIN
from bot.store.cluster_records import Cluster, Dismissal, Refused
from bot.store.records import Feedback, FeedbackKind, Place, Way
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.make import KNOWLEDGE, some_settings
from tests.make_changes import ADA
from tests.make_kept import NOON, a_kept, a_live, an_answered, later

pytest_plugins = ["tests.store_fixtures"]


async def a_cluster(store: Store, folder: Path, text: str) -> Cluster:
    """A question that was not answered, in a cluster of its own."""
    question_id = await store.log_unanswered(a_kept(text, key=text), Reason.UNSURE, NOON)
    number = await Gatherer(store, Pseudonyms(folder)).asked(question_id, 501, PLAIN, NOON)
    found = await store.clusters.cluster(number or 0)
    assert found is not None
    return found


async def test_an_answered_question_is_kept_without_who_or_where(store: Store) -> None:
    answered_id = await store.keep_answered(an_answered(way=Way.AUTOCOMPLETE), NOON)
    assert await store.answered_text(answered_id) == "my cat chewed a lily leaf"
    assert await store.answered_rows() == [
        {
            "id": answered_id,
            "at": NOON,
            "text": "my cat chewed a lily leaf",
            "entry_id": "lily-and-cats",
            "entry_version": "version-1",
            "library_version": "library-1",
            "confidence": 0.875,
            "way": "autocomplete",
        }
    ]


async def test_answered_questions_before_a_moment_are_forgotten(store: Store) -> None:
    old, at_the_moment, new = [
        await store.keep_answered(an_answered(f"question {minute}"), later(minute)) for minute in range(3)
    ]
    assert await store.purge_answered(later(1)) == 1
    assert await store.answered_text(old) is None
    assert [row["id"] for row in await store.answered_rows()] == [new, at_the_moment]
    assert await store.purge_answered(later(1)) == 0


async def test_feedback_outlives_the_question_that_it_quotes(store: Store) -> None:
    for minute in (0, 2):
        about = Feedback(
            FeedbackKind.WRONG, Place(10, 20), "e", "v", "l", text="a question", why="It is not."
        )
        await store.log_feedback(about, later(minute))
    await store.purge_answered(later(1))
    assert [(row["text"], row["why"]) for row in await store.feedback_rows()] == [
        ("a question", "It is not."),
        (None, "It is not."),
    ]


async def test_a_quotation_goes_with_its_question_however_young_the_feedback_is(store: Store) -> None:
    await store.keep_answered(an_answered("a question"), NOON)
    await store.keep_answered(an_answered("another question"), later(2))
    for text in ("a question", "another question"):
        about = Feedback(FeedbackKind.WRONG, Place(10, 20), "e", "v", "l", text=text, why="It is not.")
        await store.log_feedback(about, later(2))
    await store.purge_answered(later(1))
    assert [row["text"] for row in await store.feedback_rows()] == ["another question", None]


async def test_unanswered_questions_and_waiters_are_not_purged(store: Store) -> None:
    question_id = await store.log_unanswered(a_kept(), Reason.UNSURE, NOON)
    await store.add_waiter(question_id, 501, NOON)
    await store.purge_answered(later(60))
    assert [each.id for each in await store.open_questions()] == [question_id]
    assert await store.waiting(question_id) == [501]


@pytest.mark.parametrize("is_resolved", [True, False])
async def test_what_moderators_dealt_with_is_forgotten_words_and_all(
    store: Store, tmp_path: Path, is_resolved: bool
) -> None:
    dealt, other = await a_cluster(store, tmp_path, "a secret about lilies"), "which pot suits a big yucca"
    still = await a_cluster(store, tmp_path, other)
    if is_resolved:
        await store.resolving.resolve(dealt.id, dealt.revision, "holes", "0a1b2c3d", ADA, NOON)
    else:
        await store.acts.dismiss(dealt.id, dealt.revision, Dismissal.SPAM, ADA, NOON)
    (action,) = await store.clusters.history(dealt.id)
    assert await store.dealt_with.forget(NOON, later(1)) == 0, "not yet"
    assert await store.dealt_with.forget(later(1), later(1)) == 1
    assert await store.dealt_with.forget(later(1), later(1)) == 0
    left = await store.clusters.cluster(dealt.id)
    assert left is not None
    assert (left.size, left.title) == (0, "")
    assert await store.clusters.questions(dealt.id) == []
    assert [each.text for each in await store.open_questions()] == [other]
    assert await store.clusters.cluster(still.id) == still
    assert await store.acts.undo(action.id, ADA, later(2)) is Refused.IMPOSSIBLE


async def test_what_somebody_waits_for_or_asked_since_is_not_forgotten(store: Store, tmp_path: Path) -> None:
    for text in ("one waits", "one asked since"):
        cluster = await a_cluster(store, tmp_path, text)
        await store.acts.dismiss(cluster.id, cluster.revision, Dismissal.SPAM, ADA, NOON)
    assert await store.add_waiter(1, 501, later(1))
    await store.log_unanswered(a_kept("one asked since", key="one asked since"), Reason.UNSURE, later(5))
    assert await store.dealt_with.forget(later(5), later(5)) == 0
    assert await store.waiting(1) == [501]
    await store.remove_waiter(1, 501)
    assert await store.dealt_with.forget(later(5), later(5)) == 1


async def test_what_was_forgotten_does_not_linger_in_the_sqlite_file(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    for number in range(50):
        await store.keep_answered(an_answered(f"a secret about lilies {number}"), NOON)
    await store.purge_answered(later(1))
    await store.close()
    assert b"a secret about lilies" not in (tmp_path / "caveat.db").read_bytes()


async def test_tidying_keeps_the_days_of_the_settings_and_closes_offers_left_alone(
    store: Store, tmp_path: Path
) -> None:
    moment = NOON
    settings = some_settings(KNOWLEDGE, tmp_path / "unused.db", answered_kept_days=30)
    app = App(settings, store, a_live(), clock=lambda: moment)
    answered_id = await store.keep_answered(an_answered(), NOON)
    offer_id = await store.open_offer(a_kept(), NOON)

    moment = NOON + timedelta(minutes=15)
    await app.tidy()
    assert await store.offer(offer_id) is not None
    moment += timedelta(seconds=1)
    await app.tidy()
    assert await store.offer(offer_id) is None
    (question,) = await store.open_questions()
    assert question.last is not None
    assert question.last.reason is Reason.LEFT_ALONE

    moment = NOON + timedelta(days=30)
    await app.tidy()
    assert await store.answered_text(answered_id) is not None
    moment += timedelta(seconds=1)
    await app.tidy()
    assert await store.answered_text(answered_id) is None
    assert len(await store.open_questions()) == 1


async def test_tidying_forgets_all_answered_questions_once_none_are_to_be_kept(
    store: Store, tmp_path: Path
) -> None:
    settings = some_settings(KNOWLEDGE, tmp_path / "unused.db", answered_kept_days=0)
    app = App(settings, store, a_live(), clock=lambda: later(1))
    await store.keep_answered(an_answered(), NOON)
    await app.tidy()
    assert await store.answered_rows() == []


async def test_tidying_after_a_long_rest_closes_every_offer(store: Store, tmp_path: Path) -> None:
    app = App(some_settings(KNOWLEDGE, tmp_path / "unused.db"), store, a_live(), clock=lambda: later(9999))
    for number in range(30):
        await store.open_offer(a_kept(f"offer {number % 10}"), NOON)
    await app.tidy()
    await app.tidy()
    assert [each.times for each in await store.open_questions()] == [3] * 10
    assert await store.offers_before(later(9999)) == []


async def test_an_old_answer_never_means_a_newer_question(store: Store) -> None:
    first = await store.keep_answered(an_answered("first"), NOON)
    await store.purge_answered(later(1))
    second = await store.keep_answered(an_answered("second"), later(2))
    assert second > first
    assert await store.answered_text(first) is None
