"""Answered questions drawn by lot and judged, on a real database."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.core.moderator import Moderator
from bot.store.audits import NO_ENTRY, Judgement
from bot.store.records import Answered, Way
from bot.store.store import Store
from tests.databases import sqlite_url
from tests.make_kept import NOON, an_answered, later

pytest_plugins = ["tests.store_fixtures"]

ROBIN, SAM = Moderator(1, "Robin"), Moderator(2, "Sam")
CHANCE = Random(7)


async def kept(store: Store, count: int, way: Way = Way.MATCH) -> list[int]:
    """So many answered questions, a minute apart; their ids."""
    return [await store.keep_answered(an_answered(f"question {n}", way=way), later(n)) for n in range(count)]


async def test_each_question_is_as_likely_as_any_other(store: Store) -> None:
    ids = await kept(store, 4)
    drawn = Counter[int]()
    for _ in range(400):
        one = await store.audits.draw(Way.MATCH, NOON, CHANCE)
        assert one is not None
        drawn[one.id] += 1
    assert set(drawn) == set(ids)
    # 100 each are expected; 60 is more than four standard deviations below.
    assert min(drawn.values()) > 60


async def test_the_same_seed_draws_the_same(store: Store) -> None:
    await kept(store, 9)
    orders = [
        [await store.audits.draw(Way.MATCH, NOON, chance) for _ in range(5)]
        for chance in (Random(3), Random(3))
    ]
    assert orders[0] == orders[1]


async def test_what_was_drawn_is_what_was_kept(store: Store) -> None:
    (answered_id,) = await kept(store, 1)
    drawn = await store.audits.draw(Way.MATCH, NOON, CHANCE)
    assert drawn == await store.audits.drawn(answered_id)
    assert drawn is not None
    assert (drawn.id, drawn.at, drawn.text, drawn.entry_id) == (
        answered_id,
        NOON,
        "question 0",
        "lily-and-cats",
    )
    assert (drawn.confidence, drawn.way) == (0.875, Way.MATCH)


async def test_what_is_too_old_judged_or_came_another_way_is_never_drawn(store: Store) -> None:
    await kept(store, 1, Way.CHOICE)
    await kept(store, 1, Way.AUTOCOMPLETE)
    old, done, fresh = await kept(store, 3)
    await store.audits.judge(done, Judgement.RIGHT, None, ROBIN, later(9))
    for _ in range(20):
        drawn = await store.audits.draw(Way.MATCH, later(1), CHANCE)
        assert drawn is not None
        assert drawn.id == fresh
    assert await store.audits.left(Way.MATCH, later(1)) == 1
    assert await store.audits.left(Way.MATCH, NOON) == 2
    assert old != fresh


async def test_of_what_was_chosen_only_suggestions_are_drawn(store: Store) -> None:
    browsed = Answered("Is a lily poisonous to a cat?", "lily-and-cats", "v", "l", 1.0, Way.CHOICE)
    await store.keep_answered(browsed, NOON)
    assert await store.audits.draw(Way.CHOICE, NOON, CHANCE) is None
    (suggested,) = await kept(store, 1, Way.CHOICE)
    drawn = await store.audits.draw(Way.CHOICE, NOON, CHANCE)
    assert drawn is not None
    assert drawn.id == suggested


async def test_what_was_skipped_comes_last(store: Store) -> None:
    skipped, other = await kept(store, 2)
    for _ in range(10):
        drawn = await store.audits.draw(Way.MATCH, NOON, CHANCE, skipped)
        assert drawn is not None
        assert drawn.id == other
    await store.audits.judge(other, Judgement.UNSURE, None, ROBIN, NOON)
    drawn = await store.audits.draw(Way.MATCH, NOON, CHANCE, skipped)
    assert drawn is not None
    assert drawn.id == skipped


async def test_an_empty_pot_gives_nothing(store: Store) -> None:
    assert await store.audits.draw(Way.MATCH, NOON, CHANCE) is None
    assert await store.audits.left(Way.MATCH, NOON) == 0
    assert await store.audits.drawn(1) is None


async def test_a_judgement_keeps_all_that_the_question_was(store: Store) -> None:
    (answered_id,) = await kept(store, 1)
    assert await store.audits.judge(answered_id, Judgement.WRONG, "fern", ROBIN, later(60)) is True
    (audit,) = await store.audits.every()
    assert (audit.at, audit.answered_at) == (later(60), NOON)
    assert (audit.text, audit.entry_id, audit.entry_version) == ("question 0", "lily-and-cats", "version-1")
    assert (audit.confidence, audit.way, audit.library_version) == (0.875, Way.MATCH, "library-1")
    assert (audit.judgement, audit.right_entry_id, audit.moderator_id) == (Judgement.WRONG, "fern", ROBIN.id)


async def test_no_entry_and_not_known_which_stay_apart(store: Store) -> None:
    ids = await kept(store, 2)
    for answered_id, right in zip(ids, (NO_ENTRY, None), strict=True):
        await store.audits.judge(answered_id, Judgement.WRONG, right, ROBIN, NOON)
    assert [audit.right_entry_id for audit in await store.audits.every()] == [NO_ENTRY, None]


async def test_of_two_who_judge_the_same_the_second_is_told(store: Store) -> None:
    (answered_id,) = await kept(store, 1)
    assert await store.audits.judge(answered_id, Judgement.RIGHT, None, ROBIN, NOON) is True
    assert await store.audits.judge(answered_id, Judgement.WRONG, "fern", SAM, NOON) is False
    (audit,) = await store.audits.every()
    assert (audit.judgement, audit.moderator_id) == (Judgement.RIGHT, ROBIN.id)


async def test_what_is_taken_back_by_who_said_it_is_open_again(store: Store) -> None:
    (answered_id,) = await kept(store, 1)
    await store.audits.judge(answered_id, Judgement.RIGHT, None, ROBIN, NOON)
    assert await store.audits.take_back(answered_id, SAM) is False
    assert len(await store.audits.every()) == 1
    assert await store.audits.take_back(answered_id, ROBIN) is True
    assert await store.audits.take_back(answered_id, ROBIN) is False
    assert await store.audits.every() == []
    assert await store.audits.judge(answered_id, Judgement.WRONG, None, SAM, NOON) is True


async def test_of_twenty_at_once_exactly_one_is_heard(store: Store) -> None:
    (answered_id,) = await kept(store, 1)
    said = await asyncio.gather(
        *(store.audits.judge(answered_id, Judgement.RIGHT, None, Moderator(n, "m"), NOON) for n in range(20))
    )
    assert Counter(said) == {True: 1, False: 19}
    assert len(await store.audits.every()) == 1


async def test_what_is_gone_cannot_be_judged_yet_what_was_judged_is_still_known(store: Store) -> None:
    (answered_id,) = await kept(store, 1)
    assert await store.audits.judge(answered_id + 1, Judgement.RIGHT, None, ROBIN, NOON) is None
    await store.audits.judge(answered_id, Judgement.RIGHT, None, ROBIN, NOON)
    await store.purge_answered(later(1))
    assert await store.audits.judge(answered_id, Judgement.RIGHT, None, SAM, NOON) is False
    assert await store.audits.take_back(answered_id, ROBIN) is False, "it could not be judged anew"
    assert [audit.text for audit in await store.audits.every()] == ["question 0"]


async def test_audits_are_found_by_the_day_of_the_answer(store: Store) -> None:
    for answered_id in await kept(store, 2):
        await store.audits.judge(answered_id, Judgement.RIGHT, None, ROBIN, later(99))
    assert [audit.text for audit in await store.audits.every(later(1))] == ["question 1"]


async def test_a_text_is_forgotten_after_its_time_and_the_judgement_stays(store: Store) -> None:
    for minute, answered_id in enumerate(await kept(store, 2)):
        await store.audits.judge(answered_id, Judgement.WRONG, "fern", ROBIN, later(minute))
    assert await store.audits.forget_texts(later(1)) == 1
    assert await store.audits.forget_texts(later(1)) == 0
    assert [(a.text, a.judgement) for a in await store.audits.every()] == [
        ("", Judgement.WRONG),
        ("question 1", Judgement.WRONG),
    ]


async def test_a_forgotten_text_does_not_linger_in_the_sqlite_file(tmp_path: Path) -> None:
    store = await Store.open(sqlite_url(tmp_path))
    answered_id = await store.keep_answered(an_answered("a secret about lilies"), NOON)
    await store.audits.judge(answered_id, Judgement.RIGHT, None, ROBIN, NOON)
    await store.purge_answered(NOON + timedelta(days=30))
    await store.audits.forget_texts(NOON + timedelta(days=365))
    await store.close()
    assert b"a secret about lilies" not in (tmp_path / "caveat.db").read_bytes()
