"""Pictures of the trend: what came of questions, and how far answers can be trusted, week by week.

Nothing here touches pyplot, whose figures are shared by the whole process: each figure stands alone, so
that it may be drawn in a thread. matplotlib is an extra; this module is imported where a picture is made.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator

from bot.core import wording_digest as wording
from bot.journeys.trend import Period

PNG_DPI = 144
"""Twice as fine as the figure's own measure, for the screens of phones."""
WIDE, NARROW = 7.2, 4.4
"""Inches: for a desk, and for a phone, where the same text must not shrink."""
FEWEST_DRAWN = 2
"""Weeks that a line needs."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture, #rrggbb each, that all colour vision tells apart (Okabe & Ito 2008)."""

    paper: str
    ink: str
    faint: str
    first: str
    second: str
    third: str
    fourth: str


CARD = Palette("#fbfaf7", "#22252a", "#c9c6bf", "#0072b2", "#c98500", "#c1440e", "#7d6b91")
"""For a picture on a page of unknown colour, as in Discord: it brings its own paper, light and quiet."""
PAGE = Palette("#010201", "#010202", "#010203", "#010204", "#010205", "#010206", "#010207")
"""Stand-ins that `svg` replaces by the page's own colours, so that they follow dark and light."""


def came_picture(weeks: Sequence[Period], colours: Palette, width: float = WIDE) -> Figure:
    """Stacked bars of what came of the questions of each week, oldest first; `width` in inches."""
    figure, axes = _canvas(wording.TITLE_CAME, colours, width)
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
    axes.set_ylabel(wording.AXIS_QUESTIONS, color=colours.ink)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_ylim(0, max([*bottom, 1]) * 1.08)
    _say_if_empty(axes, weeks, colours)
    _finish(axes, weeks, colours)
    return figure


def trust_picture(weeks: Sequence[Period], colours: Palette, width: float = WIDE) -> Figure:
    """Coverage as a line, audited risk as points, both in percent with their bounds; oldest week first."""
    figure, axes = _canvas(wording.TITLE_TRUST, colours, width)
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
    axes.set_ylabel(wording.AXIS_SHARE, color=colours.ink)
    axes.set_ylim(0, 100)
    _say_if_empty(axes, weeks, colours)
    _finish(axes, weeks, colours)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as a PNG on its own paper."""
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=PNG_DPI)
    return out.getvalue()


def svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element for a page: text stays text, colours are the page's (see PAGE).

    `name` keeps its ids apart from those of the other pictures.
    """
    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(
            out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    for own in fields(Palette):
        text = text.replace(getattr(PAGE, own.name), f"var(--{own.name})")
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r"url\(#", f"url(#{name}-", text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    return re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2).strip()


def in_words(weeks: Sequence[Period]) -> tuple[str, str]:
    """Both pictures in words, for those who do not see them: newest week first."""
    newest = list(reversed(weeks))
    came = "; ".join(f"{w.since}: {w.counts.answered} of {w.counts.asked} answered" for w in newest)
    trust = "; ".join(f"{w.since}: {_trust(w)}" for w in newest)
    return wording.PICTURE_CAME.format(numbers=came), wording.PICTURE_TRUST.format(numbers=trust)


def _trust(week: Period) -> str:
    coverage = f"{week.counts.coverage.value:.0%} answered" if week.counts.asked else "nothing asked"
    return coverage if week.risk.value is None else f"{coverage}, {week.risk.value:.1%} of those wrong"


def _canvas(title: str, colours: Palette, width: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, 3.7), layout=ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.12))
    figure.set_facecolor(colours.paper)
    axes = figure.subplots()
    axes.set_facecolor(colours.paper)
    axes.set_title(
        title, color=colours.ink, loc="left", fontsize=12 if width >= WIDE else 10, fontweight="bold"
    )
    return figure, axes


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
    is_wide = axes.figure.get_figwidth() >= WIDE
    step = max(1, round(len(weeks) / (8 if is_wide else 4)))
    ticks = list(range(len(weeks) - 1, -1, -step))
    axes.set_xticks(ticks, [f"{weeks[place].since.day} {weeks[place].since:%b}" for place in ticks])
    axes.set_xlim(-0.6, max(len(weeks), FEWEST_DRAWN) - 0.4)
    axes.tick_params(colors=colours.ink, length=0)
    axes.grid(axis="y", color=colours.faint, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(colours.faint)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(
            frameon=False,
            labelcolor=colours.ink,
            ncols=4 if is_wide else 1,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.12),
            fontsize=9,
        )
