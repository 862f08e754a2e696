"""Asking, on a real store: answered, offered, or honestly not answered and logged."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.outcome import Reason
from bot.journeys.answer import Asked, Offered, Shown, Unanswered, answer, show_entry
from bot.store.records import Door, Place, Way
from bot.store.store import Store
from tests.make import with_entry
from tests.make_kept import NOON, a_live, later

pytest_plugins = ["tests.store_fixtures"]

HERE = Place(guild_id=10, channel_id=20)
EXACT = "my cat chewed a lily leaf"
NEAR = "my cat chewed a lily leaf in winter, what about the soil"
FOREIGN = "do ferns dream of thunder"


def asked(text: str, *, door: Door = Door.SLASH, place: Place = HERE) -> Asked:
    """A question through that door."""
    return Asked(text, door, place)


async def test_an_exact_phrasing_is_answered_and_kept_without_who_or_where(store: Store) -> None:
    live = a_live()
    shown = await answer(asked(EXACT, door=Door.MENTION), live, store, NOON, kept_days=30)
    assert isinstance(shown, Shown)
    assert (shown.entry.id, shown.confidence) == ("lily-and-cats", 1.0)
    (row,) = await store.answered_rows()
    assert row == {
        "id": shown.answered_id,
        "at": NOON,
        "text": EXACT,
        "entry_id": "lily-and-cats",
        "entry_version": shown.entry.version,
        "library_version": live.library.version,
        "confidence": 1.0,
        "way": Way.MATCH,
    }
    assert await store.open_questions() == []


async def test_no_answered_question_is_kept_where_none_are_to_be(store: Store) -> None:
    shown = await answer(asked(EXACT), a_live(), store, NOON, kept_days=0)
    assert isinstance(shown, Shown)
    assert shown.answered_id == 0
    assert await store.answered_rows() == []


async def test_a_question_from_the_list_is_answered_with_exactly_that_entry(store: Store) -> None:
    shown = await show_entry("lily-and-cats", a_live(), store, NOON, 30, Way.AUTOCOMPLETE)
    assert shown is not None
    assert shown.entry.id == "lily-and-cats"
    (row,) = await store.answered_rows()
    assert (row["text"], row["way"]) == (shown.entry.question, "autocomplete")


@pytest.mark.parametrize("entry_id", ["coffee-for-ferns", "misting-monstera", "no-such-entry"])
async def test_a_draft_a_retired_and_an_unknown_entry_are_not_shown(store: Store, entry_id: str) -> None:
    assert await show_entry(entry_id, a_live(), store, NOON, 30, Way.AUTOCOMPLETE) is None
    assert await store.answered_rows() == []


async def test_an_unanswered_question_is_logged_with_all_that_moderators_need(store: Store) -> None:
    live = a_live()
    reply = await answer(asked(NEAR, door=Door.DIRECT, place=Place(0, 7)), live, store, NOON, 30)
    assert isinstance(reply, Unanswered)
    assert reply.question_id is not None
    found = await store.question(reply.question_id)
    assert found is not None
    question, (asking,) = found
    assert (question.guild_id, question.text, question.times) == (0, NEAR, 1)
    assert (asking.at, asking.channel_id, asking.door, asking.reason) == (NOON, 7, Door.DIRECT, reply.reason)
    assert asking.library_version == live.library.version
    best = live.matcher.match(NEAR)
    assert [each.entry_id for each in asking.candidates] == [each.entry_id for each in best]
    assert [each.confidence for each in asking.candidates] == pytest.approx(
        [each.confidence for each in best], abs=0.0001
    )
    assert await store.answered_rows() == []


async def test_a_repeated_question_counts_however_it_is_typed(store: Store) -> None:
    live = a_live()
    replies = [
        await answer(asked(text), live, store, later(minute), 30)
        for minute, text in enumerate([FOREIGN, FOREIGN.upper() + "??", f"  hey,  {FOREIGN} …"])
    ]
    assert len({reply.question_id for reply in replies if isinstance(reply, Unanswered)}) == 1
    (question,) = await store.open_questions()
    assert (question.text, question.times) == (FOREIGN, 3)
    assert (question.first_at, question.last_at) == (NOON, later(2))


async def test_many_members_who_ask_the_same_at_once_are_all_counted(store: Store) -> None:
    live = a_live()
    await asyncio.gather(*(answer(asked(FOREIGN), live, store, NOON, 30) for _ in range(50)))
    assert [each.times for each in await store.open_questions()] == [50]


async def test_personal_data_never_reaches_the_store(store: Store) -> None:
    secrets = "<@123456789> jane@example.com +49 170 1234567 https://example.com/jane @jane_doe"
    live = a_live()
    await answer(asked(f"{FOREIGN} {secrets}"), live, store, NOON, 30)
    (question,) = await store.open_questions()
    assert question.text == f"{FOREIGN} [mention] [e-mail] [number] [link] [mention]"
    await answer(asked(f"<@123456789> {EXACT}"), live, store, NOON, 30)
    assert [row["text"] for row in await store.answered_rows()] == [f"[mention] {EXACT}"]


async def test_an_unsure_question_is_offered_and_not_yet_logged(store: Store) -> None:
    live = a_live(suggest=0.0)
    offered = await answer(asked(NEAR, door=Door.MENTION), live, store, NOON, 30)
    assert isinstance(offered, Offered)
    assert 1 <= len(offered.entries) <= 3
    assert offered.entries[0].id == "lily-and-cats"
    offer = await store.offer(offered.offer_id)
    assert offer is not None
    assert (offer.at, offer.kept.text, offer.kept.door, offer.kept.place) == (NOON, NEAR, Door.MENTION, HERE)
    assert offer.kept.library_version == live.library.version
    assert await store.open_questions() == []
    assert await store.answered_rows() == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        ("  \n\t", Reason.EMPTY),
        ("\u200b\u200d\ufeff", Reason.EMPTY),
        ("🔥🔥🔥", Reason.EMPTY),
        ("\x00\x00", Reason.EMPTY),
        ("?!…", Reason.EMPTY),
        ("fern " * 800, Reason.TOO_LONG),
    ],
)
async def test_what_is_no_question_is_kept_nowhere(store: Store, text: str, reason: Reason) -> None:
    for live in (a_live(), a_live(suggest=0.0)):
        assert await answer(asked(text), live, store, NOON, 30) == Unanswered(reason, None)
    assert await store.open_questions() == []
    assert await store.answered_rows() == []


@pytest.mark.parametrize(
    "text",
    [
        "@everyone do ferns dream",
        "**do** `ferns` dream ```sql\nDROP TABLE questions```",
        "'; DROP TABLE questions; --",
        "{0} {{7*7}} %s ${jndi:ldap://example.com/a} do ferns dream",
        "\u202eهل يحلم السرخس؟",
        "do ferns\x00 dream \ud83d at night",
        "ﷺ" * 900,
        "\U0001d41d\U0001d428 ferns dream",
    ],
)
async def test_a_hostile_question_is_logged_or_ignored_but_breaks_nothing(store: Store, text: str) -> None:
    for live in (a_live(), a_live(suggest=0.0)):
        reply = await answer(asked(text), live, store, NOON, 30)
        if isinstance(reply, Unanswered) and reply.question_id is not None:
            found = await store.question(reply.question_id)
            assert found is not None
            assert 0 < len(found[0].text) <= 500
        elif isinstance(reply, Offered):
            assert await store.offer(reply.offer_id) is not None
        else:
            assert isinstance(reply, Unanswered)
    exact = await answer(asked(EXACT), a_live(), store, NOON, 30)
    assert isinstance(exact, Shown)


async def test_an_edit_of_the_knowledge_is_seen_in_what_is_kept_next(store: Store) -> None:
    before = a_live()
    after = with_entry(before, "lily-and-cats", version="edited")
    for live in (before, after):
        await answer(asked(EXACT), live, store, NOON, 30)
        await answer(asked(FOREIGN), live, store, NOON, 30)
    newer, older = await store.answered_rows()
    assert (newer["entry_version"], newer["library_version"]) == ("edited", after.library.version)
    assert older["library_version"] == before.library.version
    (question,) = await store.open_questions()
    assert question.last is not None
    assert question.last.library_version == after.library.version
