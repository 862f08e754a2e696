"""Report: all that digest and log can tell of some weeks, gathered for one page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.core.entry import Entry
from bot.core.library import Library
from bot.core.review_due import Reviewed, is_pressing, reviews
from bot.journeys.audit import WINDOW
from bot.journeys.digest import midnight
from bot.journeys.trend import WEEK, Period, period, weeks
from bot.store.audits import NO_ENTRY, Audit, Judgement
from bot.store.looking_back import Disputed, Gap, Pair, Use
from bot.store.records import FeedbackKind
from bot.store.store import Store

MOST_GAPS = 200
"""More than anybody works through; `/review` shows them all."""
MOST_TEXTS = 3
FEWEST_WEEKS = 8
"""A trend of fewer looks like none."""
UNKNOWN = None
"""As the right entry of a confusion: nobody said which one it was."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """An entry that was shown in place of the right one, so often, as moderators judged.

    `right` is the entry that should have come, `NO_ENTRY` where none answers it, `UNKNOWN` where nobody said.
    """

    shown: str
    right: str | None
    count: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A live entry with what came of it, and what was said of it."""

    entry: Entry
    use: Use
    not_mine: int
    wrong: int
    is_pressing: bool


@dataclass(frozen=True, slots=True)
class Report:
    """The weeks that end before `until`, oldest first; `window` are the last 30 days of them."""

    until: date
    window: Period
    weeks: tuple[Period, ...]
    gaps: tuple[Gap, ...]
    confusions: tuple[Confusion, ...]
    pairs: tuple[Pair, ...]
    entries: tuple[EntryRow, ...]
    disputed: tuple[Disputed, ...]
    reviews: tuple[Reviewed, ...]
    counted_since: date | None

    @property
    def since(self) -> date:
        """The first day of it."""
        return self.weeks[0].since


async def report_of(store: Store, library: Library, until: date, count: int) -> Report:
    """The report of so many weeks before `until`, or of as many as questions have been counted for."""
    counted_since = await store.tallies.first_day()
    counted = -(-(until - (counted_since or until)) // WEEK)
    count = max(min(count, counted), min(count, FEWEST_WEEKS))
    shown = await weeks(store, until, count)
    since, end = midnight(until - WEEK * count), midnight(until)
    back = store.looking_back
    uses, said = await back.uses(since.date(), until), await back.said(since, end)
    return Report(
        until=until,
        window=await period(store, until - WINDOW, until),
        weeks=shown,
        gaps=await back.gaps(MOST_GAPS),
        confusions=confusions_of(a for a in await store.audits.every(since) if a.answered_at < end),
        pairs=await back.pairs(since, end),
        entries=tuple(
            EntryRow(
                entry,
                uses.get(entry.id, Use(entry.id)),
                said.get((entry.id, FeedbackKind.NOT_MY_QUESTION), 0),
                said.get((entry.id, FeedbackKind.WRONG), 0),
                is_pressing(entry),
            )
            for entry in library.live
        ),
        disputed=await back.disputed(since, end),
        reviews=reviews(library),
        counted_since=counted_since,
    )


def confusions_of(audits: Iterable[Audit]) -> tuple[Confusion, ...]:
    """What was judged wrong, by the entry that was shown and the one that was right; most frequent first.

    A text that is not kept any more still counts.
    """
    found: dict[tuple[str, str | None], list[str]] = {}
    for audit in audits:
        if audit.judgement is Judgement.WRONG:
            found.setdefault((audit.entry_id, audit.right_entry_id), []).append(audit.text)
    confusions = (
        Confusion(shown, right, len(own), tuple(dict.fromkeys(text for text in own if text))[:MOST_TEXTS])
        for (shown, right), own in found.items()
    )
    return tuple(sorted(confusions, key=lambda own: (-own.count, own.shown, own.right or NO_ENTRY)))
