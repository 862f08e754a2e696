"""Judging answers: what is drawn, what comes of it, and the true risk that follows, on a real store."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.entry import Status
from bot.core.labelled import Kind, Labelled
from bot.core.moderator import Moderator
from bot.core.scrub import scrub
from bot.journeys.audit import (
    AIM,
    WINDOW,
    Case,
    Done,
    audited,
    called_alike,
    case_of,
    entry_called,
    judge,
    labelled_of,
    nearest,
    next_case,
)
from bot.journeys.trend import WEEK, Counts, Risk, period, weeks
from bot.knowledge.labelled import load_labelled
from bot.knowledge.labelled_file import labelled_text
from bot.matching.evaluate import Share
from bot.matching.intervals import upper_bound
from bot.matching.normalise import normalise
from bot.store.audits import NO_ENTRY, Judgement
from bot.store.records import Answered, Door, Way
from bot.store.store import Store
from bot.store.tallies import Came, Tally
from tests.make import with_entry, without_entry
from tests.make_kept import NOON, a_live, an_answered

pytest_plugins = ["tests.store_fixtures"]

ROBIN = Moderator(1, "Robin")
LIVE = a_live()
LIBRARY = LIVE.library
CHANCE = Random(5)
DAY = timedelta(days=1)


async def drawn(store: Store, **changes: int) -> Case:
    """The next case."""
    case = await next_case(store, LIBRARY, Way.MATCH, NOON, CHANCE, **changes)
    assert isinstance(case, Case)
    return case


async def said(store: Store, *judgements: Judgement, way: Way = Way.MATCH, days_ago: int = 0) -> None:
    """Answers of that day, each with what was said of it."""
    for number, judgement in enumerate(judgements):
        at = NOON - DAY * days_ago
        text = f"question {way} {days_ago} {number}"
        answered_id = await store.keep_answered(an_answered(text, way=way), at)
        if way is Way.MATCH:
            await store.tallies.count(Came.ANSWERED, Door.SLASH, at, "lily-and-cats")
        await judge(store, answered_id, judgement, None, ROBIN, NOON)


# ---- one at a time


async def test_a_case_shows_question_entry_and_how_far_one_is(store: Store) -> None:
    await said(store, Judgement.RIGHT)
    answered_id = await store.keep_answered(an_answered("another"), NOON)
    case = await drawn(store)
    assert (case.drawn.id, case.drawn.text) == (answered_id, "another")
    assert case.entry is LIBRARY.entries["lily-and-cats"]
    assert (case.judged, case.aim) == (1, 2)
    assert case.is_edited, "the version of what was kept is another one"


async def test_the_aim_is_enough_to_show_a_risk_of_a_twentieth(store: Store) -> None:
    assert upper_bound(0, AIM) <= 0.05 < upper_bound(0, AIM - 1)
    for number in range(AIM + 5):
        await store.keep_answered(an_answered(f"question {number}"), NOON)
    assert (await drawn(store)).aim == AIM


async def test_a_skipped_case_comes_again_only_where_nothing_else_is_left(store: Store) -> None:
    first = await store.keep_answered(an_answered("first"), NOON)
    assert (await drawn(store, skipped=first)).drawn.id == first
    other = await store.keep_answered(an_answered("other"), NOON)
    assert (await drawn(store, skipped=first)).drawn.id == other


async def test_a_deleted_entry_is_no_obstacle(store: Store) -> None:
    answered_id = await store.keep_answered(an_answered(), NOON)
    library = without_entry(LIVE, "lily-and-cats").library
    case = await case_of(store, library, answered_id, NOON)
    assert case is not None
    assert case.entry is None
    assert not case.is_edited


async def test_older_answers_are_left_alone_and_then_nothing_is_left(store: Store) -> None:
    await store.keep_answered(an_answered(), NOON - WINDOW - DAY)
    assert await next_case(store, LIBRARY, Way.MATCH, NOON, CHANCE) == Done(0)
    await said(store, Judgement.RIGHT)
    assert await next_case(store, LIBRARY, Way.MATCH, NOON, CHANCE) == Done(1)


async def test_suggestions_that_were_taken_are_judged_apart(store: Store) -> None:
    await said(store, Judgement.RIGHT, way=Way.CHOICE)
    await store.keep_answered(an_answered("chosen", way=Way.CHOICE), NOON)
    assert await next_case(store, LIBRARY, Way.MATCH, NOON, CHANCE) == Done(0)
    case = await next_case(store, LIBRARY, Way.CHOICE, NOON, CHANCE)
    assert isinstance(case, Case)
    assert (case.drawn.text, case.judged) == ("chosen", 1)


@pytest.mark.parametrize("judgement", [Judgement.RIGHT, Judgement.UNSURE])
async def test_only_a_wrong_answer_names_another_entry(store: Store, judgement: Judgement) -> None:
    answered_id = await store.keep_answered(an_answered(), NOON)
    assert await judge(store, answered_id, judgement, "fern", ROBIN, NOON)
    assert [audit.right_entry_id for audit in await store.audits.every()] == [None]


# ---- which entry


async def test_the_nearest_entries_are_live_each_once_and_never_the_one_shown(store: Store) -> None:
    text = "can leaves get burnt behind a window"
    answered_id = await store.keep_answered(Answered(text, "lily-and-cats", "v", "l", 0.9, Way.MATCH), NOON)
    case = await case_of(store, LIBRARY, answered_id, NOON)
    assert case is not None
    found = nearest(case, LIVE)
    assert found[0].id == "sunburnt-leaves"
    assert len(found) == len(set(found)) == len(LIBRARY.live) - 1
    assert "lily-and-cats" not in {entry.id for entry in found}
    assert nearest(case, LIVE, most=2) == found[:2]


async def test_what_is_near_by_meaning_goes_first_however_unsure_the_search_is(store: Store) -> None:
    """Alike in letters are many: "the" and "of" alone make a question like any other."""
    unsure = replace(LIVE.matcher.thresholds, intercept=-30.0)
    live = replace(LIVE, matcher=replace(LIVE.matcher, thresholds=unsure))
    text = "foliage scorched by light"
    answered_id = await store.keep_answered(Answered(text, "lily-and-cats", "v", "l", 0.9, Way.MATCH), NOON)
    case = await case_of(store, LIBRARY, answered_id, NOON)
    assert case is not None
    by_meaning = [c.entry_id for c in live.matcher.match(text) if c.entry_id != "lily-and-cats"]
    assert by_meaning[0] == "sunburnt-leaves"
    assert [entry.id for entry in nearest(case, live)][: len(by_meaning)] == by_meaning


@pytest.mark.parametrize(
    "typed",
    ["lily-and-cats", " LILY-and-cats ", "is a LILY poisonous to a cat", "Is a lily poisonous to a cat?"],
)
def test_an_entry_is_found_by_its_id_or_question(typed: str) -> None:
    entry = entry_called(typed, LIVE)
    assert entry is not None
    assert entry.id == "lily-and-cats"


@pytest.mark.parametrize("typed", ["", "lily", "coffee-for-ferns", "🌵", "-none"])
def test_what_is_no_live_entry_is_none(typed: str) -> None:
    assert entry_called(typed, LIVE) is None


def test_a_slip_of_the_pen_is_told_what_may_be_meant() -> None:
    assert "lily-and-cats" in called_alike("lilly-and-cat", LIVE)
    assert len(called_alike("x", LIVE)) <= 3


# ---- what follows


async def test_risk_is_what_was_judged_wrong_and_unsure_is_left_out(store: Store) -> None:
    right, wrong, unsure = Judgement.RIGHT, Judgement.WRONG, Judgement.UNSURE
    await said(store, right, right, right, wrong, unsure)
    await said(store, wrong, wrong, way=Way.CHOICE)
    found = await audited(store, NOON)
    risk = found.window.risk
    assert (risk.judged, risk.unsure, risk.answered, risk.taken_back) == (Share(1, 4), 1, 5, 0)
    assert risk.value == 0.25
    assert (risk.low, risk.high) == (Share(1, 4).low, Share(1, 4).high)
    assert found.chosen_wrong == Share(2, 2)


async def test_an_answer_that_was_taken_back_counts_as_wrong(store: Store) -> None:
    await said(store, *[Judgement.RIGHT] * 3)
    await store.tallies.count(Came.ANSWERED, Door.SLASH, NOON, "lily-and-cats")
    await store.tallies.count(Came.TAKEN_BACK, Door.BUTTON, NOON, "lily-and-cats")
    risk = (await audited(store, NOON)).window.risk
    assert (risk.answered, risk.taken_back) == (4, 1)
    assert risk.value == 0.25
    assert risk.low == 0.25
    assert risk.high == pytest.approx((Share(0, 3).high * 3 + 1) / 4)


def test_without_a_judgement_nothing_is_claimed() -> None:
    risk = Risk.of([], Counts(answered=10))
    assert (risk.value, risk.low, risk.high) == (None, 0.0, 1.0)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 10), st.integers(0, 20), st.integers(0, 200))
def test_the_estimate_lies_between_its_bounds(
    wrong: int, right: int, unsure: int, taken_back: int, more: int
) -> None:
    judged = Share(wrong, wrong + right)
    risk = Risk(judged, unsure, judged.total + unsure + taken_back + more, taken_back)
    assert 0.0 <= risk.low <= risk.high <= 1.0
    if risk.value is not None:
        assert risk.low - 1e-9 <= risk.value <= risk.high + 1e-9
    worse = Risk(judged, unsure, risk.answered + 1, taken_back + 1)
    assert worse.high >= risk.high - 1e-9


async def test_what_was_judged_belongs_to_the_week_of_the_answer(store: Store) -> None:
    await said(store, Judgement.WRONG, days_ago=8)
    await said(store, Judgement.RIGHT, days_ago=1)
    earlier, later = await weeks(store, NOON.date() + DAY, 2)
    assert (earlier.risk.judged, later.risk.judged) == (Share(1, 1), Share(0, 1))
    assert (earlier.until, later.since) == (later.since, NOON.date() + DAY - WEEK)
    assert (earlier.counts.answered, later.counts.answered) == (1, 1)


async def test_days_at_the_edge_belong_to_one_period_only(store: Store) -> None:
    edge = NOON.date()
    for day in (edge - DAY, edge, edge + DAY):
        await store.tallies.count(Came.UNANSWERED, Door.SLASH, NOON + (day - edge))
    found = await period(store, edge, edge + DAY)
    assert (found.counts.unanswered, found.counts.asked) == (1, 1)


def test_counts_add_up_and_what_was_picked_is_no_question() -> None:
    day = date(2026, 1, 1)
    tallies = [Tally(day, came, Door.SLASH, "", n) for n, came in enumerate(Came, start=1)]
    counts = Counts.of([*tallies, *tallies])
    assert (counts.answered, counts.suggested, counts.unanswered, counts.referred) == (2, 4, 6, 8)
    assert (counts.chosen, counts.taken_back, counts.picked) == (10, 12, 14)
    assert counts.asked == 20
    assert counts.coverage == Share(2, 20)


# ---- what the audits teach


async def labelled(store: Store, text: str, judgement: Judgement, right: str | None = None) -> None:
    answered_id = await store.keep_answered(an_answered(text), NOON)
    await judge(store, answered_id, judgement, right, ROBIN, NOON)


async def test_audits_become_labelled_questions(store: Store, tmp_path: Path) -> None:
    await labelled(store, "is the lily bad: for my cat? #pets", Judgement.RIGHT)
    await labelled(store, 'how often "must" a cactus drink', Judgement.WRONG, "cactus-in-winter")
    await labelled(store, "do lilies like jazz 🎷", Judgement.WRONG, NO_ENTRY)
    await labelled(store, "who knows", Judgement.WRONG, None)
    await labelled(store, "hm", Judgement.UNSURE)
    await labelled(store, "an entry that was retired", Judgement.WRONG, "coffee-for-ferns")
    questions = labelled_of(await store.audits.every(), LIBRARY)
    assert questions == (
        Labelled("is the lily bad: for my cat? #pets", Kind.IN_SCOPE, "lily-and-cats", "plain"),
        Labelled('how often "must" a cactus drink', Kind.IN_SCOPE, "cactus-in-winter", "plain"),
        Labelled("do lilies like jazz 🎷", Kind.NEAR_MISS, "lily-and-cats", "plain"),
    )
    file = tmp_path / "audited.yaml"
    file.write_text(labelled_text(questions, "Judged by moderators.\nTwo lines."), encoding="utf-8")
    assert load_labelled(file) == questions
    assert file.read_text("utf-8").splitlines()[:2] == ["# Judged by moderators.", "# Two lines."]


async def test_of_a_text_that_was_judged_twice_the_last_word_counts(store: Store) -> None:
    await labelled(store, "Is the lily bad?", Judgement.RIGHT)
    await labelled(store, "is the LILY bad", Judgement.WRONG, "sunburnt-leaves")
    (question,) = labelled_of(await store.audits.every(), LIBRARY)
    assert question.target == "sunburnt-leaves"


async def test_what_is_forgotten_or_no_longer_served_teaches_nothing(store: Store) -> None:
    await labelled(store, "is the lily bad", Judgement.RIGHT)
    audits = await store.audits.every()
    retired = with_entry(LIVE, "lily-and-cats", status=Status.RETIRED).library
    assert labelled_of(audits, retired) == ()
    await store.audits.forget_texts(NOON + DAY)
    assert labelled_of(await store.audits.every(), LIBRARY) == ()


@given(st.text(max_size=300).map(scrub).filter(normalise))
def test_any_text_that_was_kept_comes_back_from_the_file(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "one.yaml"
        question = Labelled(text, Kind.IN_SCOPE, "lily-and-cats", "plain")
        file.write_text(labelled_text([question], "x"), encoding="utf-8", newline="\n")
        (found,) = load_labelled(file)
    assert normalise(found.text) == normalise(text)
    assert replace(found, text=text) == question
