"""Offers: "Did you mean" choices are open until exactly one thing closes them."""

from __future__ import annotations

from bot.core.outcome import Candidate, Reason
from bot.store.records import Door, Offer, Way
from bot.store.store import Store
from tests.make_kept import NOON, a_kept, an_answered, later

pytest_plugins = ["tests.store_fixtures"]


async def test_an_open_offer_is_found_with_all_that_was_known(store: Store) -> None:
    candidates = (Candidate("lily-and-cats", 0.5), Candidate("misting-monstera", 0.25))
    kept = a_kept("Is my lily fine?", key="lily fine", door=Door.DIRECT, guild_id=0, candidates=candidates)
    offer_id = await store.open_offer(kept, NOON)
    assert await store.offer(offer_id) == Offer(offer_id, NOON, kept)


async def test_an_offer_is_not_yet_an_unanswered_question(store: Store) -> None:
    await store.open_offer(a_kept(), NOON)
    assert await store.open_questions() == []


async def test_a_chosen_offer_goes_and_its_question_is_kept_as_answered(store: Store) -> None:
    offer_id = await store.open_offer(a_kept("is my lily fine"), NOON)
    chosen = an_answered("is my lily fine", way=Way.CHOICE)
    answered_id = await store.close_offer_chosen(offer_id, chosen, later(1))
    assert answered_id
    assert await store.answered_text(answered_id) == "is my lily fine"
    assert await store.offer(offer_id) is None
    assert await store.open_questions() == []


async def test_a_chosen_offer_leaves_nothing_where_nothing_is_kept(store: Store) -> None:
    offer_id = await store.open_offer(a_kept(), NOON)
    assert await store.close_offer_chosen(offer_id, None, later(1)) == 0
    assert await store.offer(offer_id) is None
    assert await store.answered_rows() == []


async def test_an_offer_that_fits_nobody_becomes_an_unanswered_question(store: Store) -> None:
    kept = a_kept("is my lily fine", door=Door.MENTION)
    offer_id = await store.open_offer(kept, NOON)
    question_id = await store.close_offer_unanswered(offer_id, Reason.NONE_OF_THESE, later(3))
    assert question_id is not None
    found = await store.question(question_id)
    assert found is not None
    question, (asking,) = found
    assert (question.text, question.times, question.first_at) == ("is my lily fine", 1, later(3))
    assert (asking.reason, asking.door, asking.candidates) == (
        Reason.NONE_OF_THESE,
        Door.MENTION,
        kept.candidates,
    )
    assert await store.offer(offer_id) is None


async def test_an_offer_closes_once(store: Store) -> None:
    offer_id = await store.open_offer(a_kept(), NOON)
    await store.close_offer_unanswered(offer_id, Reason.NONE_OF_THESE, later(1))
    assert await store.close_offer_unanswered(offer_id, Reason.LEFT_ALONE, later(2)) is None
    assert await store.close_offer_chosen(offer_id, an_answered(), later(2)) is None
    assert [each.times for each in await store.open_questions()] == [1]
    assert await store.answered_rows() == []


async def test_an_offer_that_never_was_cannot_be_closed(store: Store) -> None:
    assert await store.offer(404) is None
    assert await store.close_offer_unanswered(404, Reason.LEFT_ALONE, NOON) is None
    assert await store.close_offer_chosen(404, an_answered(), NOON) is None


async def test_offers_before_a_moment_are_listed_oldest_first(store: Store) -> None:
    offers = [await store.open_offer(a_kept(f"offer {minute}"), later(minute)) for minute in range(4)]
    assert await store.offers_before(later(2)) == offers[:2]
    assert await store.offers_before(NOON) == []
    assert await store.offers_before(later(60)) == offers


async def test_an_old_button_never_means_a_newer_offer(store: Store) -> None:
    first = await store.open_offer(a_kept("first"), NOON)
    await store.close_offer_unanswered(first, Reason.LEFT_ALONE, later(16))
    second = await store.open_offer(a_kept("second"), later(17))
    assert second > first
    assert await store.close_offer_unanswered(first, Reason.NONE_OF_THESE, later(18)) is None
