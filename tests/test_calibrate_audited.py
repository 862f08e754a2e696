"""Thresholds from answers that moderators judged: what they may tell, and that the promise holds."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli.calibrate_audited import enough_real
from bot.core.labelled import Kind, Labelled
from bot.core.library import Thresholds
from bot.core.moderator import Moderator
from bot.journeys.audit import judge
from bot.journeys.audited import real_answers
from bot.knowledge.load import load_library
from bot.matching.audited import FEWEST, Judged, Real, audited, pick, risk_bound
from bot.matching.calibrate import Calibration, CannotCalibrateError
from bot.store.audits import NO_ENTRY, Judgement
from bot.store.records import Answered, Door, Way
from bot.store.store import Store
from bot.store.tallies import Came
from tests.databases import sqlite_url
from tests.make_kept import NOON, a_live

pytest_plugins = ["tests.store_fixtures"]

ROOT = Path(__file__).resolve().parent.parent
ROBIN = Moderator(1, "Robin")
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
SHARES = st.integers(0, 400)


def real(*judged: Judged, answered: int = 1000, taken_back: int = 0) -> Real:
    return Real(judged, answered, taken_back, TODAY, TODAY)


# ---- the statistics


def test_two_hundred_right_ones_carry_a_promise_of_a_twentieth_and_fifty_do_not() -> None:
    assert risk_bound(0, FEWEST, FEWEST, real(), 0.95) <= 0.05
    assert risk_bound(0, 50, 50, real(), 0.95) > 0.05


@settings(deadline=None)
@given(SHARES, SHARES, SHARES, st.integers(0, 100), st.floats(0.5, 0.99))
def test_the_bound_grows_with_every_wrong_answer_and_every_one_taken_back(
    wrong: int, right: int, not_kept: int, taken_back: int, chance: float
) -> None:
    kept, judged = wrong + right, wrong + right + not_kept
    own = real(answered=judged + taken_back, taken_back=taken_back)
    bound = risk_bound(wrong, kept, judged, own, chance)
    assert 0.0 <= bound <= 1.0
    if kept:
        assert bound >= wrong / kept * (1 - taken_back / (judged + taken_back)) - 1e-9
        assert risk_bound(wrong + 1, kept + 1, judged + 1, own, chance) >= bound - 1e-9
        more = replace(own, answered=own.answered + 1, taken_back=taken_back + 1)
        assert risk_bound(wrong, kept, judged, more, chance) >= bound - 1e-9


def test_what_the_present_search_would_no_longer_answer_makes_those_taken_back_weigh_more() -> None:
    """1,000 answers, 100 of them taken back; of 400 judged ones 200 would be given again, all right."""
    sure = np.concatenate([np.full(200, 0.3), np.linspace(0.7, 0.99, 200)])
    picked = pick(sure, np.zeros(400, bool), 0.6, real(taken_back=100), 0.5, 0.95)
    assert picked is not None
    assert picked[1] == risk_bound(0, 200, 400, real(taken_back=100), 0.95)
    assert picked[1] >= 100 / (450 + 100), "of 900 that stayed, half would be given again"


def test_the_threshold_in_force_stays_where_it_keeps_the_promise() -> None:
    sure = np.linspace(0.6, 0.99, FEWEST)
    assert pick(sure, np.zeros(FEWEST, bool), 0.6, real(), 0.05, 0.8) is not None
    picked = pick(sure, np.zeros(FEWEST, bool), 0.6, real(), 0.05, 0.8)
    assert picked is not None
    assert picked[0] == 0.6


def test_it_is_raised_where_the_less_sure_answers_are_wrong_and_never_lowered() -> None:
    sure = np.linspace(0.6, 0.99, 400)
    wrong = sure < 0.7
    picked = pick(sure, wrong, 0.6, real(), 0.05, 0.8)
    assert picked is not None
    assert 0.64 < picked[0] < 0.8
    higher = pick(sure, np.zeros(400, bool), 0.8, real(), 0.05, 0.8)
    assert higher is not None
    assert higher[0] == 0.8, "below what was answered nobody judged"


def test_no_threshold_is_found_where_even_the_surest_are_wrong() -> None:
    sure = np.linspace(0.6, 0.99, 400)
    assert pick(sure, np.arange(400) % 5 == 0, 0.6, real(), 0.05, 0.8) is None
    assert pick(sure, np.zeros(400, bool), 0.999, real(), 0.05, 0.8) is None
    assert pick(sure, np.zeros(400, bool), 0.6, real(answered=500, taken_back=60), 0.05, 0.8) is None


def test_the_promise_holds_on_as_many_drawn_samples_as_it_says() -> None:
    """Risk falls with confidence; each sample picks its own threshold, and the true risk there is known."""
    chance, target, draws = 0.8, 0.05, 120
    random = np.random.default_rng(5)
    everybody = random.uniform(0.6, 1.0, 200_000)
    is_wrong = random.uniform(size=len(everybody)) < 0.25 * (1.0 - everybody)
    kept = broken = 0
    for _ in range(draws):
        sample = random.choice(len(everybody), 400, replace=False)
        picked = pick(everybody[sample], is_wrong[sample], 0.6, real(), target, chance)
        if picked is not None:
            kept += 1
            broken += bool(is_wrong[everybody >= picked[0]].mean() > target)
    assert kept > draws / 2, "else nothing is shown"
    assert broken / draws <= 1.0 - chance


# ---- asked again of the search as it is now


LIVE = a_live()
BEST = Calibration(Thresholds(0.5, 0.2, 8.0, -3.0), 0.05, 0.0, 0.0, 0.9, 300, 0.5)
LILY = "is a lily poisonous to a cat"
LABELLED = [Labelled(LILY, Kind.IN_SCOPE, "lily-and-cats", "plain")]
IN_FORCE = replace(LIVE.matcher, thresholds=Thresholds(0.9, 0.2, 8.0, -3.0))


def asked_again(*judged: Judged, chance: float = 0.8) -> float:
    """The risk that calibration tells, of 300 right answers and these."""
    right = [Judged(LILY, "lily-and-cats", True)] * 300
    own = real(*right, *judged, answered=1000)
    found = audited(IN_FORCE, LIVE.library, LABELLED, own, BEST, 0.05, chance)
    assert found.calibration.thresholds.answer >= 0.9
    assert found.calibration.questions == 300 + len(judged)
    return found.wrong / found.kept


def test_what_was_right_and_is_found_still_is_right() -> None:
    assert asked_again() == 0.0


def test_what_was_right_and_is_answered_otherwise_today_counts_as_wrong() -> None:
    assert asked_again(Judged(LILY, "sunburnt-leaves", True)) == 1 / 301


def test_a_mistake_that_was_mended_word_for_word_still_counts() -> None:
    assert asked_again(Judged(LILY, "lily-and-cats", False)) == 1 / 301


def test_a_mistake_of_which_nobody_said_what_is_right_counts_while_it_is_answered() -> None:
    assert asked_again(Judged("is a lily poisonous to a snail", None, False)) == 1 / 301
    assert asked_again(Judged("who won the cup", None, False)) == 0.0, "it is answered no longer"


def test_the_labelled_questions_alone_may_not_go_below_what_was_judged() -> None:
    own = real(*[Judged(LILY, "lily-and-cats", True)] * 300)
    found = audited(IN_FORCE, LIVE.library, LABELLED, own, BEST, 0.05, 0.8)
    assert found.calibration.thresholds.answer == pytest.approx(0.9, abs=2e-4)
    assert found.of_labelled == 0.5
    assert found.calibration.thresholds.suggest == 0.2


def test_where_only_exact_hits_are_answered_nothing_is_learned() -> None:
    own = real(*[Judged(LILY, "lily-and-cats", True)] * 300)
    with pytest.raises(CannotCalibrateError, match="--labelled-only"):
        audited(LIVE.matcher, LIVE.library, LABELLED, own, BEST, 0.05, 0.8)


def test_a_risk_that_is_too_high_is_told_with_what_to_do() -> None:
    own = real(*[Judged(LILY, "lily-and-cats", True)] * 300, answered=400, taken_back=90)
    with pytest.raises(CannotCalibrateError, match="90 of 400 were met with"):
        audited(IN_FORCE, LIVE.library, LABELLED, own, BEST, 0.05, 0.8)


# ---- from the log


async def kept(
    store: Store, text: str, judgement: Judgement, right: str | None = None, way: Way = Way.MATCH
) -> None:
    answered = Answered(text, "lily-and-cats", "v", "l", 0.9, way)
    answered_id = await store.keep_answered(answered, NOON)
    await judge(store, answered_id, judgement, right, ROBIN, NOON)


async def test_every_judged_answer_by_match_counts_and_nothing_else(store: Store) -> None:
    await kept(store, "one", Judgement.RIGHT)
    await kept(store, "one", Judgement.RIGHT)
    await kept(store, "two", Judgement.WRONG, "fern")
    await kept(store, "three", Judgement.WRONG, NO_ENTRY)
    await kept(store, "four", Judgement.WRONG)
    await kept(store, "five", Judgement.UNSURE)
    await kept(store, "six", Judgement.RIGHT, way=Way.CHOICE)
    for came, at in ((Came.ANSWERED, NOON), (Came.TAKEN_BACK, NOON), (Came.ANSWERED, NOON - DAY)):
        await store.tallies.count(came, Door.SLASH, at, "lily-and-cats")
    found = await real_answers(store)
    assert found.judged == (
        Judged("one", "lily-and-cats", True),
        Judged("one", "lily-and-cats", True),
        Judged("two", "fern", False),
        Judged("three", None, False),
        Judged("four", None, False),
    )
    assert (found.answered, found.taken_back) == (1, 1), "of the days of what was judged"
    assert (found.since, found.until) == (NOON.date(), NOON.date())
    await store.audits.forget_texts(NOON + DAY)
    assert not (await real_answers(store)).judged


async def test_an_empty_log_tells_nothing(store: Store) -> None:
    assert await real_answers(store) == Real((), 0, 0, None, None)


# ---- the command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped knowledge, in a folder of its own."""
    copy = tmp_path_factory.mktemp("knowledge") / "knowledge"
    shutil.copytree(ROOT / "knowledge", copy)
    return copy


