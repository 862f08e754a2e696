"""The digest as lines: the same in Discord, where they must fit one message, and in the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from bot.core import wording_digest as wording
from bot.core.library import Library
from bot.journeys.digest import Digest
from bot.journeys.trend import Counts
from bot.reports.audit_text import figures, period_json

Quote = Callable[[str], str]
"""Makes what a member wrote, or a title, fit the place where it is shown."""
LONGEST_LISTS = (12, 8, 6, 4, 3, 2, 1)
"""Tried one after the other until the whole fits."""
MOST_NEVER_USED = 5
"""They are the least urgent of it; `caveat report` lists them all."""


def digest_lines(digest: Digest, library: Library, quote: Quote, room: int | None = None) -> list[str]:
    """The lines, joined by newlines at most `room` characters where one is given and it can be done."""
    for most in LONGEST_LISTS:
        lines = list(_lines(digest, library, quote, most))
        if room is None or len("\n".join(lines)) <= room:
            break
    return lines


def _lines(digest: Digest, library: Library, quote: Quote, most: int) -> Iterator[str]:
    week = digest.week
    yield wording.HEADING.format(since=week.since, last=week.until - timedelta(days=1))
    yield _asked(week.counts, digest.before.counts)
    yield ""
    yield wording.WINDOW
    yield from figures(digest.window)
    parts = [
        part
        for part in (
            _gaps(digest, quote, most),
            _disputed(digest, library, quote, most),
            _overdue(digest, quote, most),
            _never_used(digest, library, quote, most),
        )
        if part
    ]
    for part in parts:
        yield ""
        yield from part
    if not parts:
        yield ""
        yield wording.NONE_AND_USED if digest.is_use_known else wording.NONE


def _asked(now: Counts, before: Counts) -> str:
    if not now.asked:
        return wording.NOTHING_ASKED
    change = now.asked - before.asked
    return wording.ASKED.format(
        asked=wording.ONE_QUESTION if now.asked == 1 else wording.QUESTIONS.format(count=now.asked),
        change=wording.CHANGE.format(change=change) if change else wording.NO_CHANGE,
        answered=now.answered,
        suggested=now.suggested,
        unanswered=now.unanswered,
        referred=wording.REFERRED.format(count=now.referred) if now.referred else "",
    )


def _gaps(digest: Digest, quote: Quote, most: int) -> list[str]:
    lines = [wording.GAP.format(askers=gap.askers, title=quote(gap.title)) for gap in digest.gaps]
    return _listed(wording.GAPS.format(count=len(lines)), lines, most)


def _disputed(digest: Digest, library: Library, quote: Quote, most: int) -> list[str]:
    lines = [
        wording.DISPUTE.format(
            count=own.count,
            question=quote(title_of(own.entry_id, library)),
            why=wording.WHY.format(why=quote(own.why[0])) if own.why else "",
        )
        for own in digest.disputed
    ]
    return _listed(wording.DISPUTED.format(count=sum(own.count for own in digest.disputed)), lines, most)


def _overdue(digest: Digest, quote: Quote, most: int) -> list[str]:
    lines = [
        wording.OVERDUE_ONE.format(
            sign=wording.PRESSING if own.is_pressing else "",
            question=quote(own.title),
            since=own.review.next,
        )
        for own in digest.overdue
    ]
    listed = _listed(wording.OVERDUE.format(count=len(lines)), lines, most)
    return [*listed, wording.PRESSING_FOOT] if any(own.is_pressing for own in digest.overdue) else listed


def _never_used(digest: Digest, library: Library, quote: Quote, most: int) -> list[str]:
    if not digest.is_use_known:
        return []
    lines = [wording.NEVER.format(question=quote(entry.question)) for entry in digest.never_used]
    heading = wording.NEVER_USED.format(count=len(lines), live=len(library.live), since=digest.counted_since)
    return _listed(heading, lines, min(most, MOST_NEVER_USED))


def _listed(heading: str, lines: Sequence[str], most: int) -> list[str]:
    """The heading with at most `most` lines under it, and how many more there are; [] without a line."""
    if not lines:
        return []
    more = [wording.MORE.format(count=len(lines) - most)] if len(lines) > most else []
    return [heading, *lines[:most], *more]


def title_of(entry_id: str, library: Library) -> str:
    """The entry's question; its id where it is not there any more."""
    entry = library.entries.get(entry_id)
    return entry.question if entry is not None else entry_id


def as_json(digest: Digest) -> str:
    """For programs; shares 0 to 1, null where nothing is known; ends in a newline."""
    record: dict[str, Any] = {
        "week": period_json(digest.week),
        "before": period_json(digest.before),
        "window": period_json(digest.window),
        "gaps": [
            {"cluster": g.id, "title": g.title, "askers": g.askers, "times": g.times} for g in digest.gaps
        ],
        "disputed": [
            {"entry": own.entry_id, "times": own.count, "why": list(own.why)} for own in digest.disputed
        ],
        "overdue": [
            {"id": own.id, "since": own.review.next.isoformat(), "pressing": own.is_pressing}
            for own in digest.overdue
        ],
        "never_used": [entry.id for entry in digest.never_used] if digest.is_use_known else None,
        "counted_since": digest.counted_since.isoformat() if digest.counted_since else None,
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"
