"""Trend: what came of questions week by week, with coverage and audited risk and how sure they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.matching.evaluate import Share
from bot.store.audits import Audit, Judgement
from bot.store.records import Way
from bot.store.store import Store
from bot.store.tallies import Tally

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions came to what; see `Came`."""

    answered: int = 0
    suggested: int = 0
    unanswered: int = 0
    referred: int = 0
    chosen: int = 0
    taken_back: int = 0
    picked: int = 0

    @classmethod
    def of(cls, tallies: Iterable[Tally]) -> Counts:
        """The tallies added up."""
        found: Counter[str] = Counter()
        for tally in tallies:
            found[tally.came.replace("-", "_")] += tally.count
        return cls(**found)

    @property
    def asked(self) -> int:
        """Questions that were asked; entries picked from a list are none."""
        return self.answered + self.suggested + self.unanswered + self.referred

    @property
    def coverage(self) -> Share:
        """The share of all questions that was answered outright."""
        return Share(self.answered, self.asked)


@dataclass(frozen=True, slots=True)
class Risk:
    """The share of answers that are wrong, as moderators judged those drawn by lot.

    An answer that its asker met with [Not my question] leaves the pot before it can be drawn: left at that,
    the sample would flatter. `value`, `low` and `high` therefore speak of all `answered`, with those
    `taken_back` counted as wrong; the bounds hold with 95 % each (Clopper & Pearson 1934), given that the
    judges are right. "Unsure" is left out of the share.
    """

    judged: Share
    unsure: int
    answered: int
    taken_back: int

    @classmethod
    def of(cls, audits: Iterable[Audit], counts: Counts) -> Risk:
        """From what was said of answers by match, and the counts of the same days."""
        said = Counter(audit.judgement for audit in audits if audit.way is Way.MATCH)
        judged = Share(said[Judgement.WRONG], said[Judgement.WRONG] + said[Judgement.RIGHT])
        # Counting may have begun after the first answers that were judged.
        answered = max(counts.answered, judged.total + said[Judgement.UNSURE] + counts.taken_back)
        return cls(judged, said[Judgement.UNSURE], answered, counts.taken_back)

    @property
    def value(self) -> float | None:
        """The best estimate, 0 to 1; None where nothing was judged."""
        return self._of_all(self.judged.value) if self.judged.total else None

    @property
    def low(self) -> float:
        """Lower bound."""
        return self._of_all(self.judged.low)

    @property
    def high(self) -> float:
        """Upper bound; 1 where nothing was judged."""
        return self._of_all(self.judged.high)

    def _of_all(self, share: float) -> float:
        if not self.answered:
            return share
        return (share * (self.answered - self.taken_back) + self.taken_back) / self.answered


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `since` on and before `until` (UTC)."""

    since: date
    until: date
    counts: Counts
    risk: Risk


async def period(store: Store, since: date, until: date) -> Period:
    """What came of the questions of these days."""
    (found,) = periods_of(
        [(since, until)],
        await store.tallies.between(since, until),
        await store.audits.every(_midnight(since)),
    )
    return found


async def weeks(store: Store, until: date, count: int) -> tuple[Period, ...]:
    """So many periods of seven days, oldest first, the last of which ends before `until`."""
    ends = [until - WEEK * back for back in range(count - 1, -1, -1)]
    since = ends[0] - WEEK
    return periods_of(
        [(end - WEEK, end) for end in ends],
        await store.tallies.between(since, until),
        await store.audits.every(_midnight(since)),
    )


def periods_of(
    spans: Sequence[tuple[date, date]], tallies: Sequence[Tally], audits: Sequence[Audit]
) -> tuple[Period, ...]:
    """Each span with its own tallies, and with what was said of the answers that were given in it."""
    found = []
    for since, until in spans:
        counts = Counts.of(tally for tally in tallies if since <= tally.day < until)
        own = (a for a in audits if since <= a.answered_at.astimezone(UTC).date() < until)
        found.append(Period(since, until, counts, Risk.of(own, counts)))
    return tuple(found)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