def a_log(folder: Path, shipped: Path, count: int) -> str:
    """The address of a log in which so many answers were judged, most of them right."""

    async def fill() -> None:
        store = await Store.open(sqlite_url(folder))
        library = load_library(shipped).library
        assert library is not None
        entries = library.live
        for number in range(count):
            entry = entries[number % len(entries)]
            text = entry.searched[1 + number // len(entries)]
            record = Answered(text, entry.id, entry.version, library.version, 0.95, Way.MATCH)
            answered_id = await store.keep_answered(record, NOON)
            await judge(store, answered_id, Judgement.RIGHT, None, ROBIN, NOON)
            await store.tallies.count(Came.ANSWERED, Door.SLASH, NOON, entry.id)
        await store.close()

    asyncio.run(fill())
    return sqlite_url(folder)


def calibrated(folder: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "calibrate", "--dry-run", "--knowledge", str(folder), *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_two_hundred_judged_answers_of_the_log_decide(folder: Path, tmp_path: Path) -> None:
    ran = calibrated(folder, "--database", a_log(tmp_path, folder, FEWEST + 10), "--risk", "0.1", cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert f"rests on {FEWEST + 10} answers that members got from 2026-11-22 to 2026-11-22" in ran.stdout
    assert f"questions: {FEWEST + 10}\n" in ran.stdout
    assert "Judged was only what was answered" in ran.stdout
    answer = re.search(r"^answer: ([\d.]+)$", ran.stdout, re.MULTILINE)
    assert answer is not None
    assert 0.0 < float(answer[1]) < 1.0


def test_a_few_are_told_and_the_labelled_questions_decide(folder: Path, tmp_path: Path) -> None:
    ran = calibrated(folder, "--database", a_log(tmp_path, folder, 5), "--risk", "0.1", cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    assert "5 answers of the log are judged; from 200 on they decide" in ran.stderr
    assert "labelled questions" in ran.stdout
    assert "rests on" not in ran.stdout


def test_a_log_that_is_named_must_be_there(folder: Path, tmp_path: Path) -> None:
    missing = calibrated(folder, "--database", sqlite_url(tmp_path, "none.db"), cwd=ROOT)
    assert missing.returncode == 2
    assert "there is no log at" in missing.stderr


def test_without_a_log_nothing_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert enough_real(None) is None
