"""Audit: answered questions drawn by lot, judged one at a time; true risk and coverage come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from random import Random

from bot.core.entry import Entry
from bot.core.labelled import Kind, Labelled
from bot.core.library import Library
from bot.core.moderator import Moderator
from bot.journeys.live import Live
from bot.journeys.trend import Period, period, weeks
from bot.matching.evaluate import Share
from bot.matching.normalise import normalise
from bot.store.audits import NO_ENTRY, Audit, Drawn, Judgement
from bot.store.records import Way
from bot.store.store import Store

WINDOW = timedelta(days=30)
"""Older answers were given by another library and another search; they tell little of today's risk."""
AIM = 59
"""Judged in that window: the fewest that show, all of them right, a risk of at most 5 % with 95 %."""
MOST_NEAREST = 23
"""As many as a menu holds beside "none" and "not sure which"."""
EXPORTED_STYLE = "plain"


@dataclass(frozen=True, slots=True)
class Case:
    """One answer to judge. `entry` is None where it was deleted since; `judged` of `aim` are done."""

    drawn: Drawn
    entry: Entry | None
    judged: int
    aim: int

    @property
    def is_edited(self) -> bool:
        """The entry reads differently by now from what the member saw."""
        return self.entry is not None and self.entry.version != self.drawn.entry_version


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to judge; `judged` in the window."""

    judged: int


async def next_case(
    store: Store, library: Library, way: Way, now: datetime, chance: Random, skipped: int = 0
) -> Case | Done:
    """The next answer to judge, drawn by lot from the last 30 days' that nobody judged.

    Each answered question is as likely as any other, however often its entry is asked for and however sure
    the search was: so the share of wrong ones is an unbiased estimate of the risk. An entry picked from a
    list was never matched, and a suggestion that was taken (`Way.CHOICE`) was the member's own choice:
    these are drawn apart and never enter the risk. What is skipped stays in the pot; who skips what is hard
    makes the figure too good. "Unsure" is for that.
    """
    drawn = await store.audits.draw(way, now - WINDOW, chance, skipped)
    if drawn is None:
        return Done(await judged_in_window(store, way, now))
    return await _case(store, library, drawn, now)


async def case_of(store: Store, library: Library, answered_id: int, now: datetime) -> Case | None:
    """The case of that id, as shown before; None where the question is not kept any more."""
    drawn = await store.audits.drawn(answered_id)
    if drawn is None:
        return None
    return await _case(store, library, drawn, now)


async def _case(store: Store, library: Library, drawn: Drawn, now: datetime) -> Case:
    judged = await judged_in_window(store, drawn.way, now)
    aim = min(AIM, judged + await store.audits.left(drawn.way, now - WINDOW))
    return Case(drawn, library.entries.get(drawn.entry_id), judged, max(aim, judged))


async def judge(
    store: Store,
    answered_id: int,
    judgement: Judgement,
    right_entry_id: str | None,
    moderator: Moderator,
    now: datetime,
) -> bool | None:
    """Write a judgement down. False where somebody was faster, None where the question is gone.

    `right_entry_id` only goes with a wrong answer; see NO_ENTRY for the two ways of naming none.
    """
    right = right_entry_id if judgement is Judgement.WRONG else None
    return await store.audits.judge(answered_id, judgement, right, moderator, now)


async def judged_in_window(store: Store, way: Way, now: datetime) -> int:
    """How many answers of the window were judged, by whomever."""
    return sum(audit.way is way for audit in await store.audits.every(now - WINDOW))


def nearest(case: Case, live: Live, most: int = MOST_NEAREST) -> tuple[Entry, ...]:
    """Live entries that may have been the right one, likeliest first; never the one that was shown."""
    text = case.drawn.text
    by_meaning = (candidate.entry_id for candidate in live.matcher.match(text))
    by_words = (entry_id for entry_id, _ in live.matcher.complete(text, most + 1))
    order = dict.fromkeys([*by_meaning, *by_words, *(e.id for e in live.library.live)])
    served = (live.library.served(entry_id) for entry_id in order if entry_id != case.drawn.entry_id)
    return tuple(entry for entry in served if entry is not None)[:most]


def entry_called(typed: str, live: Live) -> Entry | None:
    """The live entry of that id or question, however it is spaced and capitalised."""
    wanted = normalise(typed)
    by_id = live.library.served(typed.strip().casefold())
    return by_id or next((e for e in live.library.live if normalise(e.question) == wanted), None)


def called_alike(typed: str, live: Live) -> tuple[str, ...]:
    """Ids of at most three entries that may have been meant."""
    ids = [entry.id for entry in live.library.live]
    close = get_close_matches(typed.strip().casefold(), ids, n=3, cutoff=0.5)
    return tuple(dict.fromkeys([*close, *(i for i, _ in live.matcher.complete(typed, 3))]))[:3]


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audits say: of the last 30 days, of the suggestions taken in them, and week by week."""

    window: Period
    chosen_wrong: Share
    weeks: tuple[Period, ...]


async def audited(store: Store, now: datetime, count: int = 12) -> Audited:
    """True risk and coverage of the last 30 days and of so many weeks, today included."""
    until = now.date() + timedelta(days=1)
    since = until - WINDOW
    chosen = [
        audit.judgement
        for audit in await store.audits.every(now - WINDOW)
        if audit.way is Way.CHOICE and audit.judgement is not Judgement.UNSURE
    ]
    wrong = Share(chosen.count(Judgement.WRONG), len(chosen))
    return Audited(await period(store, since, until), wrong, await weeks(store, until, count))


def labelled_of(audits: list[Audit], library: Library) -> tuple[Labelled, ...]:
    """What the audits teach, as labelled questions: each text once, the last word on it counts.

    Right: the entry that was shown. Wrong: the entry that was named, or, where none answers it, a near
    miss of the one that was shown. Left out is what nobody was sure of, what is not kept any more, and
    what names an entry that is not live.
    """
    found: dict[str, Labelled] = {}
    for audit in audits:
        key = normalise(audit.text)
        one = _labelled(audit, library) if key else None
        if one is not None:
            found[key] = one
    return tuple(found.values())


def _labelled(audit: Audit, library: Library) -> Labelled | None:
    if audit.judgement is Judgement.UNSURE:
        return None
    is_right = audit.judgement is Judgement.RIGHT
    wanted = audit.entry_id if is_right else audit.right_entry_id
    if wanted is None:
        return None
    kind, target = (Kind.NEAR_MISS, audit.entry_id) if wanted == NO_ENTRY else (Kind.IN_SCOPE, wanted)
    if library.served(target) is None:
        return None
    return Labelled(audit.text, kind, target, EXPORTED_STYLE)
