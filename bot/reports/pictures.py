"""Pictures of the trend: what came of questions, and how far answers can be trusted, week by week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.core import wording_digest as wording
from bot.journeys.trend import Period
from bot.reports.drawing import WIDE, Palette, canvas, is_wide, tidy

FEWEST_DRAWN = 2
"""Weeks that a line needs."""


def came_picture(weeks: Sequence[Period], colours: Palette, width: float = WIDE) -> Figure:
    """Stacked bars of what came of the questions of each week, oldest first; `width` in inches."""
    figure, axes = canvas(wording.TITLE_CAME, colours, width)
    places = range(len(weeks))
    parts = (
        (wording.ANSWERED, [w.counts.answered for w in weeks], colours.first, None),
        (wording.SUGGESTED, [w.counts.suggested for w in weeks], colours.second, "//"),
        (wording.UNANSWERED, [w.counts.unanswered for w in weeks], colours.third, ".."),
        (wording.SENT_ON, [w.counts.referred for w in weeks], colours.fourth, "xx"),
    )
    bottom = [0] * len(weeks)
    for name, counts, colour, hatch in parts:
        axes.bar(
            places,
            counts,
            0.72,
            bottom,
            color=colour,
            label=name,
            hatch=hatch,
            edgecolor=colours.paper,
            linewidth=0,
        )
        bottom = [low + count for low, count in zip(bottom, counts, strict=True)]
    axes.set_ylabel(wording.AXIS_QUESTIONS)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_ylim(0, max([*bottom, 1]) * 1.08)
    _say_if_empty(axes, weeks, colours)
    _finish(axes, weeks, colours)
    return figure


def trust_picture(weeks: Sequence[Period], colours: Palette, width: float = WIDE) -> Figure:
    """Coverage as a line, audited risk as points, both in percent with their bounds; oldest week first."""
    figure, axes = canvas(wording.TITLE_TRUST, colours, width)
    asked = [(place, week.counts.coverage) for place, week in enumerate(weeks) if week.counts.asked]
    if asked:
        places = [place for place, _ in asked]
        low, high = [100 * share.low for _, share in asked], [100 * share.high for _, share in asked]
        axes.fill_between(places, low, high, color=colours.first, alpha=0.18, linewidth=0)
        values = [100 * share.value for _, share in asked]
        axes.plot(places, values, "o-", color=colours.first, markersize=4, label=wording.COVERAGE)
    judged = [(place, week.risk) for place, week in enumerate(weeks) if week.risk.value is not None]
    if judged:
        at, values = [place for place, _ in judged], [100 * (risk.value or 0.0) for _, risk in judged]
        below = [max(0.0, value - 100 * risk.low) for value, (_, risk) in zip(values, judged, strict=True)]
        above = [max(0.0, 100 * risk.high - value) for value, (_, risk) in zip(values, judged, strict=True)]
        axes.errorbar(
            at,
            values,
            [below, above],
            fmt="s",
            color=colours.third,
            markersize=5,
            capsize=3,
            label=wording.RISK,
        )
    axes.set_ylabel(wording.AXIS_SHARE)
    axes.set_ylim(0, 100)
    _say_if_empty(axes, weeks, colours)
    _finish(axes, weeks, colours)
    return figure


def in_words(weeks: Sequence[Period]) -> tuple[str, str]:
    """Both pictures in words, for those who do not see them: newest week first."""
    newest = list(reversed(weeks))
    came = "; ".join(f"{w.since}: {w.counts.answered} of {w.counts.asked} answered" for w in newest)
    trust = "; ".join(f"{w.since}: {_trust(w)}" for w in newest)
    return wording.PICTURE_CAME.format(numbers=came), wording.PICTURE_TRUST.format(numbers=trust)


def _trust(week: Period) -> str:
    coverage = f"{week.counts.coverage.value:.0%} answered" if week.counts.asked else "nothing asked"
    return coverage if week.risk.value is None else f"{coverage}, {week.risk.value:.1%} of those wrong"


def _say_if_empty(axes: Any, weeks: Sequence[Period], colours: Palette) -> None:
    if not any(week.counts.asked for week in weeks):
        axes.text(
            0.5,
            0.5,
            wording.NOTHING_DRAWN,
            transform=axes.transAxes,
            ha="center",
            va="center",
            color=colours.ink,
        )


def _finish(axes: Any, weeks: Sequence[Period], colours: Palette) -> None:
    step = max(1, round(len(weeks) / (8 if is_wide(axes) else 4)))
    ticks = list(range(len(weeks) - 1, -1, -step))
    axes.set_xticks(ticks, [f"{weeks[place].since.day} {weeks[place].since:%b}" for place in ticks])
    axes.set_xlim(-0.6, max(len(weeks), FEWEST_DRAWN) - 0.4)
    tidy(axes, colours)
