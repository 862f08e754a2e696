"""The page of `caveat report`: one HTML file with trend, gaps, confusions, use, feedback and review ages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.core import wording_report as wording
from bot.core.library import Library
from bot.journeys.report import Report
from bot.journeys.trend import Period
from bot.matching.evaluate import Share
from bot.reports.html import Column, Drawing, Table, a_table, page
from bot.reports.report_cells import (
    bounds_of,
    level_of,
    lines_cell,
    percent,
    pressing_cell,
    right_title,
    risk_cell,
    share_cell,
    title_of,
)

N = True
"""A column of numbers."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure in large, what it is, and a line more about it."""

    value: str
    label: str
    more: str = ""
    is_alarm: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """What stands around the two pictures."""

    title: str
    note: str
    no_pictures: str


def report_page(report: Report, library: Library, today: date) -> str:
    """The page, which needs nothing from outside; whatever a member wrote is escaped."""
    last = report.until - timedelta(days=1)
    span = wording.SPAN.format(
        since=report.since, last=last, on=today, version=library.version, entries=len(library.live)
    )
    counted = (
        wording.COUNTED_SINCE.format(since=report.counted_since)
        if report.counted_since
        else wording.NOT_COUNTED
    )
    return page(
        "report.html.jinja",
        title=wording.TITLE,
        span=span,
        counted=counted,
        tiles=_tiles(report, today),
        trend=Trend(wording.TREND, wording.TREND_NOTE, wording.NO_PICTURES),
        drawings=_drawings(report.weeks),
        sorting=wording.SORT,
        tables=[
            _gaps(report, library),
            _confusions(report, library),
            _pairs(report, library),
            _entries(report, library),
            _disputed(report, library),
            _reviews(report, library, today),
            _weeks(report.weeks),
        ],
        foot=wording.FOOT,
    )


def _tiles(report: Report, today: date) -> list[Tile]:
    counts, risk = report.window.counts, report.window.risk
    overdue = [own for own in report.reviews if own.review.is_overdue(today)]
    pressing = sum(own.is_pressing for own in overdue)
    proposed = sum(gap.proposed_entry_id is not None for gap in report.gaps)
    bounds = wording.BOUNDS.format(low=risk.low, high=risk.high, judged=risk.judged.total)
    return [
        Tile(f"{counts.asked:,}", wording.TILE_ASKED),
        Tile(percent(counts.coverage), wording.TILE_COVERAGE, bounds_of(counts.coverage)),
        Tile(percent(Share(counts.unanswered, counts.asked)), wording.TILE_UNANSWERED),
        Tile(
            wording.UNKNOWN if risk.value is None else f"{risk.value:.1%}",
            wording.TILE_RISK,
            wording.NONE_JUDGED if risk.value is None else bounds,
        ),
        Tile(
            f"{len(report.gaps):,}",
            wording.TILE_GAPS,
            wording.WAITING_FOR_ENTRY.format(count=proposed) if proposed else "",
        ),
        Tile(
            f"{len(overdue):,}",
            wording.TILE_OVERDUE,
            wording.OF_THEM_PRESSING.format(count=pressing) if pressing else "",
            is_alarm=pressing > 0,
        ),
    ]


def _drawings(weeks: Sequence[Period]) -> list[Drawing]:
    """Both pictures; none where matplotlib is not installed."""
    try:
        from bot.reports import drawing, pictures  # an extra, and large
    except ImportError:
        return []
    told = pictures.in_words(weeks)
    makers = {"came": pictures.came_picture, "trust": pictures.trust_picture}
    return [
        Drawing(
            drawing.svg(make(weeks, drawing.PAGE), f"{name}-wide"),
            drawing.svg(make(weeks, drawing.PAGE, drawing.NARROW), f"{name}-narrow"),
            words,
        )
        for (name, make), words in zip(makers.items(), told, strict=True)
    ]


def _weeks(weeks: Sequence[Period]) -> Table:
    columns = [
        Column(wording.COLUMN_WEEK, is_short=True),
        Column(wording.COLUMN_ASKED, N),
        Column(wording.COLUMN_ANSWERED, N),
        Column(wording.COLUMN_SUGGESTED, N),
        Column(wording.COLUMN_UNANSWERED, N),
        Column(wording.COLUMN_REFERRED, N),
        Column(wording.COLUMN_COVERAGE, N),
        Column(wording.COLUMN_JUDGED, N),
        Column(wording.COLUMN_RISK, N),
    ]
    rows = [
        (
            week.since,
            week.counts.asked,
            week.counts.answered,
            week.counts.suggested,
            week.counts.unanswered,
            week.counts.referred,
            share_cell(week.counts.coverage),
            week.risk.judged.total,
            risk_cell(week),
        )
        for week in reversed(weeks)
    ]
    return a_table("weeks", wording.WEEKS, columns, rows)


