"""Any text can be stored, on both databases: null characters, lone surrogates, thousands of characters."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.outcome import Reason
from bot.store.records import Answered, Feedback, FeedbackKind, Place, Way
from bot.store.store import Store
from tests.make_kept import NOON, a_kept, an_answered

pytest_plugins = ["tests.store_fixtures"]

HOSTILE = {
    "null characters": "do ferns\x00 dream\x00",
    "a lone high surrogate": "do ferns \ud83d dream",
    "a lone low surrogate": "\udc00",
    "surrogates the wrong way round": "\udf31\ud83c",
    "four thousand letters": "a" * 4000,
    "four thousand pictures": "🌱" * 4000,
    "four thousand null characters": "\x00" * 4000,
    "nothing": "",
    "blanks": " \t\n ",
    "SQL": "'; DROP TABLE questions; --",
    "templates": "{0} %s %(name)s ${jndi:x} {{7*7}} :text",
    "right to left": "\u202eهل يحلم السرخس\u202c",
    "the last characters of Unicode": "\ufffe\uffff\U0010ffff",
    "backslashes": "\\0 \\x00 \\",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_text_goes_through_every_method(store: Store, text: str) -> None:
    kept = a_kept(text)
    question_id = await store.log_unanswered(kept, Reason.UNSURE, NOON)
    assert await store.log_unanswered(kept, Reason.UNSURE, NOON) == question_id
    offer_id = await store.open_offer(kept, NOON)
    offer = await store.offer(offer_id)
    assert offer is not None
    assert await store.close_offer_unanswered(offer_id, Reason.NONE_OF_THESE, NOON) == question_id
    chosen = await store.close_offer_chosen(await store.open_offer(kept, NOON), an_answered(text), NOON)
    answered_id = await store.keep_answered(an_answered(text), NOON)
    assert chosen is not None
    assert await store.answered_text(chosen) == await store.answered_text(answered_id) == offer.kept.text
    feedback = Feedback(FeedbackKind.WRONG, Place(10, 20), "entry", "v", "l", text=text, why=text)
    await store.log_feedback(feedback, NOON)
    (row,) = await store.feedback_rows()
    assert row["text"] == row["why"] == offer.kept.text
    (question,) = await store.open_questions()
    assert (question.text, question.times) == (offer.kept.text, 3)


async def test_what_no_database_holds_becomes_a_replacement_character(store: Store) -> None:
    answered_id = await store.keep_answered(an_answered("a\x00b\ud83dc"), NOON)
    assert await store.answered_text(answered_id) == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    "text", [each for each in HOSTILE.values() if not re.search("[\x00\ud800-\udfff]", each)]
)
async def test_every_other_text_comes_back_as_it_was(store: Store, text: str) -> None:
    answered_id = await store.keep_answered(an_answered(text), NOON)
    assert await store.answered_text(answered_id) == text


async def test_a_key_is_cut_to_its_column_and_long_questions_still_count(store: Store) -> None:
    first = await store.log_unanswered(a_kept("long", key="k" * 4000), Reason.UNSURE, NOON)
    assert await store.log_unanswered(a_kept("long", key="k" * 4000), Reason.UNSURE, NOON) == first
    await store.open_offer(a_kept("long", key="🌱" * 4000), NOON)


async def test_signs_in_the_key_tell_questions_apart(store: Store) -> None:
    keys = ["a", "A", "a ", "ä", "a\u0308", "a%", "a_"]
    ids = {await store.log_unanswered(a_kept(key, key=key), Reason.UNSURE, NOON) for key in keys}
    assert len(ids) == len(keys)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters() | st.characters(categories=["Cs"]), max_size=300))
async def test_any_text_at_all_is_stored(store: Store, text: str) -> None:
    answered_id = await store.keep_answered(Answered(text, "e", "v", "l", 0.5, Way.MATCH), NOON)
    found = await store.answered_text(answered_id)
    assert found is not None
    assert len(found) == len(text)
    await store.log_unanswered(a_kept(text), Reason.UNSURE, NOON)
