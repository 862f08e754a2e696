"""What the digest tells, from a real store, and when it is due."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import wording_digest as wording
from bot.core.outcome import Candidate, Reason
from bot.core.review_due import overdue, reviews
from bot.journeys.digest import DAYS, digest_of, latest_moment, midnight
from bot.journeys.trend import WEEK
from bot.reports.digest_text import as_json, digest_lines
from bot.store.looking_back import Use
from bot.store.records import Door, Feedback, FeedbackKind, Place
from bot.store.store import Store
from bot.store.tallies import Came
from tests.make import an_entry, with_entry
from tests.make_kept import NOON, a_kept, a_live

pytest_plugins = ["tests.store_fixtures"]

LIBRARY = a_live().library
DAY = timedelta(days=1)
TODAY = NOON.date()
HERE = Place(10, 20)


async def called_wrong(store: Store, entry_id: str, why: str | None = None, days_ago: int = 1) -> None:
    said = Feedback(FeedbackKind.WRONG, HERE, entry_id, "v", "l", None, why)
    await store.log_feedback(said, NOON - DAY * days_ago)


async def test_an_empty_log_gives_a_digest_that_claims_nothing(store: Store) -> None:
    digest = await digest_of(store, LIBRARY, TODAY)
    assert (digest.gaps, digest.disputed, digest.counted_since) == ((), (), None)
    lines = digest_lines(digest, LIBRARY, str)
    assert wording.NOTHING_ASKED in lines
    assert not any("used" in line.casefold() for line in lines)


@pytest.mark.parametrize(("days_ago", "is_told"), [(-3, False), (0, False), (6, False), (7, True)])
async def test_of_use_nothing_is_said_before_a_week_was_counted(
    store: Store, days_ago: int, is_told: bool
) -> None:
    await store.tallies.count(Came.ANSWERED, Door.SLASH, NOON - DAY * days_ago, "lily-and-cats")
    digest = await digest_of(store, LIBRARY, TODAY)
    assert any("Never used" in line for line in digest_lines(digest, LIBRARY, str)) is is_told
    assert (json.loads(as_json(digest))["never_used"] is not None) is is_told
    quiet = replace(digest, gaps=(), disputed=(), overdue=(), never_used=())
    assert any("every entry was used" in line for line in digest_lines(quiet, LIBRARY, str)) is is_told


async def test_the_weeks_are_whole_and_follow_each_other(store: Store) -> None:
    for days_ago in (0, 1, 7, 8, 14, 15):
        await store.tallies.count(Came.UNANSWERED, Door.SLASH, NOON - DAY * days_ago)
    digest = await digest_of(store, LIBRARY, TODAY)
    assert (digest.week.since, digest.week.until) == (TODAY - WEEK, TODAY)
    assert (digest.week.counts.asked, digest.before.counts.asked) == (2, 2), "today is not over"
    assert digest.weeks[-2:] == (digest.before, digest.week)


async def test_an_entry_is_used_when_a_member_saw_it_whole(store: Store) -> None:
    shown = [(Came.ANSWERED, "lily-and-cats"), (Came.CHOSEN, "cactus-in-winter"), (Came.PICKED, "fern")]
    for came, entry_id in (*shown, (Came.TAKEN_BACK, "sunburnt-leaves")):
        await store.tallies.count(came, Door.SLASH, NOON - DAY * 200, entry_id)
    digest = await digest_of(store, LIBRARY, TODAY)
    unused = {entry.id for entry in digest.never_used}
    assert unused == {entry.id for entry in LIBRARY.live} - {"lily-and-cats", "cactus-in-winter"}
    assert digest.counted_since == TODAY - DAY * 200


async def test_uses_are_added_up_by_entry(store: Store) -> None:
    for came, days_ago in ((Came.ANSWERED, 3), (Came.ANSWERED, 2), (Came.CHOSEN, 5), (Came.TAKEN_BACK, 1)):
        for door in (Door.SLASH, Door.MENTION):
            await store.tallies.count(came, door, NOON - DAY * days_ago, "fern")
    await store.tallies.count(Came.SUGGESTED, Door.SLASH, NOON - DAY)
    found = await store.looking_back.uses(TODAY - DAY * 4, TODAY)
    assert found == {"fern": Use("fern", answered=4, taken_back=2, last_shown=TODAY - DAY * 2)}
    assert found["fern"].shown == 4
    assert (await store.looking_back.uses(TODAY - WEEK, TODAY))["fern"].chosen == 2


async def test_what_was_called_wrong_is_counted_by_entry_with_the_newest_reasons(store: Store) -> None:
    for why in ("first", None, "second", "third", "fourth"):
        await called_wrong(store, "fern", why)
    await called_wrong(store, "lily-and-cats")
    await called_wrong(store, "cactus-in-winter", days_ago=8)
    said = Feedback(FeedbackKind.NOT_MY_QUESTION, HERE, "fern", "v", "l", "text", None)
    await store.log_feedback(said, NOON - DAY)
    fern, lily = (await digest_of(store, LIBRARY, TODAY)).disputed
    assert (fern.entry_id, fern.count, fern.why) == ("fern", 5, ("fourth", "third", "second"))
    assert (lily.entry_id, lily.count, lily.why) == ("lily-and-cats", 1, ())


async def test_pairs_are_what_stood_side_by_side_and_was_not_taken(store: Store) -> None:
    def offered(text: str, *entry_ids: str) -> object:
        return a_kept(text, candidates=tuple(Candidate(entry_id, 0.4) for entry_id in entry_ids))

    for text, reason, ids in (
        ("one", Reason.NONE_OF_THESE, ("fern", "cactus", "lily")),
        ("two", Reason.LEFT_ALONE, ("cactus", "fern")),
        ("three", Reason.LEFT_ALONE, ("fern",)),
        ("four", Reason.LOW_CONFIDENCE, ("fern", "lily")),
    ):
        await store.log_unanswered(offered(text, *ids), reason, NOON - DAY)  # type: ignore[arg-type]
    (pair,) = await store.looking_back.pairs(midnight(TODAY - WEEK), midnight(TODAY))
    assert (pair.first, pair.second, pair.count, pair.texts) == ("cactus", "fern", 2, ("two", "one"))


# ---- what is due


def test_what_speaks_of_symptoms_or_safety_comes_first_and_then_the_longest_due() -> None:
    live = a_live()
    day = NOON.date() - DAY * 100
    plain, urgent, first, safe = [entry.id for entry in live.library.live][:4]
    speaks: dict[str, dict[str, object]] = {
        plain: {},
        urgent: {"urgent": "Call an ambulance."},
        first: {"professional_first": True},
        safe: {"group": "safety"},
    }
    for number, (entry_id, changes) in enumerate(speaks.items()):
        entry = live.library.entries[entry_id]
        review = replace(entry.reviewed, next=day + DAY * number)
        plainly: dict[str, object] = {"urgent": None, "professional_first": False, "reviewed": review}
        live = with_entry(live, entry_id, **(plainly | changes))
    found = [own for own in overdue(live.library, TODAY) if own.id in (plain, urgent, first, safe)]
    assert [own.id for own in found] == [urgent, first, safe, plain]
    assert [own.is_pressing for own in found] == [True, True, True, False]
    assert found[0].overdue_days(TODAY) == 99
    assert len(reviews(live.library)) == len(live.library.live) + len(live.library.never)


def test_a_review_that_is_due_today_is_not_overdue() -> None:
    entry = an_entry()
    library = replace(LIBRARY, entries={entry.id: entry}, never={})
    assert overdue(library, entry.reviewed.next) == ()
    assert [own.id for own in overdue(library, entry.reviewed.next + DAY)] == [entry.id]


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.sampled_from(DAYS), st.integers(0, 23))
def test_the_latest_moment_is_that_weekday_and_hour_within_the_last_week(
    now: datetime, weekday: str, hour: int
) -> None:
    aware = now.replace(tzinfo=UTC)
    moment = latest_moment(weekday, hour, aware)
    assert aware - WEEK < moment <= aware
    assert (DAYS[moment.weekday()], moment.hour, moment.minute) == (weekday, hour, 0)


def test_what_is_no_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        latest_moment("someday", 8, NOON)


# ---- as text


async def test_the_text_fits_the_room_it_is_given_as_far_as_it_can(store: Store) -> None:
    for number in range(30):
        await called_wrong(store, f"entry-{number}", "because " * 10)
    digest = await digest_of(store, LIBRARY, TODAY)
    long = "\n".join(digest_lines(digest, LIBRARY, str))
    short = "\n".join(digest_lines(digest, LIBRARY, str, 1200))
    assert len(short) <= 1200 < len(long)
    assert "and 18 more" in long
    assert "**Called wrong: 30**" in short


async def test_json_holds_what_the_text_tells(store: Store) -> None:
    await called_wrong(store, "fern", "a “reason”")
    record = json.loads(as_json(await digest_of(store, LIBRARY, TODAY)))
    assert record["disputed"] == [{"entry": "fern", "times": 1, "why": ["a “reason”"]}]
    assert record["week"]["asked"] == 0
    assert record["week"]["risk"]["value"] is None