def _gaps(report: Report, library: Library) -> Table:
    columns = [
        Column(wording.COLUMN_QUESTION),
        Column(wording.COLUMN_ASKERS, N),
        Column(wording.COLUMN_TIMES, N),
        Column(wording.COLUMN_FIRST, is_short=True),
        Column(wording.COLUMN_LAST, is_short=True),
        Column(wording.COLUMN_SEEMS),
    ]
    rows = [
        (
            gap.title,
            gap.askers,
            gap.times,
            gap.first_at.date(),
            gap.last_at.date(),
            title_of(gap.proposed_entry_id, library) if gap.proposed_entry_id else "",
        )
        for gap in report.gaps
    ]
    return a_table("gaps", wording.GAPS, columns, rows, wording.GAPS_NOTE, wording.NO_GAPS)


def _confusions(report: Report, library: Library) -> Table:
    columns = [
        Column(wording.COLUMN_SHOWN_ENTRY),
        Column(wording.COLUMN_RIGHT_ENTRY),
        Column(wording.COLUMN_TIMES, N),
        Column(wording.COLUMN_TEXTS),
    ]
    rows = [
        (title_of(own.shown, library), right_title(own.right, library), own.count, lines_cell(own.texts))
        for own in report.confusions
    ]
    return a_table(
        "confusions", wording.CONFUSIONS, columns, rows, wording.CONFUSIONS_NOTE, wording.NO_CONFUSIONS
    )


def _pairs(report: Report, library: Library) -> Table:
    columns = [
        Column(wording.COLUMN_ONE),
        Column(wording.COLUMN_OTHER),
        Column(wording.COLUMN_TIMES, N),
        Column(wording.COLUMN_TEXTS),
    ]
    rows = [
        (title_of(own.first, library), title_of(own.second, library), own.count, lines_cell(own.texts))
        for own in report.pairs
    ]
    return a_table("pairs", wording.PAIRS, columns, rows, wording.PAIRS_NOTE, wording.NO_PAIRS)


def _entries(report: Report, library: Library) -> Table:
    columns = [
        Column(wording.COLUMN_ENTRY),
        Column(wording.COLUMN_GROUP),
        Column(wording.COLUMN_LEVEL, is_short=True),
        Column(wording.COLUMN_SHOWN, N),
        Column(wording.COLUMN_ANSWERED, N),
        Column(wording.COLUMN_CHOSEN, N),
        Column(wording.COLUMN_PICKED, N),
        Column(wording.COLUMN_NOT_MINE, N),
        Column(wording.COLUMN_WRONG, N),
        Column(wording.COLUMN_LAST_SHOWN, is_short=True),
    ]
    ordered = sorted(
        report.entries, key=lambda own: (-own.wrong, -own.not_mine, -own.use.shown, own.entry.id)
    )
    rows = [
        (
            pressing_cell(own.entry.question, own.is_pressing),
            library.groups.get(own.entry.group, own.entry.group),
            level_of(own.entry.caveat, library),
            own.use.shown,
            own.use.answered,
            own.use.chosen,
            own.use.picked,
            own.not_mine,
            own.wrong,
            own.use.last_shown or wording.NEVER,
        )
        for own in ordered
    ]
    return a_table("entries", wording.ENTRIES, columns, rows, wording.ENTRIES_NOTE)


def _disputed(report: Report, library: Library) -> Table:
    columns = [
        Column(wording.COLUMN_ENTRY),
        Column(wording.COLUMN_WRONG, N),
        Column(wording.COLUMN_LAST, is_short=True),
        Column(wording.COLUMN_WHY),
    ]
    rows = [
        (title_of(own.entry_id, library), own.count, own.last_at.date(), lines_cell(own.why))
        for own in report.disputed
    ]
    return a_table("disputed", wording.DISPUTED, columns, rows, empty=wording.NO_DISPUTED)


def _reviews(report: Report, library: Library, today: date) -> Table:
    columns = [
        Column(wording.COLUMN_ENTRY),
        Column(wording.COLUMN_LEVEL, is_short=True),
        Column(wording.COLUMN_REVIEWED, is_short=True),
        Column(wording.COLUMN_BY),
        Column(wording.COLUMN_AGE, N),
        Column(wording.COLUMN_NEXT, is_short=True),
        Column(wording.COLUMN_OVERDUE, N),
    ]
    ordered = sorted(report.reviews, key=lambda own: not own.review.is_overdue(today))
    rows = []
    for own in ordered:
        entry = library.served(own.id)
        level = level_of(entry.caveat, library) if entry is not None else wording.SAFETY_LIST
        overdue = own.overdue_days(today)
        rows.append(
            (
                pressing_cell(own.title, own.is_pressing),
                level,
                own.review.on,
                own.review.by,
                (today - own.review.on).days,
                own.review.next,
                overdue or None,
            )
        )
    return a_table("reviews", wording.REVIEWS, columns, rows, wording.REVIEWS_NOTE)
